// What a gradient is the sum of: the contributions one by one, and the sum as a table writes it.

import { pretty, signedText } from "./numbers.js";

const TERMS = 8; // of a sum that are listed in a table

const factor = (text) => (text[0] === "-" || text.includes("/") ? `(${pretty(text)})` : pretty(text));

// Every contribution to a node, {at, node, slot, parent, text}; those of the steps after `sent` have "" for their number.
export function contributionsTo(run, i, sent) {
  return run.arrivals[i].map((at) => {
    const { node, slot, parent } = run.step(at);
    return { at, node, slot, parent, text: at <= sent ? signedText(run.sent(at)[0]) : "" };
  });
}

// The contributions of the steps `arrived` as products with a + between them; "…" is for what is still to come, or too long.
export function sumWrittenOut(run, arrived, isComplete, words) {
  const terms = arrived.slice(0, TERMS).map((at) => {
    const { node, slot, parent } = run.step(at);
    if (parent === null) return words("page.seed");
    return `${pretty(run.sent(run.arrivals[node].at(-1))[1].slice(1))} · ${factor(run.local(node, slot))}`;
  });
  if (!isComplete || arrived.length > TERMS) terms.push("…");
  return terms.join(" + ");
}
