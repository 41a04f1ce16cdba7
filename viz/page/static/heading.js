// The expression of the root as a heading of one line, with the part of the active node marked. The pieces of the formulas
// come from viz/page/expression.py. Where there is no room for all of them, operands far from the active part are called by
// their names; where the way to it is too long, the heading begins further in, behind "…".

import { element } from "./elements.js";

const EM = 0.5; // width of a letter, in its size, at a first guess
const FEWEST = 8; // letters for which there is always room
const TRIES = 8;

export class Heading {
  // `formulas` has the pieces by node, null for a leaf.
  constructor(knowledge, formulas, kind) {
    Object.assign(this, { knowledge, formulas });
    this.element = element(kind, { class: "expression" });
    this.consumers = formulas.map(() => []);
    formulas.forEach((_, i) => knowledge.parents(i).forEach((p, slot) => this.consumers[p].push([i, slot])));
    new ResizeObserver(() => this.element.clientWidth !== this.wide && this.paint(true)).observe(this.element);
  }

  // What is marked: {node, slot, operand}: the node that is computed, or the operand that receives something from it.
  get active() {
    const { step, root } = this.knowledge;
    if (!step) return { node: root, slot: null, isNone: true };
    return { node: step.node, slot: step.phase === "forward" || step.parent === null ? null : step.slot };
  }

  paint(anew = false) {
    const { node, slot, isNone } = this.active;
    const wide = this.element.clientWidth;
    const key = `${node} ${slot} ${isNone} ${wide}`;
    if (!anew && key === this.painted) return;
    Object.assign(this, { painted: key, wide });
    const size = parseFloat(getComputedStyle(this.element).fontSize) || 20;
    let room = wide ? wide / (size * EM) : 60;
    for (let k = 0; k < TRIES; k++) {
      this.element.replaceChildren(...this.written(node, slot, isNone, Math.max(room, FEWEST)));
      const { scrollWidth, clientWidth } = this.element;
      if (scrollWidth <= clientWidth || room < FEWEST) return;
      room = Math.min(room, this.length) * Math.min(0.95, (clientWidth / scrollWidth) * 0.98);
    }
  }

  // The nodes of the heading for so many letters.
  written(node, slot, isNone, room) {
    this.longest = Math.max(FEWEST, Math.floor(room / 3));
    const way = this.wayTo(node);
    const root = this.nameOf(this.knowledge.root);
    let first = 0; // the node of the way that the heading begins with
    let tree;
    for (; ; first++) {
      tree = this.treeOf(way, first);
      this.length = tree.length + root.length + 3 + (first ? 4 : 0);
      if (this.length <= room || first === way.length - 1) break;
    }
    if (this.length > room && tree.top.parts) this.narrow(tree, room - root.length - 7, slot);
    else this.grow(tree, room);
    const marks = { node, slot, isNone, isSeed: !isNone && this.knowledge.step.parent === null && this.knowledge.step.phase === "backward" };
    const name = element("span", {}, ...this.setName(this.knowledge.root));
    const inside = this.set(tree.top, marks);
    const left = marks.isSeed ? element("mark", { class: "now" }, name) : name;
    if (!this.formulas[this.knowledge.root]) return [left];
    const isInside = first > 0 || way[0].i !== this.knowledge.root;
    return [left, " = ", isInside ? "… " : "", ...inside, isInside ? " …" : ""];
  }

  // The nodes from the root to the active one, by the shortest way on which all operands are shown.
  wayTo(node) {
    const { root } = this.knowledge;
    const next = new Map([[node, null]]);
    const queue = [node];
    while (queue.length && !next.has(root)) {
      const i = queue.shift();
      for (const [consumer, slot] of this.consumers[i]) {
        if (next.has(consumer) || !this.shows(consumer, slot)) continue;
        next.set(consumer, [i, slot]);
        queue.push(consumer);
      }
    }
    if (!next.has(root)) return [{ i: node, slot: null }]; // behind operands that are left out: it stands alone
    const way = [{ i: root, slot: null }];
    for (let at = next.get(root); at; at = next.get(at[0])) way.push({ i: at[0], slot: at[1] });
    return way;
  }

  shows(i, slot) {
    return holesOf(this.formulas[i] ?? []).includes(slot);
  }

  // The formulas along the way, from its node number `first`, each put into the one before.
  treeOf(way, first) {
    const top = { i: way[first].i };
    const tree = { top, length: this.nameOf(top.i).length, queue: [] };
    let at = top;
    for (let k = first; k < way.length; k++) {
      if (!this.formulas[at.i]) break;
      this.open(tree, at);
      at = at.parts.get(way[k + 1]?.slot);
      if (!at) break;
    }
    return tree;
  }

  // Shows the formula of a place of the tree instead of its name.
  open(tree, place) {
    tree.length += this.widthOf(place) - this.nameOf(place.i).length;
    place.parts = new Map();
    for (const slot of holesOf(this.formulas[place.i])) {
      const part = { i: this.knowledge.parents(place.i)[slot], slot, needsParen: parensOf(this.formulas[place.i]).includes(slot) };
      place.parts.set(slot, part);
      tree.queue.push(part);
    }
  }

  widthOf(place) {
    return this.widthOfPieces(this.formulas[place.i], place.i) + (place.needsParen ? 2 : 0);
  }

  // The width of pieces of the formula of a node, in letters.
  widthOfPieces(pieces, i) {
    const width = (piece) => {
      if (typeof piece === "string") return piece.length;
      if (piece.up) return 0.7 * this.widthOfPieces(piece.up, i);
      return piece[0] === "…" ? 1 : this.nameOf(this.knowledge.parents(i)[piece[0]]).length;
    };
    return pieces.reduce((sum, piece) => sum + width(piece), 0);
  }

  // Opens what there is room for, from the root on.
  grow(tree, room) {
    for (const place of tree.queue) {
      if (place.parts || !this.formulas[place.i]) continue;
      const more = this.widthOf(place) - this.nameOf(place.i).length;
      if (this.length + more > room) continue;
      this.open(tree, place); // which puts its operands at the end of the queue
      this.length += more;
    }
  }

  // Of a formula that is too long by itself, leaves what is around the active operand.
  narrow({ top }, room, slot) {
    const pieces = this.formulas[top.i];
    const widths = pieces.map((piece) => this.widthOfPieces([piece], top.i));
    let from = Math.max(0, pieces.findIndex((piece) => isHole(piece) && piece[0] === slot));
    let [to, width] = [from + 1, widths[from]];
    for (let grows = true; grows; ) {
      grows = false;
      for (const k of [to, from - 1]) {
        if (!(width + widths[k] <= room)) continue; // also beyond the ends
        width += widths[k];
        [from, to] = [Math.min(from, k), Math.max(to, k + 1)];
        grows = true;
      }
    }
    top.window = [from, to];
    this.length = width + this.nameOf(this.knowledge.root).length + 7;
  }

  // --- as elements ---

  set(place, marks) {
    const { node, slot, isNone } = marks;
    const inside = place.parts ? this.setFormula(place, marks) : this.setName(place.i);
    const content = place.parts && place.needsParen ? ["(", ...inside, ")"] : inside;
    const isReceiver = slot !== null && place.from === node && place.slot === slot;
    if (isReceiver) return [element("mark", { class: "now" }, ...content)];
    if (isNone || place.i !== node || marks.isSeed) return content;
    return [element("mark", { class: slot === null ? "now" : "read" }, ...content)];
  }

  setFormula(place, marks) {
    const pieces = this.formulas[place.i];
    if (!place.window) return this.setPieces(pieces, place, marks);
    const [from, to] = place.window;
    return [from ? "… " : "", ...this.setPieces(pieces.slice(from, to), place, marks), to < pieces.length ? " …" : ""];
  }

  setPieces(pieces, place, marks) {
    return pieces.flatMap((piece) => {
      if (typeof piece === "string") return [piece];
      if (piece.up) return [element("sup", {}, ...this.setPieces(piece.up, place, marks))];
      if (piece[0] === "…") return this.leftOut(place, marks);
      const part = place.parts.get(piece[0]);
      part.from = place.i;
      return this.set(part, marks);
    });
  }

  // The dots for operands that are left out are marked where the active one is among them.
  leftOut(place, { node, slot }) {
    return [place.i === node && slot !== null && !place.parts.has(slot) ? element("mark", { class: "now" }, "…") : "…"];
  }

  nameOf(i) {
    const name = this.knowledge.name(i);
    return name.length > this.longest ? `${name.slice(0, this.longest - 1)}…` : name;
  }

  // A name as it stands in formulas: letters, and what stands below and above them.
  setName(i) {
    const name = this.nameOf(i);
    const marks = this.knowledge.marks;
    const [letters, below, above] = Object.hasOwn(marks, name) ? marks[name] : [name, "", ""];
    const isNumber = /^[−\d]/.test(name);
    return [
      element(isNumber ? "span" : "i", {}, letters),
      below ? element("sub", {}, below) : null,
      above ? element("sup", {}, above) : null,
    ].filter(Boolean);
  }
}

const isHole = (piece) => Array.isArray(piece) && piece[0] !== "…";
const flat = (pieces) => pieces.flatMap((piece) => (piece.up ? flat(piece.up) : [piece])).filter(isHole);
const holesOf = (pieces) => flat(pieces).map(([slot]) => slot);
const parensOf = (pieces) => flat(pieces).filter(([, needsParen]) => needsParen).map(([slot]) => slot);
