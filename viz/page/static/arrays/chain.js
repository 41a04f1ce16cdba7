// The chain of arrays: a card for each, its gradient below it in the same outline, in blocks for the layers. Every number
// is a cell that can be chosen, with the mouse or with the arrow keys. Where there is no room for all numbers, those that a
// step is about stand there, and of the other arrays what they are called and their shapes.

import { element } from "../elements.js";

// Letters of several kinds, as array_content.py sends them, as elements.
export function letters(runs) {
  const tags = { i: "i", sup: "sup", sub: "sub", b: "b" };
  const above = (k) => (runs[k][0] === "sup" && runs[k - 1]?.[0] === "sub" ? { class: "above" } : {}); // both stand at one letter
  return runs.map(([kind, text], k) => (tags[kind] ? element(tags[kind], above(k), text) : text));
}

// How wide a number is, in digits; a point is narrower and a minus sign wider than a digit.
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter === "." ? 0.52 : letter === "−" ? 1.35 : 1), 0);

export const sized = (shape) => shape.join(" × ");

// How much stands there: all numbers, those of the cards that a step is about, or those of its arrays alone.
const MODES = ["all", "cards", "halves"];

export class Chain {
  // Of `act`: {choose(place), leave()}; a place is [array, row, column].
  constructor(known, blocks, act) {
    Object.assign(this, { known, act });
    this.parts = new Map(); // array → {part, card, shape, size, table, cells}
    this.opened = new Set(); // arrays that a reader has opened, until the next step
    this.mode = MODES[0];
    const label = known.words("array.chain");
    this.element = element("div", { class: "chain", role: "group", "aria-label": label, tabindex: -1 }, ...blocks.map((block) => this.block(block)));
    this.write();
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  block({ kind, title, columns, function: meant }) {
    const cards = columns.flatMap((column, c) => [
      ...(c && kind === "layer" ? [element("span", { class: "arrow", "aria-hidden": "true" })] : []),
      element("div", { class: "column" }, ...column.map((pair) => this.card(pair))),
    ]);
    return element("section", { class: `block ${kind}`, "aria-label": title }, element("p", { class: "title" }, title, ...(meant.length ? [" · ", ...letters(meant)] : [])), element("div", { class: "cards" }, ...cards));
  }

  card(pair) {
    const [k, gradient] = pair;
    const isParameter = k !== null && this.known.array(k).isParameter;
    const shown = pair.filter((one) => one !== null);
    const card = element("div", { class: `array${isParameter ? " parameter" : ""}` }, ...shown.map((one) => this.part(one, one === gradient)));
    for (const one of shown) Object.assign(this.parts.get(one), { card, pair: shown });
    return card;
  }

  // An array, or a gradient, with its head and its numbers.
  part(k, isGradient) {
    const { symbol, name, shape } = this.known.array(k);
    const isSaid = !(isGradient && shape[1] === 1); // a narrow card says its shape once
    const size = element("span", { class: "size", "data-wide": isSaid ? sized(shape).replace(/\d/g, "0") : "" });
    const cells = this.known.numbers(k).map((row, i) => row.map((_, j) => element("td", { tabindex: -1, onclick: () => this.pick(k, i, j) })));
    const table = element(
      "table",
      { role: "grid", class: "matrix", "aria-label": name, onkeydown: (event) => this.key(event, k) },
      element("tbody", {}, ...cells.map((row) => element("tr", {}, ...row))),
    );
    const part = element(
      "div",
      { class: isGradient ? "half below" : "half" },
      element("div", { class: "cap", onclick: () => this.open(k), onkeydown: (event) => this.keyOnCap(event, k) }, element("span", { class: "symbol" }, ...letters(symbol)), size),
      element("div", { class: "numbers" }, table),
    );
    this.parts.set(k, { part, size, isSaid, table, cells, shape });
    return part;
  }

  // Leaves as much room in every column as its widest number takes.
  write() {
    for (const [k, { cells }] of this.parts) {
      const texts = this.known.numbers(k);
      const widest = texts[0].map((_, j) => texts.map((row) => row[j].replace(/\d/g, "0")).reduce((one, other) => (widthOf(other) > widthOf(one) ? other : one)));
      cells.forEach((row) => row.forEach((cell, j) => (cell.dataset.wide = widest[j])));
    }
  }

  // --- what there is room for ---

  // Shows as much as there is room for at every step, so that nothing moves from step to step where all numbers fit.
  fit() {
    const { known, element: chain } = this;
    const room = `${chain.clientWidth} ${getComputedStyle(chain).maxHeight} ${getComputedStyle(chain).fontSize}`;
    if (!chain.clientWidth || room === this.room) return;
    this.room = room;
    chain.style.minHeight = "";
    const least = known.forms - 1;
    const usual = Math.max(0, least - 1);
    const tried = [...Array.from({ length: usual + 1 }, (_, form) => ["all", form]), ["cards", usual], ["halves", usual]];
    if (!tried.some(([mode, form]) => this.fits(mode, form)) && this.isCut) this.fits("halves", least);
    if (this.mode !== "all") chain.style.minHeight = `${this.tallest}px`; // or what stands below would move with every step
    this.act.fitted();
  }

  // Shows so much, with so many digits; whether there is room for it at every step.
  fits(mode, form) {
    const { known, element: chain } = this;
    this.mode = mode;
    chain.classList.toggle("some", mode !== "all");
    if (known.form !== form) {
      known.form = form;
      this.write();
    }
    this.fill();
    this.tallest = 0;
    this.isCut = false;
    const steps = mode === "all" ? [0] : Array.from({ length: known.count + 1 }, (_, at) => at);
    return steps.map((at) => this.isWhole(at)).every(Boolean);
  }

  isWhole(at) {
    const { element: chain } = this;
    this.close(this.known.about(at));
    this.tallest = Math.max(this.tallest, chain.offsetHeight);
    this.isCut ||= [...chain.querySelectorAll(".numbers")].some((table) => table.scrollWidth > table.clientWidth + 1);
    return !this.isCut && chain.scrollHeight <= chain.clientHeight + 1 && chain.scrollWidth <= chain.clientWidth + 1;
  }

  // Closes every array that is not among some.
  close(about) {
    for (const [k, { part, pair }] of this.parts) {
      const isShown = this.mode === "all" || about.has(k) || this.opened.has(k) || (this.mode === "cards" && pair.some((one) => about.has(one)));
      const wasClosed = part.classList.contains("closed");
      if (wasClosed !== isShown) continue;
      part.classList.toggle("closed", !isShown);
      const cap = part.firstChild;
      const door = { role: "button", tabindex: 0, "aria-expanded": "false", "aria-label": this.known.array(k).name };
      for (const [name, text] of Object.entries(door)) isShown ? cap.removeAttribute(name) : cap.setAttribute(name, text);
    }
  }

  // Opens an array that is closed, until the next step.
  open(k) {
    if (!this.parts.get(k).part.classList.contains("closed")) return;
    this.opened.add(k);
    this.paint();
  }

  keyOnCap(event, k) {
    if ((event.key !== "Enter" && event.key !== " ") || !event.currentTarget.hasAttribute("role")) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(k);
  }

  // --- entries ---

  pick(k, i, j) {
    if (this.known.state(k) === "known") this.act.choose([k, i, j]);
  }

  // The arrow keys go from number to number.
  key(event, k) {
    const way = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const { cells, shape } = this.parts.get(k);
    const i = cells.findIndex((row) => row.includes(event.target));
    if (i < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const j = cells[i].indexOf(event.target);
    if (event.key === "Enter" || event.key === " ") this.pick(k, i, j);
    else if (way) this.focus([k, Math.min(Math.max(i + way[0], 0), shape[0] - 1), Math.min(Math.max(j + way[1], 0), shape[1] - 1)]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Chooses an entry and takes the keys there.
  focus([k, i, j]) {
    this.pick(k, i, j);
    this.parts.get(k).cells[i][j].focus({ preventScroll: true });
  }

  paint() {
    const { known } = this;
    if (this.at !== known.at) this.opened.clear();
    this.at = known.at;
    this.fill();
    this.close(new Set([...known.about(known.at), ...[known.looked, ...known.lit].filter(Boolean).map(([k]) => k)]));
    this.follow();
  }

  // Writes what is known.
  fill() {
    const { known } = this;
    const lit = new Set(known.lit.map((place) => place.join()));
    const looked = known.looked?.join();
    const asked = known.asked?.join();
    for (const [k, { part, size, isSaid, table, cells, shape }] of this.parts) {
      const state = known.state(k);
      const texts = known.texts(k);
      const { isGradient } = known.array(k);
      part.classList.toggle("now", k === known.current);
      part.classList.toggle("read", k !== known.current && known.read.includes(k));
      part.classList.toggle("none", state !== "known");
      size.textContent = known.tellsShape(k) && isSaid ? sized(shape) : "";
      table.setAttribute("aria-hidden", state === "none" || (state === "asked" && known.open === "shape"));
      cells.forEach((row, i) =>
        row.forEach((cell, j) => {
          const place = `${k},${i},${j}`;
          const text = texts ? texts[i][j] : place === asked ? "?" : "";
          if (cell.textContent !== text) cell.textContent = text;
          const sign = !isGradient || !texts || text === "0" ? "" : text[0] === "−" ? " negative" : " positive";
          const mark = place === looked || place === asked ? " chosen" : lit.has(place) ? " lit" : "";
          const kind = `${sign}${mark}`.trim();
          if (cell.className !== kind) cell.className = kind;
          const mayFocus = Boolean(texts) && (looked?.startsWith(`${k},`) ? place === looked : i === 0 && j === 0);
          if ((cell.tabIndex === 0) !== mayFocus) cell.tabIndex = mayFocus ? 0 : -1;
        }),
      );
    }
  }

  // Where the chain is longer than its place, what the step makes is moved into sight, with what it reads if there is room.
  follow() {
    const { known, element: chain } = this;
    if (chain.scrollHeight <= chain.clientHeight + 1) return;
    const box = chain.getBoundingClientRect();
    const boxes = (all) => all.map((k) => this.parts.get(k).part.getBoundingClientRect());
    const around = (all) => [Math.min(...all.map(({ top }) => top)), Math.max(...all.map(({ bottom }) => bottom))];
    const about = [...known.about(known.at)];
    let [top, bottom] = around(boxes(about));
    if (bottom - top > box.height) [top, bottom] = around(boxes([known.current ?? about[0]]));
    if (top < box.top || bottom > box.bottom) chain.scrollTop += top - box.top - Math.max(8, (box.height - (bottom - top)) / 2);
  }
}
