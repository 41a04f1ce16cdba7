// The panel of a step: the rule in symbols and with numbers, what a teacher says, the contributions of a sum, the question.

import { mathml, row } from "./formulas.js";
import { equations, explanation, gradientOf } from "./words.js";
import { element } from "./elements.js";

// What stands in the panel at a step; `act` has what the buttons of a question do, {answer, show}.
export function stepPanel(knowledge, act, title) {
  const { run, step, open, words } = knowledge;
  if (!step) return [element("h2", {}, words("page.label", { title })), element("p", { class: "why" }, words("page.start"))];
  const lines = open ? [askedRule(run, step)] : equations(step, run.graph);
  const equation = (line) => element("div", { class: "equation" }, displayed(line));
  const why = open ? null : element("p", { class: "why" }, explanation(step, run.graph));
  return [
    element("div", { class: "rule" }, element("h2", {}, heading(knowledge)), ...lines.map(equation)),
    element("div", { class: "side" }, why, contributions(knowledge), outcomes(knowledge), open ? form(knowledge, act) : null, score(knowledge)),
  ];
}

// The question of a step, as a line.
export function question({ run, step, open, words }) {
  if (step.phase === "forward") return words("page.question", { what: run.name(step.node) });
  if (step.parent === null) return words("page.question", { what: run.gradientName(step.node) });
  const what = run.gradientName(step.parent);
  if (open === "local") return words("page.question.local", { what: `∂${run.name(step.node)}/∂${run.name(step.parent)}`, slot: step.slot + 1 });
  if (step.terms === 1) return words("page.question", { what });
  return words("page.question.term", { term: step.term, terms: step.terms, what, node: run.name(step.node) });
}

function heading({ run, step, words }) {
  const node = run.name(step.node);
  if (step.phase === "forward") return words("page.heading.value", { node });
  if (step.parent === null) return words("page.heading.seed", { node });
  const several = run.places(step.node, step.parent) > 1;
  return words(several ? "page.heading.slot" : "page.heading.edge", { node, parent: run.name(step.parent), slot: step.slot + 1 });
}

// The rule in symbols, of which the number is asked for.
function askedRule(run, step) {
  const { graph } = run;
  if (step.phase === "forward") return equations(step, graph)[0];
  if (step.parent === null) return gradientOf(graph, step.node);
  const factors = row(gradientOf(graph, step.node), "·", ["derivative", run.name(step.node), run.name(step.parent)]);
  return step.terms === 1 ? row(gradientOf(graph, step.parent), "=", factors) : factors;
}

function displayed(line) {
  const math = mathml(line);
  math.setAttribute("displaystyle", "true");
  return math;
}

// At a fan-out: every contribution with its wire, and the sum once it is complete.
function contributions({ run, step, at, known, open, words }) {
  if (step.phase === "forward" || !(step.terms > 1)) return null;
  const arrivals = run.arrivals[step.parent];
  const rows = arrivals.map((k) => {
    const term = run.step(k);
    const several = run.places(term.node, step.parent) > 1;
    const through = words(several ? "page.through.slot" : "page.through", { node: run.name(term.node), slot: term.slot + 1 });
    const text = k <= known ? run.signed(term.contribution) : k === at && open ? "?" : "…";
    return element("li", { class: k === at ? "current" : "" }, element("span", {}, through), element("b", {}, text));
  });
  const missing = arrivals.filter((k) => k > known).length;
  const total = run.step(arrivals.at(-1)).after;
  const sum = missing ? words("page.missing", { count: missing }) : `${run.gradientName(step.parent)}${run.equals(total)}${run.short(total)}`;
  return element("ul", { class: "terms" }, ...rows, element("li", { class: "sum" }, sum));
}

function form(knowledge, act) {
  const { questions, at, open, words } = knowledge;
  const { wrong } = questions.answer(at, open);
  const input = element("input", { type: "text", class: "answer", size: 9, autocomplete: "off", placeholder: "?" });
  return element(
    "div",
    { class: "form" },
    element("label", {}, element("span", {}, question(knowledge)), input),
    element("button", { type: "button", class: "main", onclick: act.answer }, words("page.check")),
    element("button", { type: "button", onclick: act.show }, words("page.show")),
    element("p", { class: "verdict" }, wrong.length ? words("page.wrong", { guess: wrong.at(-1) }) : ""),
  );
}

// The answers given at this step: wrong ones stay beside the right one. The last wrong one to what is open stands below.
function outcomes({ questions, run, at, open, words }) {
  const rows = ["local", "result"].flatMap((part) => {
    const { wrong, outcome } = questions.answer(at, part);
    const struck = (part === open ? wrong.slice(0, -1) : wrong).map((guess) => element("s", {}, guess));
    if (!struck.length && !outcome) return [];
    const right = outcome ? [element("b", {}, run.short(questions.truth(at, part))), element("span", {}, words(`page.outcome.${outcome}`))] : [];
    return element("p", { class: `outcome ${outcome ?? ""}` }, ...struck, ...right);
  });
  return rows.length ? element("div", { class: "outcomes" }, ...rows) : null;
}

function score({ questions, run, at, open, words }) {
  const counts = at === run.count && !open && questions.ask !== "no" ? questions.score() : null;
  return counts && element("p", { class: "score" }, words("page.score", counts));
}
