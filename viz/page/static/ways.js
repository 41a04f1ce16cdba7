// The ways of asking that go through a graph in another manner than step by step: each is a class in a file of its own and
// one line here. The page asks them before it does anything itself.
//
// `new Way(page)` makes one, of {run, questions, knowledge, words, editable, act, say, go, repaint, restart}. It has an `element`, shown while it is
// chosen; `paint()`; `start()`, which begins anew; and, where it needs them, `limit`, the last step that may be gone to,
// `isOver`, whether all is answered, `next()`, `pick(i)` and `key(event)`, which tell whether they have done something; `focus()`,
// where it begins anew; `isAlone`, where the text of the step is hidden; and
// `greeting`, what is said before the first step.

import { Blank } from "./blank.js";
import { Order } from "./order.js";
import { Vote } from "./vote.js";
import { freshNumbers } from "./again.js";
import { element } from "./elements.js";

const WAYS = { blank: Blank, order: Order, vote: Vote };

export class Ways {
  constructor(page) {
    this.page = page;
    this.element = element("div", { class: "way" });
    this.made = {};
    this.rounds = 0; // how often other numbers were drawn
    this.repeat = element("div", { class: "repeat" }, element("button", { type: "button", onclick: () => this.again() }, `${page.words("page.again")} (N)`));
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

  // --- again, with other numbers ---

  // Whether the question of this place has been answered or shown.
  get mayRepeat() {
    const { questions, knowledge, editable } = this.page;
    if (!editable.length) return false;
    return this.chosen ? this.chosen.isOver : questions.asks(knowledge.at) && !knowledge.open;
  }

  again() {
    if (!this.mayRepeat) return false;
    const { run, editable, restart } = this.page;
    run.setAll(freshNumbers(run, editable, (this.rounds += 1)));
    restart();
    this.chosen?.focus?.();
    return true;
  }

  // --- what the page asks ---

  get limit() {
    return this.chosen?.limit ?? this.page.run.count;
  }

  get isAlone() {
    return this.chosen?.isAlone ?? false;
  }

  // What is said before the first step; null where the page says it.
  get greeting() {
    return this.chosen?.greeting ?? null;
  }

  next() {
    return this.chosen?.next?.() ?? false;
  }

  pick(i) {
    return this.chosen?.pick?.(i) ?? false;
  }

  key(event) {
    return this.chosen?.key?.(event) || (event.key.toLowerCase() === "n" && this.again());
  }

  paint() {
    const { chosen } = this;
    if (this.shown !== chosen) this.element.replaceChildren(...(chosen ? [chosen.element] : []));
    this.shown = chosen;
    this.page.knowledge.entries = null;
    chosen?.paint();
    if (this.element.nextElementSibling) this.element.nextElementSibling.hidden = this.isAlone;
    this.repeat.hidden = !this.mayRepeat;
  }
}
