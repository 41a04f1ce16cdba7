// What was practised, as a text that autograd.handcheck.practice_log reads back.

import { localName } from "./words.js";
import { plain } from "./typeset.js";

// A line for each number that was asked for, in the words of the page; "" where nothing was practised.
export function practiceLog(run, practised, knowledge) {
  const { words } = knowledge;
  const rows = practised.map(({ step, part, outcome, hints, wrong }) => {
    const given = hints ? [`${words("log.hints")} ${hints}`] : [];
    return [whatIsAsked(run, step, part, knowledge), words(`log.${outcome ?? "open"}`), ...given, ...wrong.map(({ text, code }) => `${text} ${code}`)].join(" | ");
  });
  return rows.length ? [words("log.title", { title: knowledge.name(knowledge.root) }), ...rows].join("\n") : "";
}

// How the number is called that a part of a step asks for.
function whatIsAsked(run, step, part, knowledge) {
  const { words } = knowledge;
  if (part === "order") return words("log.order", { step: step.index });
  const name = knowledge.name(step.node);
  if (step.phase === "forward") return name;
  if (step.phase === "update") return `${step.term === null ? "Δ" : ""}${name}, ${words("page.phase.update")} ${knowledge.round}`;
  if (part === "local") return plain(localName(run, step));
  const what = knowledge.gradientName(step.parent ?? step.node);
  return ["total", "gradient"].includes(part) || step.parent === null || step.terms === 1 ? what : words("log.term", { what, node: name, slot: step.slot + 1 });
}
