// The pieces of the picture in the page, each the element that Python drew, with what a step shows on it: cards, wires, and
// the frames of groups, which can be covered.

import { svgElement } from "./elements.js";

const THIN = 1.5; // widths of wires, as in legend.py
const THICK = 3.8;
const LINE = 20; // of what a covered frame tells
const MOST = 4; // lines

// The title of a piece; those that the page writes anew do not come with it.
const titleOf = (element) => element.querySelector("title") ?? element.insertBefore(svgElement("title"), element.firstChild);

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

export class CardView {
  constructor(element) {
    this.element = element;
    this.kind = element.getAttribute("class").replace(/ (now|read)\b/g, "");
    this.title = titleOf(element);
    this.frame = element.querySelector(".frame");
    this.value = element.querySelector(".value");
    const chip = element.querySelector(".chip");
    this.chip = chip?.parentNode;
    this.label = this.chip?.querySelector(".soft");
    this.gradient = this.chip?.querySelector(".gradient");
    this.name = element.querySelector(".name");
    this.usual = this.label?.textContent;
    this.locals = [...element.querySelectorAll(".local")];
    this.rows = [...element.querySelectorAll(".row")];
    this.slots = []; // the operands that its local derivatives stand at
    this.room = Number(this.frame.getAttribute("width"));
  }

  // {value, chip: {state, text, sign, label}, locals: [text by slot], title, mark, asked}
  paint(shown) {
    const kind = shown.mark ? `${this.kind} ${shown.mark}` : this.kind;
    if (this.element.getAttribute("class").replace(" hidden", "") !== kind) {
      this.element.setAttribute("class", this.element.classList.contains("hidden") ? `${kind} hidden` : kind);
    }
    this.rows.forEach((row, k) => fitted(row, shown.rows[k], this.room - 18));
    if (shown.value === null) return; // a group of many nodes has no value of its own
    if (this.title.textContent !== shown.title) this.title.textContent = shown.title;
    if (!this.name) return; // a number that has no name stays as it is
    fitted(this.value, shown.value, this.room - 34);
    if (this.chip && shown.chip) {
      const sign = shown.chip.sign > 0 ? " positive" : shown.chip.sign < 0 ? " negative" : "";
      this.chip.setAttribute("class", shown.chip.state + sign);
      if (this.label) this.label.textContent = shown.chip.label ?? this.usual;
      fitted(this.gradient, shown.chip.text, this.room - 24 - (this.label?.getComputedTextLength() ?? 0));
      this.change(shown.chip.predicted);
    }
    for (const pill of this.locals) {
      const text = shown.locals[this.slots[pill.dataset.slot]] ?? "";
      pill.classList.toggle("empty", text === "");
      fitted(pill.querySelector(".number"), text, Number(pill.querySelector(".pill").getAttribute("width")) - 8);
    }
  }

  // While a leaf is wiggled, the change that was predicted stands in a second line below the real one.
  change(predicted) {
    if ((predicted === undefined) === !this.second) return this.second && fitted(this.second.lastChild, predicted, this.room - 40);
    const chip = this.chip.querySelector(".chip");
    const top = Number(chip.getAttribute("y"));
    if (predicted === undefined) {
      this.second.remove();
      this.second = null;
      chip.setAttribute("height", this.height);
      return;
    }
    this.height = chip.getAttribute("height");
    chip.setAttribute("height", Number(this.height) + 7);
    const y = top + 27;
    const sign = svgElement("text", { x: this.label.getAttribute("x"), y, class: "small soft" }, "≈");
    const number = svgElement("text", { x: this.gradient.getAttribute("x"), y, class: "gradient", "text-anchor": "end" });
    this.second = svgElement("g", { class: "second" }, sign, number);
    this.chip.append(this.second);
    fitted(number, predicted, this.room - 40);
  }

  box() {
    const [x, y] = this.element.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    const [dx, dy, width, height] = ["x", "y", "width", "height"].map((name) => Number(this.frame.getAttribute(name)));
    return { x: x + dx + 20, y: y + dy + 20, width, height }; // the drawing stands 20 away from the corner
  }
}

export class WireView {
  constructor(element, picture) {
    this.element = element;
    [this.to, this.slot] = [`n${element.dataset.key.slice(1).split("-")[0]}`, element.dataset.key.split("-")[1]];
    this.title = titleOf(element);
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
    if (shown.mark === "now") this.picture.lift(this.element);
    else this.picture.letDown(this.element);
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

export class FrameView {
  constructor({ key, title, parent }, place, picture) {
    Object.assign(this, { title, parent, place, picture, covered: false, wanted: false }); // covered by a reader, wanted open by a step
    this.element = picture.svg.querySelector(`.group[data-key="${key}"]`);
  }

  // Makes what covers it, once the picture has all its cards and wires.
  prepare() {
    const { picture } = this;
    this.lid = this.makeLid();
    for (const handle of [this.element, this.lid]) {
      handle.setAttribute("tabindex", "0");
      handle.setAttribute("role", "button");
      handle.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        picture.toggle(this);
        (this.isClosed ? this.lid : this.element).focus();
      });
    }
  }

  get isClosed() {
    return this.covered && !this.wanted;
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

  // What lies over the frame while it is covered: its title, and the values that leave it with their gradients.
  makeLid() {
    const rect = this.element.querySelector("rect");
    const [x, y, width] = ["x", "y", "width"].map((name) => Number(rect.getAttribute(name)));
    const height = Number(rect.getAttribute("height"));
    this.told = this.leaving();
    const top = y + height / 2 - (LINE * (this.told.length - 1)) / 2 + 5;
    const text = (k, words) => svgElement("text", { x: x + width / 2, y: top + LINE * k, "text-anchor": "middle", class: k ? "" : "title" }, words);
    this.lines = this.told.map((_, k) => text(k + 1, ""));
    const hint = svgElement("title", {}, this.picture.words("page.unfold", { title: this.title }));
    const lid = svgElement("g", { class: "cover" }, hint, rect.cloneNode(), text(0, this.title), ...this.lines);
    this.room = width - 16;
    this.element.parentNode.append(lid);
    return lid;
  }

  // The cards in the frame from which wires lead out of it, or none; as many as there is room for.
  leaving() {
    const { cards, wires, frames } = this.picture;
    const inside = (key) => {
      for (let at = cards.get(key)?.home ?? -1; at >= 0; at = frames[at].parent) if (at === this.place) return true;
      return false;
    };
    const found = new Set([...wires.values()].filter(({ from, to }) => inside(from) && !inside(to)).map(({ from }) => from));
    if (!found.size) for (const key of cards.keys()) if (inside(key) && ![...wires.values()].some(({ from }) => from === key)) found.add(key);
    return [...found].slice(0, MOST);
  }

  paint(state) {
    if (!this.isClosed) return;
    this.told.forEach((key, k) => fitted(this.lines[k], state.line(key), this.room));
  }

  show() {
    const away = this.element.classList.contains("hidden");
    this.lid.classList.toggle("hidden", away || !this.isClosed);
    this.element.setAttribute("aria-label", this.picture.words("page.fold", { title: this.title }));
    this.lid.setAttribute("aria-label", this.picture.words("page.unfold", { title: this.title }));
    this.element.setAttribute("tabindex", this.isClosed || away ? "-1" : "0");
  }
}
