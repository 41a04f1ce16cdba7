// The ways of asking that go through a graph in another manner than step by step: each is a class in a file of its own and
// one line here. The page asks them before it does anything itself.
//
// `new Way(page)` makes one, of {run, questions, knowledge, words, say, go, again}. It has an `element`, shown while it is
// chosen; `paint()`; `start()`, which begins anew; and, where it needs them, `limit`, the last step that may be gone to,
// `next()`, `pick(i)` and `key(event)`, which tell whether they have done something.

import { Order } from "./order.js";
import { element } from "./elements.js";

const WAYS = { order: Order };

export class Ways {
  constructor(page) {
    this.page = page;
    this.element = element("div", { class: "way" });
    this.made = {};
  }

  // The way that is chosen; null for a question at each step.
  get chosen() {
    const { ask } = this.page.questions;
    if (!WAYS[ask]) return null;
    return (this.made[ask] ??= new WAYS[ask](this.page));
  }

  // Begins anew, after another way was chosen or the leaves have other numbers.
  start() {
    this.page.run.reorder(null);
    this.chosen?.start();
  }

  get limit() {
    return this.chosen?.limit ?? this.page.run.count;
  }

  next() {
    return this.chosen?.next?.() ?? false;
  }

  pick(i) {
    return this.chosen?.pick?.(i) ?? false;
  }

  key(event) {
    return this.chosen?.key?.(event) ?? false;
  }

  paint() {
    const { chosen } = this;
    if (this.shown !== chosen) this.element.replaceChildren(...(chosen ? [chosen.element] : []));
    this.shown = chosen;
    chosen?.paint();
  }
}
