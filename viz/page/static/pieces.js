// The pieces of the picture in the page, each the element that Python drew, with what a step shows on it: cards, wires, and
// the frames of groups, which can be covered.

import { svgElement } from "./elements.js";

const THIN = 1.5; // widths of wires, as in legend.py
const THICK = 3.8;

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
