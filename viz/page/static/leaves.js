// The panels in which leaves are changed: "what if", with a slider and a box for each, and "wiggle", with a change of one.

import { asFloat, numberText, parseNumber, typed } from "./numbers.js";
import { element } from "./elements.js";

const WIDEST = 1; // the largest change of a leaf
const DIGITS_OF_A_BOX = 6;

export class WhatIf {
  // `changed(leaf)` is called after a leaf has another number, or all have their own again (null); `refused` when a text is none.
  constructor(run, editable, words, { changed, refused }) {
    Object.assign(this, { run, changed, refused });
    this.rows = editable.map((leaf) => this.row(leaf, words("page.leaf", { name: run.name(leaf) })));
    const reset = element("button", { type: "button", onclick: () => this.reset() }, words("page.reset"));
    const list = element("div", { class: "leaves" }, ...this.rows.map((row) => row.element));
    const text = words(editable.length ? "page.whatif" : "page.noleaves");
    this.element = element("div", {}, element("p", {}, text), list, editable.length ? reset : null);
  }

  row(leaf, label) {
    const start = asFloat(this.run.leaves.get(leaf));
    const middle = Number.isFinite(start) ? start : 0;
    const size = Math.max(1, Math.abs(middle));
    const unit = 10 ** Math.floor(Math.log10(size)) / 20; // sliders stand at round numbers
    const slider = element("input", {
      type: "range",
      min: Math.floor((middle - 2 * size) / unit) * unit,
      max: Math.ceil((middle + 2 * size) / unit) * unit,
      step: unit,
      "aria-label": label,
      oninput: () => this.set(leaf, parseNumber(String(Number(Number(slider.value).toPrecision(6)))), slider),
    });
    const box = element("input", { type: "text", inputmode: "decimal", "aria-label": label, size: 7, onchange: () => this.read(leaf, box) });
    return { leaf, slider, box, element: element("div", { class: "leaf" }, element("span", { class: "name" }, this.run.name(leaf)), slider, box) };
  }

  set(leaf, number, from) {
    this.run.set(leaf, number);
    this.from = from; // what a person holds is not moved under the hand
    this.changed(leaf);
    this.from = null;
  }

  read(leaf, box) {
    const given = typed(box.value);
    box.setAttribute("aria-invalid", given === null);
    if (given === null) this.refused();
    else this.set(leaf, given.data, box);
  }

  reset() {
    this.run.reset();
    this.changed(null);
  }

  paint() {
    for (const { leaf, slider, box } of this.rows) {
      const number = this.run.leaves.get(leaf);
      if (slider !== this.from) slider.value = asFloat(number);
      if (box !== this.from) box.value = numberText(number, DIGITS_OF_A_BOX);
    }
  }
}

export class Wiggle {
  // `changed()` is called after another leaf or another h was chosen.
  constructor(run, editable, words, changed) {
    Object.assign(this, { run, words });
    this.chosen = editable.length ? { leaf: editable[0], h: 0.1 } : null;
    this.leaf = element(
      "select",
      { "aria-label": words("page.wiggle.leaf"), onchange: () => this.choose({ leaf: Number(this.leaf.value) }, changed) },
      ...editable.map((leaf) => element("option", { value: leaf }, run.name(leaf))),
    );
    this.h = element("input", {
      type: "range",
      min: -WIDEST,
      max: WIDEST,
      step: WIDEST / 100,
      "aria-label": words("page.wiggle.h"),
      oninput: () => this.choose({ h: Number(this.h.value) }, changed),
    });
    this.number = element("output", {});
    this.ratio = element("p", { class: "ratio" });
    const choice = this.chosen && element("div", { class: "leaf" }, this.leaf, this.h, this.number);
    this.element = element("div", {}, element("p", {}, words(this.chosen ? "page.wiggle" : "page.noleaves")), choice, this.ratio);
  }

  choose(part, changed) {
    this.chosen = { ...this.chosen, ...part };
    this.run.wiggle(this.chosen);
    changed();
  }

  // The two changes of the root, and their ratios to h: the gradient, and what it comes to for a change of this size.
  paint(knowledge) {
    const { run, words } = this;
    if (!run.changes) return;
    const { leaf, h } = run.wiggled;
    this.leaf.value = leaf;
    this.h.value = h;
    this.number.textContent = `h = ${run.short(h)}`;
    const [real, predicted] = [run.changes.real[run.root], run.changes.predicted[run.root]];
    const [ratio, slope] = [real, predicted].map((change) => (h ? run.short(change / h) : "–"));
    const texts = { root: run.name(run.root), leaf: run.name(leaf), real: run.signed(real), predicted: run.signed(predicted), ratio, slope };
    this.ratio.textContent = words(knowledge.isComputed(run.root) ? "page.wiggle.ratio" : "page.wiggle.go", texts);
  }
}
