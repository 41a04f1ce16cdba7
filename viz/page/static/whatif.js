// The tab in which leaves are changed, with a slider and a box for each.

import { numberText, typed } from "./numbers.js";
import { element } from "./elements.js";

const DIGITS_OF_A_BOX = 6;

export class WhatIf {
  static key = "whatif";

  // Of `act`: {editable, change(leaf, number), putBack(), refuse()}.
  constructor(knowledge, act) {
    const { words } = knowledge;
    Object.assign(this, { knowledge, act });
    this.rows = act.editable.map((leaf) => this.row(leaf, words("page.leaf", { name: knowledge.name(leaf) })));
    const reset = element("button", { type: "button", onclick: () => act.putBack() }, words("page.reset"));
    const list = element("div", { class: "leaves" }, ...this.rows.map((row) => row.element));
    this.note = element("p", { class: "lost" });
    this.refused = element("p", { class: "refused", id: "refused" });
    const text = words(this.rows.length ? "page.whatif" : "page.noleaves");
    this.element = element("div", {}, element("p", {}, text), list, this.refused, this.rows.length ? reset : null, this.note);
  }

  row(leaf, label) {
    const start = this.knowledge.leaf(leaf);
    const middle = Number.isFinite(start) ? start : 0;
    const size = Math.max(1, Math.abs(middle));
    const unit = 10 ** Math.floor(Math.log10(size)) / 20; // sliders stand at round numbers
    const slider = element("input", {
      type: "range",
      min: Math.floor((middle - 2 * size) / unit) * unit,
      max: Math.ceil((middle + 2 * size) / unit) * unit,
      step: unit,
      "aria-label": label,
      oninput: () => this.set(leaf, Number(Number(slider.value).toPrecision(6)), slider),
    });
    const box = element("input", { type: "text", inputmode: "decimal", "aria-label": label, "aria-describedby": "refused", size: 7, onchange: () => this.read(leaf, box) });
    return { leaf, slider, box, element: element("div", { class: "leaf" }, element("span", { class: "name" }, this.knowledge.name(leaf)), slider, box) };
  }

  set(leaf, number, from) {
    this.from = from; // what a person holds is not moved under the hand
    this.act.change(leaf, number);
    this.from = null;
  }

  read(leaf, box) {
    const given = typed(box.value);
    box.setAttribute("aria-invalid", given === null);
    this.refused.textContent = given === null ? this.knowledge.words("page.unreadable") : "";
    if (given === null) this.act.refuse();
    else this.set(leaf, given.data, box);
  }

  paint() {
    for (const { leaf, slider, box } of this.rows) {
      const number = this.knowledge.leaf(leaf);
      if (slider !== this.from) slider.value = number;
      if (box === this.from || box.getAttribute("aria-invalid") === "true") continue; // what cannot be read stays, to be mended
      box.value = numberText(number, DIGITS_OF_A_BOX);
    }
    this.note.textContent = this.knowledge.lostFractions ? this.knowledge.words("page.floats") : "";
  }
}
