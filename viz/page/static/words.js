// A step in words: as a line, as equations, and as what a teacher says. The sentences come with the page, in its language;
// what is printed of a step comes from `run.print`, formulas from the skeletons; the model is autograd/explain/words.py.

import { added, bare, filled, number, plain, row } from "./typeset.js";

const LONGEST_LIST = 6; // a longer list is shortened to its first entries and the last
const NOUGHT = number("0");

// The line of a step.
export function sentence(run, step) {
  return lines(run, step).map(({ key, texts }) => fill(run, key, texts)).join("; ");
}

// Why the numbers of a step are what they are, in whole sentences.
export function explanation(run, step) {
  const why = { forward: whyTheValue, backward: whyTheContribution, update: whyTheUpdate };
  const told = why[step.phase](run, step);
  return told.map(([key, texts]) => fill(run, key, texts)).join(" ");
}

// The equation of a step in lines: the rule in symbols, then the same with the numbers put in, which begins with a sign.
export function equations(run, step) {
  return lines(run, step, true).flatMap((line) => chain(run, line));
}

// --- names ---

export const nodeName = (run, i) => ["name", run.graph.nodes[i].name];
// Constants that have no name are called by their numbers.
export const nameOf = (run, i) => (run.graph.nodes[i].isNumber ? run.value(i, true).slice(1) : run.graph.nodes[i].name);
// The local derivative of a step in symbols; where another operand depends on this one, too, that is named as held fixed.
export const localName = (run, { index, node, parent }) => {
  const { joined } = run.print(index) ?? {};
  return ["derivative", run.graph.nodes[node].name, run.graph.nodes[parent].name, ...(joined || [])];
};

// The gradient of a node: the derivative of the root with respect to it, or a symbol of its own.
export function gradientOf(run, i) {
  const { nodes, root } = run.graph;
  return nodes[i].gradient ?? ["derivative", nodes[root].name, nodes[i].name];
}

// The operands of a node as layouts by their names; a constant that has none by its number.
function named(run, i, put = null) {
  return run.graph.nodes[i].parents.map((p, k) => (run.graph.nodes[p].isNumber ? number(put?.[k] ?? full(run, p)) : nodeName(run, p)));
}

const full = (run, i) => run.value(i).slice(1); // without its sign

// The formula of the value of a node, by the names of its operands.
export function rule(run, i) {
  const { value, call } = run.writing(i);
  const path = run.computedAt[i] ? run.print(run.computedAt[i]).path : "";
  return filled(value[path] ?? call, named(run, i));
}

// The local derivative of a step, as a factor; where no skeleton is there for its branch, it is called by its name.
function partial(run, step, path, operands, y, ties) {
  const { node, slot } = step;
  const skeleton = run.writing(node).partials[slot][path];
  return skeleton ? filled(skeleton, { ...operands, y, ties: number(`${ties}`) }) : localName(run, step);
}

// --- the line of a step: for each of its sentences what kind it is, its key, and the texts and layouts to fill in ---

export function lines(run, step, inFull = false) {
  const printed = run.print(step.index);
  if (step.phase === "forward") return [valueLine(run, step, printed)];
  if (step.phase === "update") return [updateLine(run, step, printed)];
  if (step.parent === null) return [{ kind: "seed", key: "step.seed", texts: { gradient: gradientOf(run, step.node), value: number("1"), root: nodeName(run, step.node) } }];
  const found = [edgeLine(run, step, printed)];
  if (printed.sums) {
    const sum = (inFull && step.contributions.length <= LONGEST_LIST && printed.sums[1]) || printed.sums[0];
    found.push({ kind: "sum", key: "step.sum", texts: sumTexts(run, step, sum) });
  }
  return found;
}

function valueLine(run, { node }, { put, value, signs, path }) {
  const { value: skeletons, call } = run.writing(node);
  const skeleton = skeletons[path] ?? skeletons[""] ?? call; // a definition without branches serves all of them
  const [formula, numbers] = [named(run, node, put), put.map(number)].map((operands) => filled(skeleton, operands));
  const isShort = [plain(formula), value].includes(plain(numbers)); // -a = -1, without another = -1
  const result_sign = isShort && signs[1] !== "=" ? "≈" : signs[2];
  const texts = { name: nodeName(run, node), formula, numbers, value: number(value), rule_sign: signs[0], sign: signs[1], result_sign };
  return { kind: "value", isShort, key: isShort ? "step.value.short" : "step.value", texts };
}

function edgeLine(run, step, printed) {
  const { node, parent, slot, term, terms, operands } = step;
  const { said, put, value, signs, path, ties } = printed;
  const edge = run.places(node, parent) > 1 ? "term.slot" : terms === 1 ? "only" : "term"; // the only term, one of several, or that of one slot
  const flow = said.includes("multiplies") ? "" : said.includes("arrives") ? ".closed" : ".nothing";
  const line = { kind: "edge", edge, flow, key: `step.${edge}${flow}` };
  const local = partial(run, step, path, named(run, node, put?.slice(1, -1)), nodeName(run, node), ties || 1);
  const texts = {
    gradient: gradientOf(run, parent),
    upstream: gradientOf(run, node),
    derivative: printed.joined ? local : localName(run, step),
    node: nodeName(run, node),
    parent: nodeName(run, parent),
    ...{ term, terms, slot: slot + 1, local, arrived: number(printed.arrived) },
  };
  if (flow) return { ...line, texts };
  const shown = put.slice(1, 1 + operands.length).map(number);
  const upstream = put[0].includes("/") ? ["paren", number(put[0])] : number(put[0]);
  const numbers = row(upstream, "·", partial(run, step, path, shown, number(put.at(-1)), ties || 1));
  return { ...line, texts: { ...texts, numbers, value: number(value), rule_sign: signs[0], sign: signs[1], result_sign: signs[2] } };
}

function sumTexts(run, { parent, terms }, { put, value, signs }) {
  return { gradient: gradientOf(run, parent), sum: added(put.map(number)), value: number(value), terms, sign: signs[0], result_sign: signs[1] };
}

// w ← w - η · ∂J/∂w, or what has become of the root.
function updateLine(run, step, printed) {
  const { rate, vector, skeletons } = run.graph.update;
  const put = (rule, of = "") => {
    const { put: texts, value, signs } = printed[rule];
    const [sign, result_sign, value_sign] = [...signs].map((each) => ["sign", each]);
    const layouts = { numbers: filled(skeletons[rule], texts.map(number)), value: number(value), sign, result_sign, value_sign };
    return Object.fromEntries(Object.entries(layouts).map(([name, layout]) => [of + name, layout]));
  };
  const texts = { name: nodeName(run, step.node), rate: ["name", rate], vector: ["name", vector] };
  if (step.term !== null) {
    const { upstream } = step;
    const outcome = upstream > 0 ? "down" : upstream < 0 ? "up" : upstream === 0 ? "still" : "undefined";
    return { kind: "moved", key: "step.moved", outcome, texts: { ...texts, gradient: gradientOf(run, step.node), root: nodeName(run, run.root), slope: printed.slope, ...put("moved") } };
  }
  return { kind: "after", key: "step.after", outcome: outcomeOf(step), texts: { ...texts, now: printed.now, ...put("change", "change_"), ...put("predicted", "predicted_"), ...put("squares", "squares_") } };
}

// What a change has done to a number.
export function outcomeOf({ change }) {
  return change < 0 ? "falls" : change > 0 ? "rises" : change === 0 ? "stays" : "undefined";
}

// The lines of an equation.
function chain(run, { kind, isShort, edge, flow, texts }) {
  const written = run.graph.update?.lines[kind];
  if (written) return written.map((line) => filled(line, texts));
  if (kind === "seed") return [row(texts.gradient, "=", texts.value)];
  if (kind === "sum") return [row(texts.gradient, texts.sign, texts.sum, texts.result_sign, texts.value)];
  if (kind === "value") {
    const numbers = isShort ? [] : [texts.sign, texts.numbers];
    return [row(texts.name, texts.rule_sign, texts.formula), row(...numbers, texts.result_sign, texts.value)];
  }
  const claim = row(...(edge === "only" ? [texts.gradient, "="] : []), texts.upstream, "·", texts.derivative);
  if (flow === ".nothing") return [claim, row("=", NOUGHT, "·", texts.derivative, "=", NOUGHT)];
  if (flow === ".closed") return [claim, row("=", texts.upstream, "·", NOUGHT, "=", NOUGHT)];
  const isFormula = plain(texts.derivative) === plain(texts.local);
  const repeated = isFormula ? [] : [texts.rule_sign, texts.upstream, "·", texts.local];
  return [claim, row(...repeated, texts.sign, texts.numbers, texts.result_sign, texts.value)];
}

// --- what a teacher says ---

function whyTheValue(run, step) {
  const [{ texts }] = lines(run, step);
  const { node } = step;
  const { parents, op } = run.graph.nodes[node];
  const { definition, call } = run.writing(node);
  const told = knows(run, `what.${op}`) ? [[`what.${op}`, {}]] : [];
  const operands = named(run, node);
  if (definition) {
    const formula = definition[run.print(step.index).path];
    told.push(["explain.definition", { call: filled(call, operands), formula: filled(formula ?? call, operands) }]);
  }
  const needed = [...new Set(parents)].filter((p) => !run.graph.nodes[p].isNumber).map((p) => row(nodeName(run, p), run.value(p)[0], number(full(run, p))));
  if (!needed.length) return [...told, ["explain.value.constants", texts]];
  const key = plain(texts.numbers) === plain(texts.value) ? "explain.value.short" : "explain.value";
  const few = needed.length <= LONGEST_LIST ? needed : [...needed.slice(0, 3), ["sign", "…"], needed.at(-1)];
  return [...told, [key, { ...texts, operands: ["list", ...few] }]];
}

function whyTheContribution(run, step) {
  const [{ kind, edge, texts }] = lines(run, step);
  if (kind === "seed") return [["explain.seed", texts]];
  const printed = run.print(step.index);
  const { said, sums } = printed;
  const flow = !said.includes("arrives") ? "explain.nothing" : !said.includes("passes") ? "explain.closed" : `explain.${edge}`;
  const told = [[flow, texts]];
  if (said.includes("arrives")) told.unshift(whyTheLocalDerivative(run, step, printed, texts));
  if (sums) {
    const isMany = step.contributions.length > LONGEST_LIST;
    told.push([isMany ? "explain.sum.many" : "explain.sum", sumTexts(run, step, (!isMany && sums[1]) || sums[0])]);
  }
  return told;
}

function whyTheUpdate(run, step) {
  const [{ kind, outcome, texts }] = lines(run, step);
  const keys = kind === "moved" ? [`moved.${outcome}`, ...(step.terms > 1 ? ["moved.together"] : [])] : ["after", `after.${outcome}`];
  return keys.map((key) => [`explain.${key}`, texts]);
}

// A tie, a kink, the rule in words, or the formula.
function whyTheLocalDerivative(run, step, { said, ties, local, path }, texts) {
  const { node, slot } = step;
  if (ties) return ["explain.tie", { ...texts, count: ties, local: number(`1/${ties}`) }];
  const special = `explain.kink.${run.graph.nodes[node].op}`;
  if (said.includes("kink")) return [knows(run, special) ? special : "explain.kink", { ...texts, local: number(local) }];
  const { why, call } = run.writing(node);
  if (why[slot]) return [why[slot], texts];
  const operands = named(run, node);
  return ["explain.formula", { ...texts, call: filled(call, operands), partial: bare(partial(run, step, path, operands, nodeName(run, node), ties || 1)) }];
}

// --- sentences ---

const knows = (run, key) => Object.hasOwn(run.graph.templates, key);

// The sentence of a key with its texts and layouts filled in. They are data: braces in them mean nothing.
export function fill(run, key, texts) {
  return run.graph.templates[key].replace(/\{(\w+)\}/g, (_, place) => (Array.isArray(texts[place]) ? plain(texts[place]) : `${texts[place]}`));
}
