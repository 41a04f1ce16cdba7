// The tab of a step: the rule in symbols and with numbers, what a teacher says, the contributions of a sum, the question.

import { lines } from "./typeset.js";
import { element } from "./elements.js";

const HINTS = 3; // grades of them

export class StepTab {
  static key = "step";

  // Of `act`: {answer(), hint(), show(), copy()}, what the buttons of a question and of the log do.
  constructor(knowledge, act) {
    Object.assign(this, { knowledge, act });
    this.element = element("div", {});
  }

  paint() {
    const { knowledge } = this;
    const { open, words } = knowledge;
    if (!knowledge.step) {
      const label = words("page.label", { title: knowledge.name(knowledge.root) });
      this.element.replaceChildren(element("h2", {}, label), element("p", { class: "why" }, words("page.start")));
      return;
    }
    const equations = knowledge.equations.map((line) => lines(line, knowledge.marks));
    const why = open ? null : element("p", { class: "why" }, knowledge.why);
    const mistaken = knowledge.mistakenLine();
    const [form, ...help] = open && knowledge.ask !== "vote" ? [this.form(), ...this.help()] : [];
    const side = [why, mistaken && element("p", { class: "mistaken" }, mistaken), this.contributions(), this.outcomes(), ...help, this.score()].filter(Boolean);
    this.element.replaceChildren(element("div", { class: "rule" }, element("h2", {}, this.heading()), ...equations, form), element("div", { class: "side" }, ...side));
    const [list, term] = [".terms", ".terms .current"].map((one) => this.element.querySelector(one));
    if (term) list.scrollTop = term.offsetTop - term.offsetHeight; // of many contributions the one of the step is seen
  }

  heading() {
    const { step, words } = this.knowledge;
    const node = this.knowledge.name(step.node);
    if (step.phase === "forward") return words("page.heading.value", { node });
    if (step.phase === "update") return step.term === null ? words("page.heading.after", { root: node }) : words("page.heading.moved", { node });
    if (step.parent === null) return words("page.heading.seed", { node });
    const key = this.knowledge.isRepeated() ? "page.heading.slot" : "page.heading.edge";
    return words(key, { node, parent: this.knowledge.name(step.parent), slot: step.slot + 1 });
  }

  // At a fan-out: every contribution with its wire, and the sum once it is complete.
  contributions() {
    const { contributions, total, at, open, words } = this.knowledge;
    if (!contributions) return null;
    const rows = contributions.map((one) => {
      const key = this.knowledge.isRepeated(one) ? "page.through.slot" : "page.through";
      const through = words(key, { node: this.knowledge.name(one.node), slot: one.slot + 1 });
      const text = one.text || (one.at === at && open ? "?" : "…");
      return element("li", { class: one.at === at ? "current" : "" }, element("span", {}, through), element("b", {}, text));
    });
    const missing = contributions.filter(({ text }) => !text).length;
    const sum = missing ? words("page.missing", { count: missing }) : (total ?? question(this.knowledge));
    return element("ul", { class: "terms" }, ...rows, element("li", { class: "sum" }, sum));
  }

  form() {
    const { hints, words } = this.knowledge;
    const input = element("input", { type: "text", class: "answer", size: 9, autocomplete: "off", placeholder: "?" });
    return element(
      "div",
      { class: "form" },
      element("label", {}, element("span", {}, question(this.knowledge)), input),
      element("button", { type: "button", class: "main", onclick: () => this.act.answer() }, words("page.check")),
      element("button", { type: "button", title: `${words("page.hint")} (H)`, disabled: hints.length === HINTS, onclick: () => this.act.hint() }, words("page.hint")),
      element("button", { type: "button", onclick: () => this.act.show() }, words("page.show")),
    );
  }

  // What is said to the last wrong answer, and the hints.
  help() {
    const { hints, reply } = this.knowledge;
    const list = hints.length ? element("ol", { class: "hints" }, ...hints.map((hint) => element("li", {}, hint))) : null;
    return [element("p", { class: "verdict" }, reply), list];
  }

  // The answers given at this step: wrong ones stay beside the right one. The last wrong one to what is open stands below.
  outcomes() {
    const { open, words } = this.knowledge;
    const rows = ["local", "result", "total"].flatMap((part) => {
      const { wrong, outcome, right } = this.knowledge.answers(part);
      const struck = (part === open ? wrong.slice(0, -1) : wrong).map((guess) => element("s", {}, guess));
      if (!struck.length && !outcome) return [];
      const end = outcome ? [element("b", {}, right), element("span", {}, words(`page.outcome.${outcome}`))] : [];
      return element("p", { class: `outcome ${outcome ?? ""}` }, ...struck, ...end);
    });
    return rows.length ? element("div", { class: "outcomes" }, ...rows) : null;
  }

  score() {
    const { score, words } = this.knowledge;
    const copy = () => element("button", { type: "button", class: "copy", onclick: () => this.act.copy() }, words("page.copy"));
    return score && element("p", { class: "score" }, words("page.score", score), " ", copy());
  }
}

// The question of a step, as a line.
export function question(knowledge) {
  const { step, open, words } = knowledge;
  if (step.phase === "forward") return words("page.question", { what: knowledge.name(step.node) });
  if (step.phase === "update") {
    const { rate, vector } = knowledge.learning;
    const what = knowledge.name(step.node);
    return step.term === null ? words("page.question.after", { root: what, rate, vector }) : words("page.question.moved", { what });
  }
  if (step.parent === null) return words("page.question", { what: knowledge.gradientName(step.node) });
  const node = knowledge.name(step.node);
  if (open === "local") {
    const key = knowledge.isRepeated() ? "page.question.local.slot" : "page.question.local";
    return words(key, { what: knowledge.localName, slot: step.slot + 1 });
  }
  const what = knowledge.gradientName(step.parent);
  if (step.terms === 1) return words("page.question", { what });
  if (open === "total") return words("page.question.total", { what });
  return words("page.question.term", { term: step.term, terms: step.terms, what, node });
}
