// The picture of the graph in the page: shows a state of the passes on the cards and wires that are there, covers and
// uncovers frames, zooms and pans. Positions never change; only texts, classes and the view do.

import { svgElement } from "./elements.js";

const THIN = 1.5; // widths of wires, as in legend.py
const THICK = 3.8;
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

// --- cards, wires, frames --------------------------------------------------------------------------------------------

// Sets the text of an element, squeezed into `room` where it would be wider.
function fitted(element, text, room) {
  if (!element || element.textContent === text) return;
  element.textContent = text;
  element.removeAttribute("textLength");
  if (text.length > 3 && element.getComputedTextLength() > room) {
    element.setAttribute("textLength", room.toFixed(1));
    element.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
}

class CardView {
  constructor(element) {
    this.element = element;
    this.kind = element.getAttribute("class").replace(/ (now|read)\b/g, "");
    this.title = element.querySelector("title");
    this.frame = element.querySelector(".frame");
    this.value = element.querySelector(".value");
    const chip = element.querySelector(".chip");
    this.chip = chip?.parentNode;
    this.label = this.chip?.querySelector(".soft");
    this.gradient = this.chip?.querySelector(".gradient");
    this.name = element.querySelector(".name");
    this.usual = this.label?.textContent;
    this.locals = [...element.querySelectorAll(".local")];
    this.room = Number(this.frame.getAttribute("width"));
  }

  // {value, chip: {state, text, sign, label}, locals: [text by slot], title, mark, asked}
  paint(shown) {
    const kind = shown.mark ? `${this.kind} ${shown.mark}` : this.kind;
    if (this.element.getAttribute("class").replace(" hidden", "") !== kind) {
      this.element.setAttribute("class", this.element.classList.contains("hidden") ? `${kind} hidden` : kind);
    }
    if (shown.folded) return;
    if (this.title.textContent !== shown.title) this.title.textContent = shown.title;
    if (!this.name) return; // a number that has no name stays as it is
    fitted(this.value, shown.value, this.room - 34);
    if (this.chip && shown.chip) {
      const sign = shown.chip.sign > 0 ? " positive" : shown.chip.sign < 0 ? " negative" : "";
      this.chip.setAttribute("class", shown.chip.state + sign);
      if (this.label) this.label.textContent = shown.chip.label ?? this.usual;
      fitted(this.gradient, shown.chip.text, this.room - 70);
    }
    for (const pill of this.locals) {
      fitted(pill.querySelector(".number"), shown.locals[pill.dataset.slot] ?? "", Number(pill.querySelector(".pill").getAttribute("width")) - 8);
    }
  }

  box() {
    const [x, y] = this.element.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    const [dx, dy, width, height] = ["x", "y", "width", "height"].map((name) => Number(this.frame.getAttribute(name)));
    return { x: x + dx + 20, y: y + dy + 20, width, height }; // the drawing stands 20 away from the corner
  }
}

class WireView {
  constructor(element, picture) {
    this.element = element;
    [this.to, this.slot] = [`n${element.dataset.key.slice(1).split("-")[0]}`, element.dataset.key.split("-")[1]];
    this.title = element.querySelector("title");
    this.line = element.querySelector(".line");
    this.head = element.querySelector(".head");
    this.ahead = null; // while a contribution goes back: the line and the head as they are for values
    this.picture = picture;
  }

  // {flow, mark, title, from}: how much has gone back along it (null for nothing yet), scaled to 0 … 1
  paint(shown) {
    const sign = shown.flow === null ? "" : shown.flow > 0 ? " positive" : shown.flow < 0 ? " negative" : " zero";
    const hidden = ["hidden", "bundled"].filter((name) => this.element.classList.contains(name)).map((name) => ` ${name}`).join("");
    const kind = `wire${sign}${shown.mark ? ` ${shown.mark}` : ""}${hidden}`;
    if (this.element.getAttribute("class") !== kind) this.element.setAttribute("class", kind);
    const wide = shown.mark || !shown.flow ? "" : (THIN + (THICK - THIN) * Math.min(1, shown.scale) ** 0.5).toFixed(1);
    if (this.line.style.strokeWidth !== wide) this.line.style.strokeWidth = wide;
    if (this.title.textContent !== shown.title) this.title.textContent = shown.title;
    this.point(shown.mark === "now");
  }

  // The head at the end of the values, or, while a contribution goes back, at the receiver.
  point(back) {
    if (back === (this.ahead !== null)) return;
    if (back) {
      const { x, y, width, height } = this.picture.cards.get(this.from).box();
      const [tipX, tipY] = [x + width - 20, y + height / 2 - 20];
      this.ahead = [this.line.getAttribute("d"), this.head.getAttribute("d")];
      const [end] = /(?<=^M)[^A-Za-z]+/.exec(this.ahead[1]); // where the head pointed to: the line goes on to there
      this.line.setAttribute("d", `${this.ahead[0]}L${end}`);
      this.head.setAttribute("d", `M${tipX} ${tipY}l11 -7v14z`);
    } else {
      this.line.setAttribute("d", this.ahead[0]);
      this.head.setAttribute("d", this.ahead[1]);
      this.ahead = null;
    }
  }
}

class FrameView {
  constructor({ key, title, parent }, place, picture) {
    Object.assign(this, { title, parent, place, picture, covered: false });
    this.element = picture.svg.querySelector(`.group[data-key="${key}"]`);
    this.lid = this.makeLid();
    for (const handle of [this.element, this.lid]) {
      handle.setAttribute("tabindex", "0");
      handle.setAttribute("role", "button");
      handle.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        picture.toggle(this);
        (this.covered ? this.lid : this.element).focus();
      });
    }
  }

  box() {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(this.element.querySelector("rect").getAttribute(name)));
    return { x: x + 20, y: y + 20, width, height };
  }

  // Where the title of the lid stands.
  middle() {
    const { x, y, width, height } = this.box();
    return { x: x + width / 2 - 20, y: y + height / 2 - 20, width: 40, height: 40 };
  }

  // What lies over the frame while it is covered: its title, as large as fits.
  makeLid() {
    const rect = this.element.querySelector("rect");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
    const size = Math.max(12, Math.min((width * 0.9) / (0.62 * Math.max(this.title.length, 8)), height / 3));
    const shape = rect.cloneNode();
    const text = svgElement("text", { x: x + width / 2, y: y + height / 2 + size * 0.35, "text-anchor": "middle" }, this.title);
    text.style.fontSize = `${size.toFixed(1)}px`;
    const lid = svgElement("g", { class: "cover" }, svgElement("title", {}, this.picture.words("page.unfold", { title: this.title })), shape, text);
    this.element.parentNode.append(lid);
    return lid;
  }

  show() {
    const away = this.element.classList.contains("hidden");
    this.lid.classList.toggle("hidden", away || !this.covered);
    this.element.setAttribute("aria-label", this.picture.words("page.fold", { title: this.title }));
    this.lid.setAttribute("aria-label", this.picture.words("page.unfold", { title: this.title }));
    this.element.setAttribute("tabindex", this.covered || away ? "-1" : "0");
  }
}
