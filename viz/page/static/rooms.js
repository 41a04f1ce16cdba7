// Several pictures of one graph: one, or an overview and a close-up of each of its groups; and what a step shows in them.

import { PictureView } from "./picture.js";
import { element } from "./elements.js";
import { svgFrom } from "../../static/image.js";

const FEW = 50; // steps, over which a jump paints only what they change

export class Rooms {
  // `data` is that of the page; `act` has {jump(key), paint()}, for a click on something and after a frame was folded.
  constructor(knowledge, { title, rooms, group }, words, act) {
    Object.assign(this, { knowledge, title, rooms, group, words, act });
    this.views = [];
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
  }

  makeView(room, svg) {
    svg.setAttribute("aria-label", [this.title, this.rooms[room].title].filter(Boolean).join(", "));
    const sourceOf = (key) => {
      const [node, slot] = key.slice(1).split("-").map(Number);
      return this.cardOf(this.knowledge.parents(node)[slot], room);
    };
    const view = new PictureView(svg, this.rooms[room], sourceOf, this.words);
    return Object.assign(view, { onPick: this.act.jump, onFold: this.act.paint, onEnter: (group) => this.move(group + 1) });
  }

  // The same at a click, with everything painted as it is now.
  move(room) {
    this.closely = room > 0;
    this.show(room);
    this.act.paint();
    if (room && this.roomOfStep !== room) this.view.reveal([`n${this.group.indexOf(room - 1)}`], true);
  }

  // The picture in which the step is seen best, of several: 0 is the overview; null before the first step.
  get roomOfStep() {
    const { written } = this.knowledge;
    return written < 0 ? null : this.group[written] + 1;
  }

  // Who has chosen a close-up goes with the step from one to the next; who only looks around in another one stays there.
  follow() {
    if (this.closely && ![null, this.room].includes(this.roomOfStep)) this.show(this.roomOfStep);
  }

  show(room) {
    this.enter(room);
    this.view.open();
    this.painted = null;
    this.choice.value = room;
  }

  // The key of the card on which a node is shown in a picture: its own, or that of its folded group.
  cardOf(i, room = this.room) {
    const group = this.group ? this.group[i] : -1;
    return (group >= 0 && group + 1 !== room && this.rooms[room].keys[group]) || `n${i}`;
  }

  // Shows a node and marks it as found; none where its place is negative.
  find(i) {
    for (const { svg } of this.views.filter(Boolean)) svg.querySelectorAll(".found").forEach((card) => card.classList.remove("found"));
    if (i < 0) return;
    if (this.cardOf(i) !== `n${i}`) this.move(this.group[i] + 1);
    this.view.reveal([`n${i}`], true);
    this.view.cards.get(`n${i}`).frame.classList.add("found");
  }

  // --- painting ---

  // Paints what is known; `state` changes with everything else that a card may show, such as the numbers of the leaves.
  paint(state) {
    const { knowledge } = this;
    const { written, reads } = knowledge;
    const marked = { now: written < 0 ? [] : [`n${written}`], read: reads.map((i) => `n${i}`) };
    const shown = {
      card: (key) => (key.startsWith("g") ? { folded: true, mark: this.foldedMark(key) } : knowledge.card(Number(key.slice(1)))),
      wire: (key) => knowledge.wire(key),
      marked: (mark) => marked[mark],
    };
    this.view.paint(shown, this.changed(state));
    if (written >= 0) this.view.reveal([written, ...reads].map((i) => this.cardOf(i)));
  }

  // The mark of a folded card: that of a node in it.
  foldedMark(key) {
    const { written, reads } = this.knowledge;
    if (written >= 0 && this.cardOf(written) === key) return "now";
    return reads.some((i) => this.cardOf(i) === key) ? "read" : "";
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
