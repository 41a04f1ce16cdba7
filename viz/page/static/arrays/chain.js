// The chain of arrays: a card for each, its gradient below it in the same outline, in blocks for the layers. Every number
// is a cell that can be chosen, with the mouse or with the arrow keys.

import { element } from "../elements.js";

// Letters of several kinds, as array_content.py sends them, as elements.
export function letters(runs) {
  const tags = { i: "i", sup: "sup", sub: "sub", b: "b" };
  return runs.map(([kind, text]) => (tags[kind] ? element(tags[kind], {}, text) : text));
}

// How wide a number is, in digits; a point is narrower and a minus sign wider than a digit.
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter === "." ? 0.52 : letter === "−" ? 1.35 : 1), 0);

export const sized = (shape) => shape.join(" × ");

export class Chain {
  // Of `act`: {choose(place), leave()}; a place is [array, row, column].
  constructor(known, blocks, act) {
    Object.assign(this, { known, act });
    this.parts = new Map(); // array → {part, shape, table, cells}
    const label = known.words("array.chain");
    this.element = element("div", { class: "chain", role: "group", "aria-label": label, tabindex: -1 }, ...blocks.map((block) => this.block(block)));
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
    const parts = pair.flatMap((one) => (one === null ? [] : [this.part(one, one === gradient)]));
    return element("div", { class: `array${isParameter ? " parameter" : ""}` }, ...parts);
  }

  // An array, or a gradient, with its head and its numbers.
  part(k, isGradient) {
    const { symbol, name, shape, texts } = this.known.array(k);
    const size = element("span", { class: "size" });
    const widest = texts[0].map((_, j) => texts.map((row) => row[j].replace(/\d/g, "0")).reduce((one, other) => (widthOf(other) > widthOf(one) ? other : one)));
    const cells = texts.map((row, i) =>
      row.map((_, j) => element("td", { tabindex: -1, "data-wide": widest[j], onclick: () => this.pick(k, i, j) })),
    );
    const table = element(
      "table",
      { role: "grid", class: "matrix", "aria-label": name, onkeydown: (event) => this.key(event, k) },
      element("tbody", {}, ...cells.map((row) => element("tr", {}, ...row))),
    );
    const part = element(
      "div",
      { class: isGradient ? "half below" : "half" },
      element("div", { class: "cap" }, element("span", { class: "symbol" }, ...letters(symbol)), size),
      element("div", { class: "numbers" }, table),
    );
    this.parts.set(k, { part, size, table, cells, shape });
    return part;
  }

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
    const lit = new Set(known.lit.map((place) => place.join()));
    const looked = known.looked?.join();
    const asked = known.asked?.join();
    for (const [k, { part, size, table, cells, shape }] of this.parts) {
      const state = known.state(k);
      const texts = known.texts(k);
      const { isGradient } = known.array(k);
      part.classList.toggle("now", k === known.current);
      part.classList.toggle("read", k !== known.current && known.read.includes(k));
      part.classList.toggle("none", state !== "known");
      size.textContent = known.tellsShape(k) && !(isGradient && shape[1] === 1) ? sized(shape) : ""; // a narrow card says it once
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
    this.follow();
  }

  // Where the chain is longer than its place, what the step makes is moved into sight.
  follow() {
    const { known } = this;
    if (known.current === null || this.element.scrollHeight <= this.element.clientHeight + 1) return;
    const box = this.element.getBoundingClientRect();
    const at = this.parts.get(known.current).part.parentNode.getBoundingClientRect();
    if (at.top < box.top || at.bottom > box.bottom) this.element.scrollTop += at.top - box.top - Math.max(8, (box.height - at.height) / 2);
  }
}
