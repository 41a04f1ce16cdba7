// What is printed of a step after a leaf was changed: the numbers with as many digits as are needed to recompute the line,
// and which sign is true. Until then Python says it, in records of the same form (viz/page/content.py).

import { comesOut, digitsToRecompute, isExact, numberText, parseNumber } from "./numbers.js";
import { holesIn } from "./typeset.js";
import { atSlot, byLetter, sidesAt, valueAt } from "./operate.js";
import { UPDATE_RULES } from "./operations.js";

const sign = (isTrue) => (isTrue ? "=" : "≈");

// A number behind its sign: "=5", "≈0.3333".
export function printedTotal(a, digits) {
  const text = numberText(a, digits);
  return sign(isExact(a, text)) + text;
}

export function printedStep(run, step) {
  if (step.phase === "forward") return printedValue(run, step);
  if (step.phase === "update") return printedUpdate(run, step);
  return step.parent === null ? {} : printedEdge(run, step);
}

// Whether each of the operands is a constant that is called by its number, which stands in the rule as well.
const areNumbers = (run, { node }) => run.graph.nodes[node].parents.map((p) => run.graph.nodes[p].isNumber);

const comesOutAt = (compute, put, text) => comesOut(compute(put.map(parseNumber)), text);

function printedValue(run, step) {
  const { digits } = run.graph;
  const { operands, value, node } = step;
  const operation = run.operation(node);
  const compute = (numbers) => valueAt(operation, numbers);
  const enough = digits ?? digitsToRecompute(operands, compute, value);
  const put = operands.map((data) => numberText(data, enough));
  const text = numberText(value, digits);
  const isNumber = areNumbers(run, step);
  const areExact = (which) => operands.every((data, k) => isNumber[k] !== which || isExact(data, put[k]));
  const signs = [areExact(true), areExact(false), comesOutAt(compute, put, text)];
  return { put, value: text, signs: signs.map(sign).join(""), path: operation.branch(...byLetter(operation, operands)) };
}

function printedEdge(run, step) {
  const { digits } = run.graph;
  const { node, slot, operands, value, upstream, local, contribution } = step;
  const operation = run.operation(node);
  const sides = sidesAt(operation, operands, value);
  const ties = operation.isNary && sides[slot] === 0 ? sides.filter((side) => side === 0).length : 0;
  const is = { arrives: upstream !== 0, passes: local !== 0, kink: !operation.isNary && sides.includes(0) };
  is.multiplies = is.arrives && (is.passes || Number.isFinite(upstream));
  const record = {
    said: Object.keys(is).filter((name) => is[name]),
    ties: ties > 1 ? ties : 0,
    arrived: numberText(upstream, digits),
    local: numberText(local, digits),
    path: atSlot(operation, operation.branches, operands, value, slot),
    joined: run.records[step.index - 1][6].joined,
  };
  if (is.multiplies) Object.assign(record, printedProduct(run, step, operation, record.path));
  if (step.contributions) record.sums = [[step.before, contribution], step.contributions].map((terms) => printedSum(terms, step.after, digits));
  return record;
}

function printedProduct(run, step, operation, path) {
  const { digits, nodes, operations } = run.graph;
  const { node, slot, operands, value, upstream, contribution } = step;
  const inputs = [upstream, ...operands, value];
  const compute = (n) => n[0] * atSlot(operation, operation.partials, n.slice(1, -1), n.at(-1), slot);
  const enough = digits ?? digitsToRecompute(inputs, compute, contribution);
  const put = inputs.map((data) => numberText(data, enough));
  const same = operands.indexOf(value);
  if (same >= 0) put[put.length - 1] = put[same + 1]; // one number, one text
  const text = numberText(contribution, digits);
  const { parents } = nodes[node];
  const skeleton = operations[`${nodes[node].op}/${parents.length}`].partials[slot][path];
  const holes = skeleton ? holesIn(skeleton) : [];
  const isNumber = areNumbers(run, step);
  const constants = operands.every((data, k) => !isNumber[k] || !holes.includes(k) || isExact(data, put[k + 1]));
  // The sign before the numbers is about those that take the place of a name; of a term no other line says it of constants.
  const read = holes.filter((hole) => Number.isInteger(hole) && (step.terms > 1 || !isNumber[hole]));
  const areExact = [0, ...read.map((hole) => hole + 1), ...(holes.includes("y") ? [inputs.length - 1] : [])].every((k) => isExact(inputs[k], put[k]));
  return { arrived: put[0], put, value: text, signs: [constants, areExact, comesOutAt(compute, put, text)].map(sign).join("") };
}

function printedSum(terms, total, digits) {
  const compute = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const enough = digits ?? digitsToRecompute(terms, compute, total);
  const put = terms.map((data) => numberText(data, enough));
  const text = numberText(total, digits);
  return { put, value: text, signs: sign(terms.every((data, k) => isExact(data, put[k]))) + sign(comesOutAt(compute, put, text)) };
}

// A step of the update: of a parameter, or of the root after all of them.
function printedUpdate(run, { value, lr, upstream, contribution, contributions, before, after, change }) {
  const { digits } = run.graph;
  const behind = (number) => printedTotal(number, digits).replace(/^./, "$& "); // "= 2"
  const computed = (rule, inputs, result, isDifference) => {
    const compute = (numbers) => valueAt(UPDATE_RULES[rule], numbers);
    const enough = digits ?? digitsToRecompute(inputs, compute, result);
    const put = inputs.map((data) => numberText(data, enough));
    const text = numberText(result, digits);
    return { put, value: text, signs: sign(inputs.every((data, k) => isExact(data, put[k]))) + sign(comesOut(compute(put.map(parseNumber)), text, isDifference ? inputs[0] : 0)) + sign(isExact(result, text)) };
  };
  if (!contributions) return { slope: behind(upstream), moved: computed("moved", [value, lr, upstream], after, true) };
  return {
    now: behind(after),
    change: computed("change", [after, before], change, true),
    predicted: computed("predicted", [lr, upstream], contribution),
    squares: computed("squares", contributions, upstream),
  };
}
