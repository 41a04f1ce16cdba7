// The picture of the graph in the page: shows a state of the passes on the cards and wires that are there, covers and
// uncovers frames, zooms and pans. Positions never change; only texts, classes and the view do.

import { CardView, FrameView, WireView } from "./pieces.js";

const LEGIBLE = 0.85; // where less than this part of its size would be left of the whole picture …
const READABLE = 1.1; // … it opens at this one
const MARGIN = 16; // what is cut off of the border around the drawing

export class PictureView {
  // `frames` are {key, title, parent}, `home` is the place of the frame of every card, `keys` are those of the folded cards by
  // group, `sourceOf` tells from which card a wire comes, and `words` says the sentences.
  constructor(svg, { frames, home, keys }, sourceOf, words) {
    this.svg = svg;
    this.keys = keys;
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
    for (const [key, card] of this.cards) if (key.startsWith("g")) this.makeDoor(card.element, keys.indexOf(key));
    this.cover();
    this.fit();
    this.watchPointer();
  }

  // A folded card is a button that leads to the picture of its group.
  makeDoor(element, group) {
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", this.words("page.unfold", { title: element.querySelector(".name").textContent }));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.onEnter?.(group);
    });
  }

  // --- a state of the passes ---

  // Of the cards and wires only those with the given keys, where keys are given.
  paint(state, keys = null) {
    const wanted = (map) => (keys ? [...keys].flatMap((key) => (map.has(key) ? [[key, map.get(key)]] : [])) : map);
    for (const [key, card] of wanted(this.cards)) card.paint(state.card(key));
    for (const [key, wire] of wanted(this.wires)) wire.paint(state.wire(key));
    for (const frame of this.frames) frame.lid.classList.remove("now", "read");
    for (const mark of ["read", "now"]) {
      for (const key of state.marked(mark)) {
        if (!this.cards.has(key)) continue;
        const frame = this.coveredFrame(this.cards.get(key)?.home ?? -1);
        if (frame) frame.lid.classList.add(mark);
      }
    }
  }

  // Puts a wire above the others, or one of them could cover its head.
  lift(wire) {
    this.top ??= [...this.wires.values()].at(-1).element; // the one that was drawn last
    if (this.top !== wire) this.top.after(wire);
    this.top = wire;
  }

  // --- frames ---

  // The outermost covered frame around the frame at a place; undefined where all is open.
  coveredFrame(place) {
    let found;
    for (let at = place; at >= 0; at = this.frames[at].parent) if (this.frames[at].covered) found = this.frames[at];
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

  toggle(frame) {
    frame.covered = !frame.covered;
    this.cover();
    const { x, y, width, height } = frame.box();
    const view = this.view;
    if (!frame.covered && (width > view.wide / 2 || width < view.wide / 8)) this.look(x - 10, y - 10, width + 20, height + 20);
    if (frame.covered && (width > view.wide * 0.8 || height > view.tall * 0.8)) this.fit();
    this.onFold?.();
  }

  coverAll(covered) {
    for (const frame of this.frames) frame.covered = covered && frame.parent < 0;
    this.cover();
    if (covered) this.fit();
    this.onFold?.();
  }

  // --- the view ---

  fit() {
    this.look(MARGIN, MARGIN, this.wide - 2 * MARGIN, this.tall - 2 * MARGIN);
  }

  // The whole picture where it can be read, else as much as can: the steps move the view.
  open() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (width && Math.min(width / this.wide, height / this.tall) < LEGIBLE) {
      this.look(MARGIN, this.tall / 2 - height / READABLE / 2, width / READABLE, height / READABLE);
    }
  }

  // How much wider than high the room for the picture should be: as the picture, or as much of it as opens.
  aspect() {
    const { width } = this.svg.getBoundingClientRect();
    return width && width / this.wide < LEGIBLE ? width / (this.tall * READABLE) : this.wide / this.tall;
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
  }

  pan(dx, dy) {
    const { x, y, wide, tall } = this.view;
    this.look(x + dx * wide, y + dy * tall, wide, tall);
  }

  // Moves the view, if it must, so that cards are in it: all of them if there is room, and the first in any case.
  reveal(keys, centred = false) {
    const boxes = keys.flatMap((key) => this.cards.get(key) ?? []).map((card) => this.coveredFrame(card.home)?.middle() ?? card.box());
    if (!boxes.length) return;
    const view = this.view;
    let around = boxes[0];
    for (const box of boxes) {
      const [x, y] = [Math.min(around.x, box.x), Math.min(around.y, box.y)];
      const [right, bottom] = [Math.max(around.x + around.width, box.x + box.width), Math.max(around.y + around.height, box.y + box.height)];
      if (right - x <= view.wide && bottom - y <= view.tall) around = { x, y, width: right - x, height: bottom - y };
    }
    const { x, y, width, height } = around;
    const inside = x >= view.x && y >= view.y && x + width <= view.x + view.wide && y + height <= view.y + view.tall;
    if (!inside || centred) this.look(x + width / 2 - view.wide / 2, y + height / 2 - view.tall / 2, view.wide, view.tall);
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
    if (local && card && !card.dataset.key.startsWith("g")) this.onPick?.(`e${card.dataset.key.slice(1)}-${local.dataset.slot}`);
    else if (card?.dataset.key.startsWith("g")) this.onEnter?.(this.keys.indexOf(card.dataset.key));
    else if (card) this.onPick?.(card.dataset.key);
    else if (wire && !wire.dataset.key.startsWith("eg")) this.onPick?.(wire.dataset.key);
    else if (frame) this.toggle(this.frames.find((one) => one.element === frame || one.lid === frame));
  }
}
