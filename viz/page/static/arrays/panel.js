// Beside the chain: the equation of the step with the shapes under its arrays, what it says, the question; and for a chosen
// entry what makes it, one product for each example, with the way to its scalars.

import { element } from "../elements.js";
import { letters, sized } from "./chain.js";

const HINTS = 3;

export class ArrayPanel {
  // Of `act`: {answer(), hint(), show(), scalars(example, at), leave()}.
  constructor(known, act) {
    Object.assign(this, { known, act });
    this.element = element("section", { class: "panel arrays" });
  }

  paint() {
    const { known } = this;
    this.element.classList.toggle("looking", known.looked !== null);
    const side = element("div", { class: "side" }, ...this.side().filter(Boolean));
    if (!known.step) return this.element.replaceChildren(element("div", { class: "rule" }, element("p", { class: "why" }, known.words("array.start"))), side);
    const rule = [this.equation(), known.open ? this.form() : null];
    this.element.replaceChildren(element("div", { class: "rule" }, ...rule), side, ...this.withNumbers());
  }

  // The equation with symbols, and the shape under every array.
  equation() {
    const { known } = this;
    const { step, current } = known;
    const own = known.tellsShape(current) ? sized(known.array(current).shape) : "?";
    const first = this.term(known.array(current).symbol, [own]);
    const parts = step.parts.map((part) => (part.array === undefined ? this.sign(part.text) : this.term(part.text, this.shape(part))));
    const summed = step.summed ? element("span", { class: "summed" }, step.summed) : null;
    return element("div", { class: "equation shaped" }, first, this.sign([["", "="]]), ...this.kept(parts, step.parts), summed);
  }

  // No line begins with a bracket that closes.
  kept(shown, parts) {
    const closes = parts.map(({ array, text }) => array === undefined && /^[)|}]/.test(text[0][1].trimStart()));
    return shown.flatMap((each, k) => (closes[k] ? [] : closes[k + 1] ? element("span", { class: "kept" }, each, shown[k + 1]) : each));
  }

  term(runs, shape) {
    return element("span", { class: "term" }, element("span", { class: "symbol" }, ...letters(runs)), element("span", { class: "size" }, "(", ...shape, ")"));
  }

  shape({ shape, inner }) {
    return shape.flatMap((size, k) => [k ? " × " : "", k === inner ? element("b", {}, String(size)) : String(size)]);
  }

  sign(runs) {
    return element("span", { class: "sign" }, ...letters(runs));
  }

  // The same with numbers in brackets.
  withNumbers() {
    const { known } = this;
    const { step, current, open, words } = known;
    if (open) return [];
    const matrix = (texts) => element("table", { class: "matrix", role: "presentation" }, element("tbody", {}, ...texts.map((row) => element("tr", {}, ...row.map((text) => element("td", {}, text))))));
    const turned = (texts) => texts[0].map((_, j) => texts.map((row) => row[j]));
    const parts = step.parts.map((part) => {
      if (part.array === undefined) return this.sign(part.text);
      const texts = known.numbers(part.array);
      return matrix(part.isTurned ? turned(texts) : texts);
    });
    const name = element("span", { class: "symbol" }, ...letters(known.array(current).symbol));
    const equation = element("div", { class: "equation filled" }, name, this.sign([["", "="]]), ...parts, this.sign([["", step.signs[known.form]]]), matrix(known.numbers(current)));
    const scroll = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": words("array.numbers") }, equation);
    return [element("div", { class: "withnumbers" }, element("h2", {}, words("array.numbers")), scroll)];
  }

  // --- the right side ---

  side() {
    const { known } = this;
    const { words, open, step, looked, score } = known;
    if (looked) return this.entry(looked);
    const rows = known.outcomes.flatMap(({ wrong, outcome, right }) => {
      if (!wrong.length && !outcome) return [];
      const end = outcome ? [element("b", {}, right), element("span", {}, words(`page.outcome.${outcome}`))] : [];
      return element("p", { class: `outcome ${outcome ?? ""}` }, ...wrong.map((text) => element("s", {}, text)), ...end);
    });
    const outcomes = rows.length ? element("div", { class: "outcomes" }, ...rows) : null;
    const help = open ? [element("p", { class: "verdict" }, ...this.spelled(known.reply)), known.hints.length ? element("ol", { class: "hints" }, ...known.hints.map((hint) => element("li", {}, ...this.spelled(hint)))) : null] : [];
    const why = open || !step ? null : element("p", { class: "why" }, ...this.spelled(step.why));
    const choose = open ? null : element("p", { class: "soft" }, words("array.choose"));
    return [why, outcomes, ...help, choose, score && element("p", { class: "score" }, words("page.score", score))];
  }

  // What makes an entry.
  entry(place) {
    const { known } = this;
    const { words } = known;
    const { text, sum, terms, example, scalar } = known.entry(place);
    const leave = element("button", { type: "button", class: "small", title: "Esc", "aria-label": words("page.close"), onclick: () => this.act.leave() }, "×");
    const line = (...shown) => element("p", { class: "entryline" }, element("span", {}, ...shown), leave);
    const none = known.hasScalars ? null : element("p", { class: "soft" }, words("array.scalars.big"));
    if (!terms) return [line(...this.spelled(text)), this.way(example, scalar), none];
    const isOfExamples = terms.some(([, of]) => of !== null && of !== example);
    const isOfOne = terms.every(([, of, at]) => !isOfExamples && String(at) === String(scalar) && of !== undefined);
    const list = terms.map(([product, of, at], k) =>
      element("li", {}, element("span", { class: "soft" }, k ? "+" : ""), element("b", {}, ...this.spelled(product)), isOfOne ? null : this.way(of ?? example, at, isOfExamples)),
    );
    return [line(this.named(place)), element("ul", { class: "terms products" }, ...list), element("p", { class: "sum" }, ...this.spelled(sum)), isOfOne ? this.way(example, scalar) : null, none];
  }

  // A sentence in which the names with marks, as in "dW^[2]", are written like the symbols on the cards.
  spelled(text, [first, ...others] = this.known.marked) {
    if (!first || !text) return [text];
    const symbol = () => element("span", { class: "symbol" }, ...letters(first.symbol));
    return text.split(first.name).flatMap((part, k) => [...(k ? [symbol()] : []), ...this.spelled(part, others)]);
  }

  // An entry by the symbol of its array and its place.
  named([k, i, j]) {
    const { symbol, shape } = this.known.array(k);
    return element("span", { class: "symbol" }, ...letters(symbol), shape[0] * shape[1] > 1 ? `[${i + 1}, ${j + 1}]` : "");
  }

  // The way to the scalars of an example; `isNamed` tells that the products are told apart by their examples.
  way(example, steps, isNamed = false) {
    const { words } = this.known;
    if (!steps?.length) return null;
    const of = { example: (example ?? 0) + 1 };
    const text = isNamed ? words("array.example", of) : words("array.scalars");
    return element("button", { type: "button", class: "way", "aria-label": words("array.scalars.of", of), onclick: () => this.act.scalars(of.example - 1, steps[0]) }, text);
  }

  // --- questions ---

  form() {
    const { known } = this;
    const { words, open, hints } = known;
    const input = (key) => element("input", { type: "text", class: "answer", size: 7, autocomplete: "off", placeholder: "?", "aria-label": key ? words(key) : undefined });
    const inputs = open === "shape" ? [input("array.question.rows"), "×", input("array.question.columns")] : [input()];
    const asks = element("label", {}, element("span", {}, ...this.spelled(known.question)), ...(open === "shape" ? [] : inputs));
    return element(
      "div",
      { class: "form" },
      asks,
      ...(open === "shape" ? inputs : []),
      element("button", { type: "button", class: "main", onclick: () => this.act.answer() }, words("page.check")),
      element("button", { type: "button", title: `${words("page.hint")} (H)`, disabled: hints.length === HINTS, onclick: () => this.act.hint() }, words("page.hint")),
      element("button", { type: "button", onclick: () => this.act.show() }, words("page.show")),
    );
  }
}
