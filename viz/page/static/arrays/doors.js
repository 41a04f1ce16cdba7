// The way from a layer of a graph to its arrays and back: a door on every folded layer and one beside the picture. The arrays
// open at the step that belongs to the step of the scalars; leaving them leads back to it, an entry leads to its own.

import { element, svgElement } from "../elements.js";
import { ArrayThrough } from "./page.js";

const DOOR = [34, 20]; // the size of a door on a card
const ASIDE = [122, 21]; // where its middle is, from the right upper corner: between the title and the number of nodes
const BRACKETS = "M-5 -6h-4v12h4M5 -6h4v12h-4M-3 -2h6M-3 2h6";

export class LayerDoors {
  // `page` is the step-through of the graph.
  constructor(page) {
    Object.assign(this, { page, data: page.data.arrays, words: page.words, keys: { A: "array.help.inside" } });
    this.places = this.data.entries.flatMap((rows, k) => rows.flatMap((row, i) => row.flatMap((entry, j) => this.stepsOf(entry).map((at) => ({ at, k, i, j })))));
    this.places.sort((one, other) => one.at - other.at);
    const title = `${this.words("array.inside")} (A)`;
    this.button = element("button", { type: "button", class: "arrays-door", title, onclick: () => this.open() }, this.words("array.inside"));
  }

  stepsOf({ scalar = [], terms = [] }) {
    return [...new Set([...scalar, ...terms.flatMap(([, , at]) => at ?? [])])];
  }

  // --- doors in a picture ---

  // Puts a door on the folded layers of a picture, and on the frames of layers.
  furnish(view) {
    for (const [key, { members, out }] of Object.entries(view.folds)) {
      const layer = out === null && this.layerAmong(members);
      if (!layer) continue;
      const { x, y, width } = view.cards.get(key).box();
      this.hang(layer, x + width - ASIDE[0], y + ASIDE[1], view.svg);
    }
    for (const frame of view.frames.filter(({ parent }) => parent < 0)) {
      const inside = [...view.cards.keys()].filter((key) => this.isIn(view, frame, view.cards.get(key).home));
      const layer = this.layerAmong(inside.filter((key) => key[0] === "n").map((key) => Number(key.slice(1))));
      const [x, y, width] = ["x", "y", "width"].map((name) => Number(frame.element.querySelector("rect").getAttribute(name)));
      if (layer) this.hang(layer, x + width - DOOR[0], y, frame.element.parentNode);
    }
  }

  isIn(view, frame, home) {
    for (let at = home; at >= 0; at = view.frames[at].parent) if (at === frame.place) return true;
    return false;
  }

  // The layer of most of some nodes; 0 for none.
  layerAmong(nodes) {
    const counts = new Map();
    for (const layer of nodes.map((i) => this.data.layerOf[i]).filter(Boolean)) counts.set(layer, (counts.get(layer) ?? 0) + 1);
    return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 0;
  }

  hang(layer, x, y, parent) {
    const [wide, tall] = DOOR;
    const text = this.words("array.inside.of", { title: this.titleOf(layer) });
    const door = svgElement(
      "g",
      { class: "arrays-door", role: "button", tabindex: 0, "aria-label": text, transform: `translate(${x} ${y})` },
      svgElement("title", {}, text),
      svgElement("rect", { x: -wide / 2, y: -tall / 2, width: wide, height: tall, rx: tall / 2 }),
      svgElement("path", { d: BRACKETS }),
    );
    for (const type of ["pointerdown", "pointerup"]) door.addEventListener(type, (event) => event.stopPropagation());
    door.addEventListener("click", () => this.open(layer));
    door.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.open(layer);
    });
    parent.append(door);
  }

  titleOf(layer) {
    return this.data.blocks.find((block) => block.layer === layer).title;
  }

  // --- opening and leaving ---

  get isOpen() {
    return Boolean(this.room?.isConnected);
  }

  // Opens a layer, that of the step where none is given.
  open(layer = null) {
    const { page } = this;
    const { records, given } = page.run;
    if (page.presenter.isOn || records !== given) return; // where a reader chose the order, steps have other numbers
    page.pause();
    this.room ??= this.build();
    this.left = page.host.shadowRoot.activeElement;
    page.app.classList.add("in-arrays");
    page.app.append(this.room);
    this.note.hidden = !page.run.isChanged;
    this.through.theme.choose(page.theme.chosen);
    const [at, place] = this.placeOf(page.at, layer);
    this.through.show(at, place);
    this.begun = place;
    this.through.app.focus({ preventScroll: true });
  }

  // The step of the arrays that belongs to a step of the scalars, and the entry that this one is about: in a layer, where one
  // is given, the last that has been computed by then, or the first that will be.
  placeOf(at, layer) {
    const { arrays, blocks } = this.data;
    const own = new Set(blocks.filter((block) => block.layer === layer).flatMap(({ columns }) => columns.flat(2)));
    const mine = this.places.filter(({ k }) => !layer || own.has(k));
    const known = mine.filter((place) => place.at <= at);
    const last = at ? known.at(-1) : null;
    if (last) return [arrays[last.k].at, last.at === at ? [last.k, last.i, last.j] : null];
    const first = layer && at ? mine[0] : null;
    return [first ? arrays[first.k].at - 1 : 0, null];
  }

  build() {
    const { page } = this;
    const host = element("div", { class: "chalkgrad-arrays" });
    const back = element("button", { type: "button", class: "main", title: "Esc", onclick: () => this.close() }, this.words("array.inside.return"));
    this.note = element("p", { class: "note" }, this.words("array.inside.made"));
    const room = element("div", { class: "arrays-room" }, this.note, host);
    room.addEventListener("keydown", (event) => this.key(event), true);
    page.app.append(room);
    const data = { ...this.data, words: page.data.words };
    this.through = new ArrayThrough(host, data, false, { back, isAlone: page.alone, scalars: (_, at) => this.close(at) });
    return room;
  }

  key(event) {
    const { parts, known, presenter } = this.through;
    const isElsewhere = known.looked && known.looked !== this.begun; // an entry that a reader has chosen is left first
    if (event.key !== "Escape" || parts.help.open || isElsewhere || known.open || presenter.isOn) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  // Back to the scalars, to the step that was left, or to another one.
  close(at = null) {
    const { page } = this;
    this.through.playing.stop();
    this.room.remove();
    page.app.classList.remove("in-arrays");
    if (at !== null) page.go(at);
    else page.paint();
    const target = at === null && this.left?.isConnected ? this.left : page.app;
    target.focus({ preventScroll: true });
  }
}
