// Several pictures of one graph: one, or an overview and close-ups of its groups; and what a step shows in them. Which
// picture is seen, and which part of it, follows from the step alone, so it is the same from both sides; who looks around
// sees something else until the next step.

import { PictureView } from "./picture.js";
import { element } from "./elements.js";
import { svgFrom } from "../../static/image.js";

const FEW = 50; // steps, over which a jump paints only what they change

export class Rooms {
  // `data` is that of the page; `act` has {jump(key), paint(), made(view)}, for a click on something, after a frame
  // was folded, and for a picture that is shown for the first time.
  constructor(knowledge, { title, rooms, roomOf }, words, act) {
    Object.assign(this, { knowledge, title, rooms, roomOf, words, act });
    this.views = [];
    this.places = rooms.map(({ folds }) => new Map(Object.entries(folds).flatMap(([key, { members }]) => members.map((i) => [i, key]))));
    const places = rooms.map((one, room) => element("option", { value: room }, one.title || words("page.overview")));
    const chosen = () => this.move(Number(this.choice.value));
    this.choice = rooms.length > 1 ? element("select", { "aria-label": words("page.rooms"), onchange: chosen }, ...places) : null;
  }

  // Whether there are frames to be covered, all at once.
  get canFold() {
    return this.rooms.length === 1 && this.rooms[0].frames.length > 0;
  }

  // Shows the picture at a place: the overview, or the close-up of a group.
  enter(room, svg = null) {
    this.views[room] ??= this.makeView(room, svg ?? svgFrom(this.rooms[room].svg));
    this.room = room;
    this.view?.svg.replaceWith(this.views[room].svg);
    this.view = this.views[room];
    this.painted = null;
    if (this.choice) this.choice.value = room;
  }

  makeView(room, svg) {
    svg.setAttribute("aria-label", [this.title, this.rooms[room].title].filter(Boolean).join(", "));
    const sourceOf = (key) => {
      const [node, slot] = key.slice(1).split("-").map(Number);
      return this.cardOf(this.knowledge.parents(node)[slot], room);
    };
    const view = new PictureView(svg, this.rooms[room], sourceOf, this.words);
    const { folds, partOf } = this.rooms[room];
    Object.assign(view, { onPick: this.act.jump, onFold: this.act.paint, onEnter: (key) => this.move(folds[key].room) });
    if (room) view.onLeave = () => this.move(partOf);
    this.act.made(view);
    return view;
  }

  // Looks into another picture, until the next step.
  move(room) {
    this.enter(room);
    this.act.paint();
  }

  // The picture in which the step is seen best: that of what it writes to, and of a contribution from a closed card to one in
  // the overview that in which the wire between them is drawn.
  get roomOfStep() {
    const { written, step } = this.knowledge;
    if (written < 0 || !this.roomOf) return 0;
    const isSent = step.phase === "backward" && step.parent !== null && !this.roomOf[written];
    return this.roomOf[isSent ? step.node : written];
  }

  // Goes with the step: what it computes is never behind a closed card.
  follow() {
    if (this.room !== this.roomOfStep) this.enter(this.roomOfStep);
    this.seen = null;
  }

  // The key of the card on which a node is shown in a picture: its own, or that of its folded group.
  cardOf(i, room = this.room) {
    return this.places[room].get(i) ?? `n${i}`;
  }

  // Shows a node, close by, and marks it as found; none where its place is negative.
  find(i) {
    for (const { svg } of this.views.filter(Boolean)) svg.querySelectorAll(".found").forEach((card) => card.classList.remove("found"));
    if (i < 0) return;
    if (!this.view.cards.has(`n${i}`)) this.move(this.roomOf[i]);
    this.view.lookAt(`n${i}`);
  }

  // --- painting ---

  // Paints what is known; `state` changes with everything else that a card may show, such as the numbers of the leaves.
  paint(state) {
    const { knowledge } = this;
    const { written, reads } = knowledge;
    const marked = { now: written < 0 ? [] : [this.cardOf(written)], read: reads.map((i) => this.cardOf(i)) };
    const { folds } = this.rooms[this.room];
    const shown = {
      card: (key) => (Object.hasOwn(folds, key) ? this.folded(folds[key]) : knowledge.card(Number(key.slice(1)))),
      wire: (key) => knowledge.wire(key),
      line: (key) => knowledge.line(Number(key.slice(1))),
      marked: (mark) => marked[mark],
    };
    this.view.paint(shown, this.changed(state));
    const seen = `${this.room} ${knowledge.at}`;
    if (this.seen !== seen) this.view.show(this.active());
    this.seen = seen;
  }

  // The cards of the step, what it computes first; before the first step those of the first, if they are in the picture.
  active() {
    const { written, reads, count } = this.knowledge;
    const first = written < 0 && count ? this.knowledge.stepAt(1) : null;
    const nodes = first ? [first.node, ...this.knowledge.parents(first.node)] : [written, ...reads];
    const keys = nodes.filter((i) => i >= 0).map((i) => this.cardOf(i)).filter((key) => this.view.cards.has(key));
    const isElsewhere = this.room && this.room !== this.roomOfStep; // who looks elsewhere sees what is there
    return keys.length && !isElsewhere ? keys : this.view.inner.slice(0, 1);
  }

  // What a folded card shows: the value and the gradient of a node, and what its rows tell.
  folded({ members, out, rows }) {
    const { knowledge } = this;
    const { written, reads } = knowledge;
    const mark = members.includes(written) ? "now" : reads.some((i) => members.includes(i)) ? "read" : "";
    const texts = rows.map((row) => (typeof row === "string" ? row : row[1] ? knowledge.norm(...row) : knowledge.line(row[0][0])));
    const own = out === null ? { value: null, chip: null, title: null } : knowledge.card(out);
    return { ...own, locals: [], mark, rows: texts };
  }

  // The cards and wires that look different since the last painting; null for all, where more than the step has changed.
  changed(state) {
    const before = this.painted;
    const { at, known, wiggles } = this.knowledge;
    this.painted = { at, known, state: [...state, wiggles] };
    if (!before || before.state.some((one, k) => one !== this.painted.state[k]) || Math.abs(before.at - at) > FEW) return null;
    const keys = new Set();
    for (let k = Math.max(Math.min(before.at, before.known, at, known), 1); k <= Math.max(before.at, at); k++) {
      const { node, parent } = this.knowledge.stepAt(k);
      const parents = this.knowledge.parents(node);
      for (const i of [node, parent ?? node, ...parents]) keys.add(this.cardOf(i));
      parents.forEach((_, slot) => keys.add(`e${node}-${slot}`));
    }
    return keys;
  }
}
