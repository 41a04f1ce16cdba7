// A step in words: as a line, as equations, and as what a teacher says. The templates come with the page, in its language;
// the model is autograd/explain/words.py. A step has {index, phase, node, parent, slot, term, terms, value, operands,
// upstream, local, contribution, before, after}, and `contributions` where it completes a sum of several: nodes are
// numbers in graph.nodes, terms is how many contributions the parent gets, and what does not apply is null or missing.

import { PRINTED_DIGITS, Fraction, asFloat, asPrinted, byLetter, exactValue, isExact, numberText } from "./numbers.js";
import { LONGEST_LIST, PRODUCT, SUM, added, asLayout, inSlot, namedOperands, operand, partialAt, plain, putIn, row, shortened, sidesAt, valueAt, write, writePartial, writeValue } from "./formulas.js";

// The line of a step.
export function sentence(step, graph) {
  return sentences(step, graph).map(([key, texts]) => fill(graph, key, texts)).join("; ");
}

// Why the numbers of a step are what they are, in whole sentences.
export function explanation(step, graph) {
  const told = step.phase === "forward" ? toldForward(step, graph) : toldBackward(step, graph);
  return told.map(([key, texts]) => fill(graph, key, texts)).join(" ");
}

// The equation of a step in lines: the rule in symbols, then the same with the numbers put in, which begins with a sign.
export function equations(step, graph) {
  return sentences(step, graph).flatMap(([key, texts]) => {
    const few = key === "step.sum" && contributionsOf(step).length <= LONGEST_LIST;
    return chain(key, few ? sumWords(step, graph, contributionsOf(step)) : texts);
  });
}

// The sentence of a key with its texts and layouts filled in, in one line. They are data: braces in them mean nothing.
function fill(graph, key, texts) {
  return graph.templates[key].replace(/\{(\w+)\}/g, (_, place) => {
    const text = Array.isArray(texts[place]) ? plain(texts[place]) : `${texts[place]}`;
    return text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).filter((line, k, lines) => line || k < lines.length - 1).join(" ");
  });
}

const knows = (graph, key) => Object.hasOwn(graph.templates, key);
const nameOf = (graph, i) => graph.nodes[i].name;
const operationOf = (step, graph) => graph.operations[graph.nodes[step.node].op];
const localName = (graph, i, parent) => ["derivative", nameOf(graph, i), nameOf(graph, parent)];

// The gradient of a node: the derivative of the root with respect to it, or a symbol of its own.
export function gradientOf(graph, i) {
  const symbol = graph.nodes[i].gradient;
  if (symbol === null || symbol === undefined) return localName(graph, graph.root, i);
  const quotient = /^∂([^\s/()]+)\/∂([^\s/()]+)$/.exec(symbol);
  return quotient ? ["derivative", quotient[1], quotient[2]] : ["name", symbol];
}

// --- numbers that can be recomputed ---

// How many digits the inputs need so that whoever computes with them as printed gets the result as printed, up to one
// unit of its last digit.
function digitsToRecompute(inputs, compute, result) {
  const text = numberText(result);
  const printed = asPrinted(text);
  const due = asFloat(printed && printed.numerator ? printed : result);
  const unit = Number.isFinite(due) && due ? Number(`1e${Number(due.toExponential().split("e")[1]) + 1 - PRINTED_DIGITS}`) : 0;
  for (let digits = PRINTED_DIGITS; digits < 17; digits += 1) {
    const got = asFloat(compute(inputs.map((data) => asFloat(asPrinted(numberText(data, digits)) ?? data))));
    if (Math.abs(got - due) <= 1.0001 * unit || numberText(got) === text || got !== got) return digits;
  }
  return 17;
}

const equals = (isTrue) => (isTrue ? "=" : "≈");

// Whether a formula of an operation, of the numbers as printed, is exactly the result as printed.
function comesOut(tree, operation, shown, y, result, slot = 0) {
  const [numbers, printed] = [shown.map((each) => asPrinted(each.text)), asPrinted(result)];
  if (printed === null) return true;
  const [, scope] = inSlot(operation, numbers, slot);
  const found = exactValue(tree, { ...scope, y: asPrinted(y.text) }, operation.calls);
  return found !== null && found.compare(printed) === 0;
}

// --- the line of a step ---

// One sentence, and a second one where a sum of contributions is complete: each a template key and its texts and layouts.
function sentences(step, graph) {
  if (step.phase === "forward") return [valueWords(step, graph)];
  if (step.parent === null || step.parent === undefined) {
    return [["step.seed", { gradient: gradientOf(graph, step.node), value: shownAs(putIn(step.after)) }]];
  }
  const said = [edgeWords(step, graph)];
  if (step.terms > 1 && step.term === step.terms) said.push(["step.sum", sumWords(step, graph, [step.before, step.contribution])]);
  return said;
}

const contributionsOf = (step) => step.contributions ?? [step.before, step.contribution];
const named = (step, graph, digits) => namedOperands(graph, step.node, step.operands, digits);

// Whether none of the constants that stand as numbers in a formula in symbols is rounded.
function holdsInSymbols(written, operands) {
  const numbers = operands.filter((each) => asLayout(each.text)[0] === "number");
  return numbers.every((each) => !written.text.includes(each.text) || isExact(each.data, each.text));
}

// The operands that take the place of a name when the numbers are put in; a constant is a number before and after.
const putInPlace = (inSymbols, shown) => shown.filter((each, k) => each.text !== inSymbols[k].text);

// The local derivative of a step in symbols. Where other ways lead from the node to the same parent, ∂J/∂a would stand for
// the sum of them all, and the formula of the operation takes its place.
function localOf(step, graph, digits) {
  const isOneOfSeveral = step.terms > 1 && areJoinedTwice(step, graph);
  return isOneOfSeveral ? factor(localFormula(step, graph, digits)) : localName(graph, step.node, step.parent);
}

// Whether a node depends on one of its operands through another one, too, or has it twice.
function areJoinedTwice({ node, parent, slot }, graph) {
  const [seen, waiting] = [new Set([node]), graph.nodes[node].parents.filter((_, k) => k !== slot)];
  while (waiting.length) {
    const below = waiting.pop();
    if (below === parent) return true;
    if (below < parent || seen.has(below)) continue; // parents come first
    seen.add(below);
    waiting.push(...graph.nodes[below].parents);
  }
  return false;
}

// The local derivative of a step by the names of the operands.
function localFormula(step, graph, digits) {
  return writePartial(operationOf(step, graph), step.slot, named(step, graph, digits), operand(nameOf(graph, step.node), step.value));
}
const shownAs = (each) => asLayout(each.text);

function valueWords(step, graph) {
  const [operation, op] = [operationOf(step, graph), graph.nodes[step.node].op];
  const enough = graph.digits || digitsToRecompute(step.operands, (numbers) => valueAt(operation, numbers), step.value);
  const shown = step.operands.map((data) => putIn(data, enough));
  const inSymbols = named(step, graph, enough);
  const [formula, numbers] = [writeValue(op, operation, inSymbols), writeValue(op, operation, shown)];
  const result = putIn(step.value, graph.digits);
  const exactly = putInPlace(inSymbols, shown).every((each) => isExact(each.data, each.text));
  const isTrue = comesOut(operation.value, operation, shown, result, result.text);
  const texts = {
    name: asLayout(nameOf(graph, step.node)),
    formula: formula.layout,
    numbers: numbers.layout,
    value: shownAs(result),
    rule_sign: equals(holdsInSymbols(formula, inSymbols)),
    sign: equals(exactly),
    result_sign: equals(isTrue),
  };
  const short = [formula.text, result.text].includes(numbers.text); // -a = -1, without another = -1
  return short ? ["step.value.short", { ...texts, result_sign: equals(exactly && isTrue) }] : ["step.value", texts];
}

function edgeWords(step, graph) {
  const [operation, node] = [operationOf(step, graph), graph.nodes[step.node]];
  const repeated = node.parents.filter((p) => p === step.parent).length > 1;
  const key = (step.terms === 1 ? "step.only" : "step.term") + (repeated ? ".slot" : "");
  const texts = {
    gradient: gradientOf(graph, step.parent),
    upstream: gradientOf(graph, step.node),
    derivative: localOf(step, graph, graph.digits),
    node: asLayout(node.name),
    parent: asLayout(nameOf(graph, step.parent)),
    term: step.term,
    terms: step.terms,
    slot: step.slot + 1,
    arrived: shownAs(putIn(step.upstream, graph.digits)),
  };
  if (asFloat(step.upstream) === 0) return [`${key}.nothing`, texts];
  if (asFloat(step.local) === 0 && !Number.isFinite(asFloat(step.upstream))) {
    return [`${key}.closed`, texts];
  }
  const inputs = [step.upstream, ...step.operands, step.value];
  const compute = (n) => n[0] * partialAt(operation, n.slice(1, -1), n.at(-1), step.slot);
  const enough = graph.digits || digitsToRecompute(inputs, compute, step.contribution);
  const put = inputs.map((data) => putIn(data, enough));
  const [upstream, shown] = [put[0], put.slice(1, -1)];
  const same = shown.find((each) => asFloat(each.data) === asFloat(step.value)); // one number, one text
  const y = same ? operand(same.text, step.value) : put.at(-1);
  const numbers = writePartial(operation, step.slot, shown, y);
  const result = putIn(step.contribution, graph.digits);
  const [letter, scope] = inSlot(operation, shown, step.slot);
  const tree = operation.partials[letter];
  const read = namesIn(tree).map((name) => ({ ...scope, y })[name]).filter((each) => each && !Array.isArray(each));
  const [local, inSymbols] = [localFormula(step, graph, enough), named(step, graph, enough)];
  const changed = key === "step.only" ? [y, ...putInPlace(inSymbols, shown)] : [y, ...shown]; // whose first sign says whether a constant is rounded
  const used = [upstream, ...read.filter((each) => numbers.text.includes(each.text) && changed.includes(each))];
  const arrived = asPrinted(upstream.text);
  return [
    key,
    {
      ...texts,
      derivative: localOf(step, graph, enough),
      local: factor(local),
      rule_sign: equals(holdsInSymbols(local, inSymbols)),
      numbers: row(upstream.text.includes("/") ? ["paren", shownAs(upstream)] : shownAs(upstream), "·", factor(numbers)),
      value: shownAs(result),
      arrived: shownAs(upstream),
      sign: equals(used.every((each) => isExact(each.data, each.text))),
      result_sign: equals(arrived !== null && comesOut(["*", ["number", arrived], tree], operation, shown, y, result.text, step.slot)),
    },
  ];
}

function namesIn(tree) {
  return tree[0] === "name" ? [tree[1]] : tree.slice(1).filter(Array.isArray).flatMap(namesIn);
}

// A written formula as a factor of a product.
function factor(written) {
  const held = written.strength <= SUM || written.strength === PRODUCT || written.text[0] === "-";
  return held ? ["paren", written.layout] : written.layout;
}

function sumWords(step, graph, contributions) {
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const enough = graph.digits || digitsToRecompute(contributions, total, step.after);
  const [terms, result] = [contributions.map((data) => putIn(data, enough)), putIn(step.after, graph.digits)];
  const [printed, due] = [terms.map((term) => asPrinted(term.text)), asPrinted(result.text)];
  const exactly = () => printed.reduce((sum, term) => sum.plus(term), new Fraction(0n));
  const isTrue = printed.includes(null) || (due !== null && exactly().compare(due) === 0);
  return {
    gradient: gradientOf(graph, step.parent),
    sum: added(terms.map((term, k) => (k && term.text[0] === "-" ? ["paren", shownAs(term)] : shownAs(term)))),
    value: shownAs(result),
    terms: step.terms,
    sign: equals(terms.every((term) => isExact(term.data, term.text))),
    result_sign: equals(isTrue),
  };
}

// --- the equations of a step ---

function chain(key, texts) {
  const nought = ["number", "0"];
  if (key === "step.seed") return [row(texts.gradient, "=", texts.value)];
  if (key === "step.sum") return [row(texts.gradient, texts.sign, texts.sum, texts.result_sign, texts.value)];
  if (key.startsWith("step.value")) {
    const numbers = key.endsWith("short") ? [] : [texts.sign, texts.numbers];
    return [row(texts.name, texts.rule_sign, texts.formula), row(...numbers, texts.result_sign, texts.value)];
  }
  const rule = row(...(key.startsWith("step.only") ? [texts.gradient, "="] : []), texts.upstream, "·", texts.derivative);
  if (key.endsWith("nothing")) return [rule, row("=", nought, "·", texts.derivative, "=", nought)];
  if (key.endsWith("closed")) return [rule, row("=", texts.upstream, "·", nought, "=", nought)];
  const isFormula = plain(texts.derivative) === plain(texts.local);
  const repeated = isFormula ? [] : [texts.rule_sign, texts.upstream, "·", texts.local];
  return [rule, row(...repeated, texts.sign, texts.numbers, texts.result_sign, texts.value)];
}

// --- what a teacher says ---

function toldForward(step, graph) {
  const [[, texts]] = sentences(step, graph);
  const [{ op, parents }, operation] = [graph.nodes[step.node], operationOf(step, graph)];
  const told = knows(graph, `what.${op}`) ? [[`what.${op}`, {}]] : [];
  if (ruleOf(step, graph, 0) === null && !operation.symbol) { // a function that there are no words for
    const operands = named(step, graph, graph.digits);
    const definition = write(operation.value, byLetter(operation, operands), operation.calls);
    told.push(["explain.definition", { call: writeValue(op, operation, operands).layout, formula: definition.layout }]);
  }
  const needed = [...new Set(parents)].filter((p) => asLayout(nameOf(graph, p))[0] === "name").map((p) => {
    const shown = putIn(step.operands[parents.indexOf(p)], graph.digits);
    return row(asLayout(nameOf(graph, p)), equals(isExact(shown.data, shown.text)), shownAs(shown));
  });
  if (!needed.length) return [...told, ["explain.value.constants", texts]];
  const key = plain(texts.numbers) === plain(texts.value) ? "explain.value.short" : "explain.value";
  return [...told, [key, { ...texts, operands: ["list", ...shortened(needed)] }]];
}

function toldBackward(step, graph) {
  const said = sentences(step, graph);
  const [key, texts] = said[0];
  if (key === "step.seed") return [["explain.seed", { ...texts, root: asLayout(nameOf(graph, step.node)) }]];
  const told = key.endsWith("nothing") ? [["explain.nothing", texts]] : [why(step, graph, texts), flow(step, key, texts)];
  if (said.length > 1) {
    const many = contributionsOf(step).length > LONGEST_LIST;
    const contributions = many ? [step.before, step.contribution] : contributionsOf(step);
    told.push([many ? "explain.sum.many" : "explain.sum", sumWords(step, graph, contributions)]);
  }
  return told;
}

// The key of the words for the local derivative of an operation, for its operand if it says so; null if there are none.
function ruleOf(step, graph, slot) {
  const [operation, op] = [operationOf(step, graph), graph.nodes[step.node].op];
  const letter = operation.letters[operation.nary ? Math.floor((slot * operation.letters.length) / step.operands.length) : slot];
  return [`why.${op}.${letter}`, `why.${op}`].find((key) => knows(graph, key)) ?? null;
}

// Why the local derivative is what it is: a tie, a kink, the rule in words, or the formula.
function why(step, graph, texts) {
  const operation = operationOf(step, graph);
  const sides = sidesAt(operation, step.operands, step.value);
  const ties = sides.filter((side) => side === 0).length;
  const special = `explain.kink.${graph.nodes[step.node].op}`;
  if (operation.nary && ties > 1 && sides[step.slot] === 0) return ["explain.tie", { ...texts, count: ties, local: asLayout(`1/${ties}`) }];
  if (!operation.nary && ties) return [knows(graph, special) ? special : "explain.kink", { ...texts, local: shownAs(putIn(step.local, graph.digits)) }];
  const partial = localFormula(step, graph, graph.digits).layout;
  const call = writeValue(graph.nodes[step.node].op, operation, named(step, graph, graph.digits)).layout;
  return [ruleOf(step, graph, step.slot) ?? "explain.formula", { ...texts, call, partial }];
}

// What arrives, what goes through, and whether more is to come.
function flow(step, key, texts) {
  if (asFloat(step.local) === 0) return ["explain.closed", texts];
  return [{ "step.only": "explain.only", "step.term": "explain.term", "step.term.slot": "explain.term.slot" }[key], texts];
}
