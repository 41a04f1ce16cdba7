// The picture of the graph in the page: shows a state of the passes on the cards and wires that are there, covers and
// uncovers frames, zooms and pans. Positions never change; only texts, classes and the view do.

import { CardView, FrameView, WireView } from "./pieces.js";

const READABLE = 16 / 14; // how large the picture is at least, where it does not fit: its numbers have 14 units, and 16 pixels then
const NARROW = [700, 1]; // less than so many pixels wide: this is enough
const SMALLEST = 12 / 14; // and this, where only so both ends of an edge are seen together
const LARGEST = 2; // of a picture of a few cards
const CLOSE = 1.6; // of a card that is looked for
const MARGIN = 16; // what is cut off of the border around the drawing
const SHIFT = 1 / 3; // of what is seen, by which the view moves on

export class PictureView {
  // `frames` are {key, title, parent}, `home` is the place of the frame of every card, `folds` has the folded cards by their
  // keys, `sourceOf` tells from which card a wire comes, and `words` says the sentences.
  constructor(svg, { frames, home, folds }, sourceOf, words) {
    this.svg = svg;
    this.folds = folds;
    this.words = words;
    svg.removeAttribute("style");
    svg.querySelector("desc")?.remove();
    svg.querySelector(".paper")?.remove();
    this.wide = Number(svg.getAttribute("width"));
    this.tall = Number(svg.getAttribute("height"));
    for (const name of ["width", "height", "role", "aria-describedby"]) svg.removeAttribute(name);
    svg.setAttribute("role", "group");
    this.cards = new Map([...svg.querySelectorAll(".card")].map((element) => [element.dataset.key, new CardView(element)]));
    this.wires = new Map([...svg.querySelectorAll('.wire[data-key]:not([data-key^="eg"])')].map((element) => [element.dataset.key, new WireView(element, this)]));
    this.frames = frames.map((frame, g) => new FrameView(frame, g, this));
    [...this.cards.keys()].forEach((key, place) => (this.cards.get(key).home = home[place]));
    for (const [key, wire] of this.wires) wire.from = sourceOf(key);
    for (const key of Object.keys(folds)) this.makeDoor(this.cards.get(key).element, key);
    this.giveSlots();
    for (const frame of this.frames) frame.prepare();
    this.cover();
    this.fit();
    this.watchPointer();
    new ResizeObserver(() => this.active && this.show(this.active)).observe(svg);
  }

  // Which operands the local derivatives of a card stand at: one at the border of a close-up has only those that are seen.
  giveSlots() {
    for (const wire of this.wires.values()) this.cards.get(wire.to)?.slots.push(Number(wire.slot));
    for (const card of this.cards.values()) card.slots.sort((a, b) => a - b);
  }

  // A folded card is a button that leads to the picture of its group.
  makeDoor(element, key) {
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", this.words("page.unfold", { title: element.querySelector(".name").textContent }));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.onEnter?.(key);
    });
  }

  // --- a state of the passes ---

  // Of the cards and wires only those with the given keys, where keys are given.
  paint(state, keys = null) {
    const wanted = (map) => (keys ? [...keys].flatMap((key) => (map.has(key) ? [[key, map.get(key)]] : [])) : map);
    for (const [key, card] of wanted(this.cards)) card.paint(state.card(key));
    for (const [key, wire] of wanted(this.wires)) wire.paint(state.wire(key));
    this.openFor(["now", "read"].flatMap((mark) => state.marked(mark)));
    for (const frame of this.frames) frame.paint(state);
  }

  // Puts a wire above the others, or one of them could cover its head, until another one is lifted or it is let down.
  lift(wire) {
    if (this.lifted?.wire === wire) return;
    this.letDown();
    this.lifted = { wire, mark: document.createComment("") }; // which keeps its place
    wire.replaceWith(this.lifted.mark);
    this.top ??= [...this.wires.values()].at(-1).element; // the one that was drawn last
    (this.top === wire ? this.lifted.mark : this.top).after(wire);
  }

  letDown(wire = this.lifted?.wire) {
    if (!wire || this.lifted?.wire !== wire) return;
    this.lifted.mark.replaceWith(wire);
    this.lifted = null;
  }

  // --- frames ---

  // Opens what is covered around some cards, for as long as a step needs them.
  openFor(keys) {
    const open = new Set();
    for (const key of keys) for (let at = this.cards.get(key)?.home ?? -1; at >= 0; at = this.frames[at].parent) open.add(this.frames[at]);
    const moved = this.frames.filter((frame) => frame.wanted !== open.has(frame));
    for (const frame of moved) frame.wanted = open.has(frame);
    if (moved.some((frame) => frame.covered)) this.cover();
  }

  // The outermost covered frame around the frame at a place; undefined where all is open.
  coveredFrame(place) {
    let found;
    for (let at = place; at >= 0; at = this.frames[at].parent) if (this.frames[at].isClosed) found = this.frames[at];
    return found;
  }

  // Hides what lies in covered frames.
  cover() {
    const hidden = new Map();
    for (const card of this.cards.values()) {
      const frame = this.coveredFrame(card.home);
      hidden.set(card.element.dataset.key, frame);
      card.element.classList.toggle("hidden", frame !== undefined);
    }
    const shown = new Set(); // of the wires between two covers, or a card and a cover, one stands for all
    for (const wire of this.wires.values()) {
      const [a, b] = [hidden.get(wire.from), hidden.get(wire.to)];
      wire.element.classList.toggle("hidden", a !== undefined && a === b);
      const way = a || b ? `${a ? a.place : wire.from} ${b ? b.place : wire.to}` : null;
      wire.element.classList.toggle("bundled", way !== null && shown.has(way));
      if (way !== null) shown.add(way);
    }
    for (const frame of this.frames) {
      const around = frame.parent >= 0 ? this.coveredFrame(frame.parent) : undefined;
      frame.element.classList.toggle("hidden", around !== undefined);
      frame.show();
    }
  }

  // A click on the frame of a close-up leads out of it, one on another frame covers it, or uncovers it.
  toggle(frame) {
    if (this.onLeave && frame.place === 0) return this.onLeave();
    frame.covered = !frame.covered;
    this.cover();
    this.onFold?.();
  }

  coverAll(covered) {
    for (const frame of this.frames) frame.covered = covered && frame.parent < 0;
    this.cover();
    this.onFold?.();
  }

  // --- the view ---

  // The whole picture, however small it gets.
  fit() {
    this.chosen = null;
    this.look(MARGIN, MARGIN, this.wide - 2 * MARGIN, this.tall - 2 * MARGIN);
  }

  // Shows the whole picture where it can be read, else the part of it in which some cards are, the first of them in any case.
  // It depends on nothing else but the size that a reader has chosen, so it is the same whichever way one came.
  show(keys) {
    this.active = keys;
    if (this.svg.closest(".presenting")) return; // a presenter looks closer
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width) return;
    const [wide, tall] = [this.wide - 2 * MARGIN, this.tall - 2 * MARGIN];
    const whole = Math.min(width / wide, height / tall, LARGEST);
    const least = width < NARROW[0] ? NARROW[1] : READABLE;
    let scale = this.chosen ?? Math.max(whole, least);
    const boxes = keys.flatMap((key) => this.cards.get(key) ?? []).map((card) => this.coveredFrame(card.home)?.middle() ?? card.box());
    if (!this.chosen && boxes.length > 1 && width < NARROW[0]) {
      const pair = around(boxes.slice(0, 2));
      scale = Math.max(Math.min(scale, width / (pair.width + 8), height / (pair.height + 8)), Math.min(scale, SMALLEST));
    }
    let seen = boxes[0] ?? { x: MARGIN, y: MARGIN, width: 0, height: 0 };
    for (const box of boxes) {
      const both = around([seen, box]);
      if (both.width + 8 <= width / scale && both.height + 8 <= height / scale) seen = both;
    }
    const x = placed(seen.x, seen.width, width / scale, wide);
    const y = placed(seen.y, seen.height, height / scale, tall);
    this.look(x, y, width / scale, height / scale);
  }

  // Shows a card close by, in the middle, and marks it as found.
  lookAt(key) {
    const { width, height } = this.svg.getBoundingClientRect();
    const card = this.cards.get(key);
    const scale = Math.max(this.scale, CLOSE);
    const box = this.coveredFrame(card.home)?.box() ?? card.box();
    this.look(box.x + box.width / 2 - width / scale / 2, box.y + box.height / 2 - height / scale / 2, width / scale, height / scale);
    card.frame.classList.add("found");
  }

  // The cards that stand in a group, else all.
  get inner() {
    const all = [...this.cards.keys()];
    const inside = all.filter((key) => this.cards.get(key).home >= 0);
    return inside.length ? inside : all;
  }

  // Pixels to a unit of the picture.
  get scale() {
    const { width, height } = this.svg.getBoundingClientRect();
    return Math.min(width / this.view.wide, height / this.view.tall);
  }

  look(x, y, wide, tall) {
    this.view = { x, y, wide, tall };
    this.svg.setAttribute("viewBox", [x, y, wide, tall].map((n) => n.toFixed(1)).join(" "));
  }

  // Zooms by a factor around a point of the picture, its middle if none is given.
  zoom(factor, px = this.view.x + this.view.wide / 2, py = this.view.y + this.view.tall / 2) {
    const { x, y, wide, tall } = this.view;
    const scale = Math.min(Math.max(wide / factor, 60), this.wide * 2) / wide;
    this.look(px - (px - x) * scale, py - (py - y) * scale, wide * scale, tall * scale);
    this.chosen = this.scale;
  }

  pan(dx, dy) {
    const { x, y, wide, tall } = this.view;
    this.look(x + dx * wide, y + dy * tall, wide, tall);
  }

  // The point of the picture under a pointer.
  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  watchPointer() {
    let from = null;
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button === 0) from = { at: [event.clientX, event.clientY], view: { ...this.view }, moved: false, id: event.pointerId };
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (!from || from.id !== event.pointerId) return;
      const [dx, dy] = [event.clientX - from.at[0], event.clientY - from.at[1]];
      if (!from.moved && Math.hypot(dx, dy) < 4) return;
      if (!from.moved) this.svg.setPointerCapture(event.pointerId);
      from.moved = true;
      const scale = 1 / this.svg.getScreenCTM().a;
      this.look(from.view.x - dx * scale, from.view.y - dy * scale, from.view.wide, from.view.tall);
    });
    const end = (event) => {
      if (from && !from.moved && event.type === "pointerup") this.pick(event.target);
      from = null;
    };
    for (const type of ["pointerup", "pointercancel"]) this.svg.addEventListener(type, end);
    this.svg.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls the page
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY / 300), ...this.point(event));
      },
      { passive: false },
    );
  }

  // A click: on the local derivative of an operand, on a card, on a wire, or on a frame.
  pick(target) {
    const local = target.closest?.(".local");
    const card = target.closest?.(".card");
    const wire = target.closest?.(".wire");
    const frame = target.closest?.(".group, .cover");
    const key = card?.dataset.key;
    if (key && Object.hasOwn(this.folds, key)) this.onEnter?.(key);
    else if (local && card) this.onPick?.(`e${key.slice(1)}-${this.cards.get(key).slots[local.dataset.slot]}`);
    else if (card) this.onPick?.(card.dataset.key);
    else if (wire && !wire.dataset.key.startsWith("eg")) this.onPick?.(wire.dataset.key);
    else if (frame) this.toggle(this.frames.find((one) => one.element === frame || one.lid === frame));
  }
}

// The box around some boxes.
function around(boxes) {
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  return { x, y, width: right - x, height: Math.max(...boxes.map((box) => box.y + box.height)) - y };
}

// Where a view of a length begins in which something is to be seen, of a picture that is `whole` long: the picture is in its
// middle where it fits; else the view moves on by parts of its length.
function placed(start, length, view, whole) {
  if (view >= whole) return MARGIN - (view - whole) / 2;
  const middle = start + length / 2 - view / 2;
  const near = MARGIN + Math.round((middle - MARGIN) / (view * SHIFT)) * view * SHIFT;
  const at = near + 4 <= start && start + length + 4 <= near + view ? near : middle;
  return Math.min(Math.max(at, MARGIN), MARGIN + whole - view);
}
