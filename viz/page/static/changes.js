// What changes come to, as texts: those that a change of one leaf makes on its way forward, and those of the root from one
// update to the next.

import { numberText, pretty, signedText } from "./numbers.js";
import { printedTotal } from "./printed.js";
import { outcomeOf } from "./words.js";

const text = (run, number) => signedText(numberText(number, run.graph.short));

// The change of a node as a gradient stands on its card, {state, sign, text, label}, and the predicted one.
export function changeOf(run, i, isComputed) {
  if (!isComputed) return { state: "none", sign: 0, text: "", label: "Δ" };
  const [real, predicted] = [run.changes.real[i], run.changes.predicted[i]];
  return { state: real ? "complete" : "zero", sign: Math.sign(real), text: text(run, real), label: "Δ", predicted: text(run, predicted) };
}

// The two changes of the root, and their ratios to h.
export function ratioOf(run) {
  const { wiggled, changes, root, graph } = run;
  const [real, predicted] = [changes.real[root], changes.predicted[root]];
  const [ratio, slope] = [real, predicted].map((change) => (wiggled.h ? pretty(numberText(change / wiggled.h, graph.short)) : "–"));
  return { real: text(run, real), predicted: text(run, predicted), ratio, slope };
}

// The root after each update so far, as Knowledge.descent has it; null where nothing learns.
export function descentOf(run, isFresh) {
  const { digits } = run.graph;
  const shown = (number) => pretty(numberText(number, digits));
  const behind = (number) => pretty(printedTotal(number, digits).replace(/^./, "$& "));
  return run.rounds?.path(isFresh).map(({ value, predicted, change }, k) => ({
    value, text: behind(value), expected: predicted,
    ...(k && { outcome: outcomeOf({ change }), predicted: shown(predicted), change: shown(change) }),
  })) ?? null;
}
