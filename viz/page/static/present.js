// Presenter mode, for a projector: the expression, the picture in the upper two thirds, one equation, and nothing else. Keys
// and clickers walk through it; where something is asked, the first press poses the question and the next one answers it,
// while the number goes along its edge.

import { element } from "./elements.js";
import { mathml } from "./typeset.js";
import { question } from "./steptab.js";
import { Presenting } from "./presenting.js";
import { Traveller } from "./traveller.js";

const LEAST = 24; // pixels of the smallest letters in the picture
const LARGER = 1.4; // how much larger than drawn letters may be, in cards that stay as they are, to show a picture as a whole
const AROUND = 16; // left free around what is looked at
const ROOM = 7; // beside each text in a chip or pill
const SIGNS = ["=", "≈", "←"]; // a line may be broken before these

export class Presenter extends Presenting {
  // `page` is the step-through, of which it moves the steps, the theme and what is asked.
  constructor(page) {
    const way = element("div", { class: "slide-way" });
    super(page, () => page.app, way);
    this.way = way;
    this.traveller = new Traveller();
  }

  entered() {
    const { ways } = this.page;
    this.home = ways.element.parentNode;
    this.way.append(ways.element);
    this.before = null; // what was shown last
  }

  left() {
    const { ways, rooms } = this.page;
    this.traveller.stop();
    this.home.prepend(ways.element);
    for (const { svg } of rooms.views.filter(Boolean)) enlarge(svg, 0);
  }

  get acts() {
    return { v: () => this.vote() };
  }

  // Puts the number of this step to the vote, and back to what was asked before.
  vote() {
    const { page } = this;
    if (!page.asks.includes("vote") || !page.at) return;
    const { ask } = page.questions;
    this.asked = ask === "vote" ? this.asked : ask;
    page.askFor(ask === "vote" ? (this.asked ?? "no") : "vote");
  }

  // --- painting ---

  paint() {
    if (!this.isOn) return;
    const { knowledge } = this.page;
    const now = { at: knowledge.at, open: knowledge.open, version: knowledge.version };
    const { before } = this;
    this.before = now;
    this.line.replaceChildren(...this.lines());
    this.element.classList.toggle("is-over", !now.open); // what was said to a wrong vote has had its time
    this.fit();
    this.traveller.stop();
    const isRevealed = before && before.version === now.version && (now.at === before.at + 1 ? !now.open : now.at === before.at && before.open && !now.open);
    if (isRevealed) this.traveller.go(this.page.rooms.view, knowledge.travelling);
  }

  // The equation of the step, or its question while it is open.
  lines() {
    const { knowledge, words, ways } = this.page;
    if (!knowledge.step) return [element("p", {}, words.call(this.page, "page.label", { title: knowledge.name(knowledge.root) }))];
    if (knowledge.open) return ways.chosen ? [] : [element("p", { class: "posed" }, question(knowledge))];
    const mistaken = knowledge.mistakenLine();
    const chains = [];
    for (const part of knowledge.equations.flatMap(broken)) {
      if (!chains.length || !beginsWithSign(part)) chains.push([]); // what begins with a sign goes on from the part before
      chains.at(-1).push(this.math(part));
    }
    return [...chains.map((parts) => element("p", {}, ...parts)), mistaken ? element("p", { class: "mistaken" }, mistaken) : null].filter(Boolean);
  }

  math(layout) {
    const math = mathml(layout, this.page.knowledge.marks);
    math.setAttribute("displaystyle", "true");
    return math;
  }

  // The equation as large as it fits, and the picture so that it can be read from the last row.
  fit() {
    super.fit();
    if (this.isOn) this.look();
  }

  look() {
    const { rooms, knowledge } = this.page;
    const { view } = rooms;
    const { width, height } = view.svg.getBoundingClientRect();
    if (!width) return;
    const whole = Math.min(width / (view.wide - 2 * AROUND), height / (view.tall - 2 * AROUND));
    const least = LEAST / smallest(view.svg);
    const isWhole = whole * LARGER >= least;
    if (isWhole) {
      view.fit();
      return enlarge(view.svg, LEAST / whole);
    }
    const keys = this.active(knowledge, rooms);
    const [wide, tall] = extent(view, keys);
    const needed = Math.max(1, ((wide + 2 * AROUND) * least) / width, ((tall + 2 * AROUND) * least) / height);
    const away = Math.min(needed, LARGER); // where the sender and the receiver of a step stand apart
    lookAt(view, keys, (width / least) * away, (height / least) * away);
    enlarge(view.svg, away > 1 ? smallest(view.svg) * away : 0);
  }

  // The cards of the step: the one that is written first.
  active(knowledge, rooms) {
    const { written, reads } = knowledge;
    return (written < 0 ? [knowledge.root] : [written, ...reads]).map((i) => rooms.cardOf(i));
  }
}

// How much of the picture the cards take together.
function extent(view, keys) {
  const boxes = keys.flatMap((key) => view.cards.get(key) ?? []).map((card) => card.box());
  const across = (low, size) => Math.max(...boxes.map((box) => box[low] + box[size])) - Math.min(...boxes.map((box) => box[low]));
  return boxes.length ? [across("x", "width"), across("y", "height")] : [0, 0];
}

// Moves the view, which shows so much of the picture, to cards; as little as it must, and not beyond the border.
function lookAt(view, keys, wide, tall) {
  const boxes = keys.flatMap((key) => view.cards.get(key) ?? []).map((card) => card.box());
  if (!boxes.length) return;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    const wider = [Math.min(left, x), Math.min(top, y), Math.max(right, x + width), Math.max(bottom, y + height)];
    if (left < Infinity && (wider[2] - wider[0] > wide - AROUND || wider[3] - wider[1] > tall - AROUND)) continue;
    [left, top, right, bottom] = wider;
  }
  const place = (low, high, size, all) => Math.max(Math.min((low + high - size) / 2, all - AROUND - size), Math.min(AROUND, (all - size) / 2));
  view.look(place(left, right, wide, view.wide), place(top, bottom, tall, view.tall), wide, tall);
}

const drawn = new WeakMap(); // the size of letters as they are drawn

const sizeOf = (text) => {
  if (!drawn.has(text)) drawn.set(text, parseFloat(getComputedStyle(text).fontSize));
  return drawn.get(text);
};

const smallest = (svg) => Math.min(...[...svg.querySelectorAll("text")].map(sizeOf));

// Lets no letters of a picture be smaller; 0 puts them back. What has become wider than its room is squeezed into it.
function enlarge(svg, least) {
  for (const text of svg.querySelectorAll("text")) {
    const size = sizeOf(text);
    text.style.fontSize = least > size ? `${least.toFixed(2)}px` : "";
  }
  for (const box of svg.querySelectorAll(".chip, .pill")) {
    const texts = [...box.parentNode.querySelectorAll("text")].filter((text) => text.textContent && text.style.fontSize);
    for (const text of texts) text.removeAttribute("textLength");
    const widths = texts.map((text) => text.getComputedTextLength());
    const room = Number(box.getAttribute("width")) - ROOM * texts.length;
    const part = room / widths.reduce((sum, width) => sum + width, 0);
    if (part >= 1) continue;
    texts.forEach((text, k) => {
      text.setAttribute("textLength", (part * widths[k]).toFixed(1));
      text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    });
  }
}

const isSign = ([kind, text]) => kind === "sign" && SIGNS.includes(text);
const beginsWithSign = (layout) => layout[0] === "row" && isSign(layout[1]);

// The parts of a line between which it may be broken: each but the first begins with a sign.
function broken(layout) {
  if (layout[0] !== "row") return [layout];
  const parts = [];
  for (const part of layout.slice(1)) {
    if (!parts.length || isSign(part)) parts.push(["row"]);
    parts.at(-1).push(part);
  }
  return parts;
}
