// Both passes as Python, as far as they are known at a step: the lines come with the page, and the number behind each is the
// one that the run has there.

import { numberText } from "./numbers.js";

// A line each: {text, comment, isNow}. The comment is the number that a name has after the line, once it is known. While
// something is asked for, what is still to come is not told, and of the line of the question its beginning.
export function codeLines(run, { at: now, known, listed }) {
  const whens = { value: (i) => run.computedAt[i], sent: (key) => run.sentAt.get(key), seed: () => run.arrivals[run.root][0],
    moved: (i) => run.movedAt[i], again: () => run.count }; // prettier-ignore
  const lines = run.graph.code.lines.map(([given, kind, where, around]) => {
    const text = around && run.isChanged ? around.join(numberText(run.rounds.rate, 17)) : given;
    if (kind === "leaf") return { text: run.isChanged ? `${text.split(" = ")[0]} = ${numberText(run.leaves.get(where), 17)}` : text };
    if (!kind) return { text };
    const at = whens[kind](where) ?? 0;
    const isNow = at > 0 && at === now && (kind !== "again" || where === run.root);
    if (at > listed) return isNow ? { text: `${text.slice(0, text.indexOf("=") + 1)} …`, isNow } : null;
    const number = at > known || kind === "seed" ? "" : kind === "value" ? run.value(where, true) : ["moved", "again"].includes(kind) ? run.renewed(where) : at ? run.sent(at)[1] : "";
    return { text, comment: number.replace(/^=/, "").replace("≈", "≈ "), isNow };
  });
  return lines.flatMap((line, k) => line ?? (lines[k - 1] ? { text: "…" } : []));
}
