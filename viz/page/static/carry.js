// Error carried forward: what every number should be, given the numbers that a reader has written before. The model is
// autograd/handcheck/carry.py; beside each number goes an interval, of what rounding on the way may have made of it, and
// at a kink of the slopes of its two sides.

import { isRight } from "./numbers.js";
import { atSlot, byLetter, product, sidesAt, valueAt } from "./operate.js";

const NEARBY = 1e-6; // of an operand: how far its two sides are looked at from a kink
const FEWEST = 2; // digits to which somebody rounds

const exactly = (data) => ({ data, low: data, high: data });
const around = (data, ends) => ({ data, low: Math.min(data, ...ends), high: Math.max(data, ...ends) });
const isSame = (a, b) => isRight({ data: a, reach: 0 }, b);
const times = (a, b) => around(product(a.data, b.data), [a.low, a.high].flatMap((x) => [product(x, b.low), product(x, b.high)]));
const plus = (a, b) => ({ data: a.data + b.data, low: a.low + b.low, high: a.high + b.high });

// Whether a typed number can stand for one that lies in an interval: the single-answer rule at its nearest point.
function agrees(answer, { data, low, high }) {
  return isRight(answer, answer.data < low ? low : answer.data > high ? high : Number.isFinite(data) ? answer.data : data);
}

// Both passes of a run from the numbers that were written, a Map of "v3" (the value of node 3) or "g3" (its gradient) → a
// typed number: {verdicts: Map of the same → "right", "follows" or "wrong"; run: the same with the reader's own numbers}.
export function carried(run, written) {
  return carry(run, written, carry(run, new Map(), null));
}

function carry(run, written, truth) {
  const { graph, records } = run;
  const [span, used, tainted, verdicts] = [new Map(), new Map(), new Set(), new Map()];
  const rounded = [...written.values()].filter(({ reach, data }) => reach && !Number.isInteger(data)).map(({ digits }) => digits);
  const digits = rounded.length ? Math.max(FEWEST, Math.min(...rounded)) : 17;

  function settle(key, own, sources) {
    span.set(key, own);
    const answer = written.get(key);
    let isTainted = sources.some((source) => tainted.has(source));
    used.set(key, answer ? goneOnWith(answer, own) : kept(own, digits));
    if (answer) {
      const verdict = agrees(answer, truth.span.get(key)) ? "right" : !agrees(answer, own) ? "wrong" : isTainted ? "follows" : "right";
      verdicts.set(key, verdict);
      isTainted = verdict !== "right";
    } else if (truth && isSame(own.data, truth.span.get(key).data)) isTainted = false;
    if (isTainted) tainted.add(key);
  }

  const isAsked = new Set(records.filter(([phase]) => phase === "forward").map(([, node]) => node));
  graph.nodes.forEach(({ parents }, i) => {
    if (!isAsked.has(i)) used.set(`v${i}`, exactly(run.values[i]));
    else settle(`v${i}`, valueOf(run.operation(i), parents.map((p) => used.get(`v${p}`))), parents.map((p) => `v${p}`));
  });
  const locals = graph.nodes.map(({ parents }, i) => (parents.length ? localsOf(run.operation(i), parents.map((p) => used.get(`v${p}`)), used.get(`v${i}`)) : []));
  const [totals, sources, steps] = [new Map(), new Map(), []];
  records.forEach(([phase, node, parent, slot, term, terms], k) => {
    const operands = graph.nodes[node].parents;
    const step = { index: k + 1, phase, node, parent, slot, term, terms, value: used.get(`v${node}`).data, operands: operands.map((p) => used.get(`v${p}`).data) };
    steps.push(step);
    if (phase === "forward") return void (step.value = span.get(`v${node}`).data);
    if (parent === null) {
      Object.assign(step, { before: 0, after: 1 });
      return settle(`g${node}`, exactly(1), []);
    }
    const [upstream, local, before] = [used.get(`g${node}`), locals[node][slot], totals.get(parent)];
    const contribution = times(upstream, local);
    const total = before ? plus(kept(before, digits), kept(contribution, digits)) : contribution;
    totals.set(parent, total);
    sources.set(parent, [...(sources.get(parent) ?? []), { key: [`g${node}`, `v${node}`, ...operands.map((p) => `v${p}`)], data: contribution.data }]);
    Object.assign(step, { upstream: upstream.data, local: local.data, contribution: contribution.data, before: before?.data ?? 0, after: total.data });
    if (term < terms) return;
    if (terms > 1) step.contributions = sources.get(parent).map(({ data }) => data);
    settle(`g${parent}`, total, sources.get(parent).flatMap(({ key }) => key));
  });
  const values = graph.nodes.map((_, i) => used.get(`v${i}`).data);
  return { span, verdicts, run: Object.assign(Object.create(run), { values, steps, locals: locals.map((each) => each.map(({ data }) => data)) }) };
}

// What a reader goes on with who has written an answer: that number, or what it was rounded from.
function goneOnWith(answer, own) {
  const { data, reach } = answer;
  if (!reach || isSame(data, own.data) || !Number.isFinite(data)) return exactly(data);
  if (!agrees(answer, own)) return around(data, [data - reach / 2, data + reach / 2]);
  return around(data, [Math.max(own.low, data - reach), Math.min(own.high, data + reach)]);
}

// A number that was not written down, as it is gone on with: rounded, unless it is short.
function kept(own, digits) {
  const { data, low, high } = own;
  if (!data || !Number.isFinite(data) || digits > 16) return own;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(data))) + 1 - digits);
  return low === high && isSame(Math.round(data / unit) * unit, data) ? own : { data, low: low - unit / 2, high: high + unit / 2 };
}

const isWide = ({ low, high }) => low !== high;
const replaced = (numbers, k, number) => numbers.map((one, place) => (place === k ? number : one));

// All operands at their numbers, with one of them at an end of its interval, for each that has one.
const endsOf = (operands, numbers) => operands.flatMap((one, k) => (isWide(one) ? [one.low, one.high].map((end) => replaced(numbers, k, end)) : []));

function valueOf(operation, operands) {
  const numbers = operands.map(({ data }) => data);
  const y = valueAt(operation, numbers);
  if (!Number.isFinite(y)) return exactly(y);
  let [low, high] = [y, y];
  operands.forEach((one, k) => {
    if (!isWide(one)) return;
    const ends = [one.low, one.high].map((end) => valueAt(operation, replaced(numbers, k, end)));
    low += Math.min(0, ...ends.map((end) => end - y));
    high += Math.max(0, ...ends.map((end) => end - y));
  });
  return { data: y, low, high };
}

function localsOf(operation, operands, own) {
  const numbers = operands.map(({ data }) => data);
  const at = (point, y) => point.map((_, slot) => atSlot(operation, operation.partials, point, y, slot));
  const base = at(numbers, own.data);
  const moved = endsOf(operands, numbers).map((point) => at(point, own.data));
  if (isWide(own)) moved.push(at(numbers, own.low), at(numbers, own.high));
  const spans = base.map((here, slot) => {
    const off = (side) => moved.reduce((sum, row) => sum + Math.max(0, side * (row[slot] - here)), 0);
    return moved.length ? around(here, [here - off(-1), here + off(1)]) : exactly(here);
  });
  if (!sidesAt(operation, numbers, own.data).includes(0)) return spans;
  const beside = numbers.flatMap((operand, k) => [-1, 1].map((way) => replaced(numbers, k, operand + way * NEARBY * Math.max(1, Math.abs(operand)))));
  const slopes = beside.map((point) => at(point, operation.value(...byLetter(operation, point))));
  return spans.map((own, slot) => around(own.data, [own.low, own.high, ...slopes.map((row) => row[slot]).filter((slope) => Math.abs(slope - base[slot]) > 1e-3)]));
}
