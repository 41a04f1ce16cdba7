// A number that is right with an earlier number of the reader that is not: nothing to mend where it stands.

import { isRight } from "./numbers.js";
import { atSlot, product, valueAt } from "./operate.js";
import { plain, row } from "./typeset.js";
import { fill, gradientOf, localName, nameOf } from "./words.js";

// What is said to an answer that follows from an earlier wrong one; null where it does not.
export function followed(questions, step, part, given, got) {
  const { run } = questions;
  const due = run.due(step, part);
  for (const [number, layout, { text }] of withWrongAnswers(questions, step, part)) {
    if (isRight(given, number) && !isRight({ data: number, reach: 0 }, due)) return fill(run, "slip.FOLLOWS", { got, what: plain(layout), before: text });
  }
  return null;
}

// The number of a step with one wrong answer to what it rests on: [number, what that answer was given for, the answer].
function* withWrongAnswers(questions, step, part) {
  const { run } = questions;
  const { node, slot, operands, upstream, local, value } = step;
  const wrong = (at, part) => (at ? questions.answer(at, part).wrong : []);
  if (step.phase === "backward" && step.parent === null) return; // the seed rests on nothing
  const { parents } = run.graph.nodes[node];
  const operation = run.operation(node);
  if (part === "total") {
    for (const at of run.arrivals[step.parent]) {
      const { contribution, ...one } = run.step(at);
      const layout = row(gradientOf(run, one.node), "·", localName(run, one));
      for (const answer of wrong(at, "result")) yield [step.after - contribution + answer.data, layout, answer];
    }
    return;
  }
  const slope = (operands, y) => atSlot(operation, operation.partials, operands, y, slot);
  const number = step.phase === "forward" ? (operands) => valueAt(operation, operands) : (operands, y) => (part === "local" ? slope(operands, y) : product(upstream, slope(operands, y)));
  for (const p of operation ? new Set(parents) : []) {
    for (const answer of wrong(run.computedAt[p], "result")) {
      const others = operands.map((data, k) => (parents[k] === p ? answer.data : data));
      yield [number(others, value), ["name", nameOf(run, p)], answer];
    }
  }
  if (step.phase === "forward" || step.parent === null) return;
  for (const answer of wrong(run.computedAt[node], "result")) yield [number(operands, answer.data), ["name", nameOf(run, node)], answer];
  if (part === "local") return;
  for (const answer of wrong(step.index, "local")) yield [product(upstream, answer.data), localName(run, step), answer];
  const arrivals = run.arrivals[node];
  for (const answer of wrong(arrivals.at(-1), arrivals.length > 1 ? "total" : "result")) yield [product(answer.data, local), gradientOf(run, node), answer];
}
