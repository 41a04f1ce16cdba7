// What the reader is asked before it is shown, and what was answered. Every step is one question, or two where the local
// derivative is asked for first: "local", then "result".

import { isRight, typed } from "./numbers.js";

export const ASKS = ["no", "both", "forward", "backward", "locals", "vote", "blank", "order"];

export class Questions {
  constructor(run, ask) {
    this.run = run;
    this.ask = ask;
    this.answers = new Map(); // step → {result: answer, local: answer}; an answer is {wrong: [text], outcome}
  }

  forget() {
    this.answers.clear();
  }

  // Whether something is asked at a step.
  asks(at) {
    if (!at || this.ask === "no") return false;
    const { phase } = this.run.step(at);
    return ["both", "vote"].includes(this.ask) || this.ask === phase || (this.ask === "locals" && phase === "backward");
  }

  // What is still to be answered at a step: "local", "result", or null.
  open(at) {
    if (!this.asks(at) || this.answer(at, "result").outcome) return null;
    const isEdge = this.run.step(at).parent !== null;
    return this.ask === "locals" && isEdge && !this.answer(at, "local").outcome ? "local" : "result";
  }

  // How many steps are shown in full, at a step.
  known(at) {
    return this.open(at) ? at - 1 : at;
  }

  // The guesses at a part of a step that were wrong, and its outcome: "first" (right at once), "later", "shown", or null.
  answer(at, part) {
    return this.answers.get(at)?.[part] ?? { wrong: [], outcome: null };
  }

  #truth(at, part) {
    const step = this.run.step(at);
    if (step.phase === "forward") return step.value;
    return part === "local" ? step.local : (step.contribution ?? step.after);
  }

  // The same as it is shown.
  truthText(at, part) {
    const { phase, node, slot } = this.run.step(at);
    if (phase === "forward") return this.run.value(node, true).slice(1);
    return part === "local" ? this.run.local(node, slot) : this.run.sent(at)[0];
  }

  // Takes an answer to what is open: "unreadable", "right" or "wrong".
  judge(at, text) {
    const given = typed(text);
    if (given === null) return "unreadable";
    const part = this.open(at);
    const answer = this.answer(at, part);
    const right = isRight(given, this.#truth(at, part));
    if (right) answer.outcome = answer.wrong.length ? "later" : "first";
    else answer.wrong.push(text.trim());
    this.keep(at, part, answer);
    return right ? "right" : "wrong";
  }

  // Gives the answer to what is open.
  show(at) {
    const part = this.open(at);
    this.keep(at, part, { ...this.answer(at, part), outcome: "shown" });
  }

  keep(at, part, answer) {
    this.answers.set(at, { ...this.answers.get(at), [part]: answer });
  }

  // How many questions were answered, and how; null while there is none.
  score() {
    const all = [...this.answers.values()].flatMap((parts) => Object.values(parts)).filter(({ outcome }) => outcome);
    const count = (wanted) => all.filter(({ outcome }) => outcome === wanted).length;
    return all.length ? { asked: all.length, first: count("first"), later: count("later"), shown: count("shown") } : null;
  }
}
