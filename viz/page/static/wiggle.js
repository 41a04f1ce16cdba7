// The tab in which one leaf is changed by h, and the change runs forward.

import { numberText } from "./numbers.js";
import { element } from "./elements.js";

const WIDEST = 1; // the largest change of a leaf

export class Wiggle {
  static key = "wiggle";

  // Of `act`: {editable, wiggle(chosen)}, where what is chosen is {leaf, h}, and null for none.
  constructor(knowledge, act) {
    const { words } = knowledge;
    Object.assign(this, { knowledge, act });
    this.chosen = act.editable.length ? { leaf: act.editable[0], h: 0.1 } : null;
    this.leaf = element(
      "select",
      { "aria-label": words("page.wiggle.leaf"), onchange: () => this.choose({ leaf: Number(this.leaf.value) }) },
      ...act.editable.map((leaf) => element("option", { value: leaf }, knowledge.name(leaf))),
    );
    this.h = element("input", {
      type: "range",
      min: -WIDEST,
      max: WIDEST,
      step: WIDEST / 100,
      "aria-label": words("page.wiggle.h"),
      oninput: () => this.choose({ h: Number(this.h.value) }),
    });
    this.number = element("output", {});
    this.ratio = element("p", { class: "ratio" });
    const choice = this.chosen && element("div", { class: "leaf" }, this.leaf, this.h, this.number);
    this.element = element("div", {}, element("p", {}, words(this.chosen ? "page.wiggle" : "page.noleaves")), choice, this.ratio);
  }

  choose(part) {
    this.chosen = { ...this.chosen, ...part };
    this.act.wiggle(this.chosen);
  }

  enter() {
    this.isOpen = true;
    this.act.wiggle(this.chosen);
  }

  leave() {
    this.isOpen = false;
    this.act.wiggle(null);
  }

  paint() {
    const { knowledge, chosen } = this;
    if (!chosen || !this.isOpen) return;
    const { words, root, ratio } = knowledge;
    this.leaf.value = chosen.leaf;
    this.h.value = chosen.h;
    this.number.textContent = `h = ${numberText(chosen.h).replace("-", "−")}`;
    const names = { root: knowledge.name(root), leaf: knowledge.name(chosen.leaf) };
    if (!knowledge.mayWiggle) this.ratio.textContent = words("page.wiggle.asked");
    else this.ratio.textContent = ratio ? words("page.wiggle.ratio", { ...names, ...ratio }) : words("page.wiggle.go", names);
  }
}
