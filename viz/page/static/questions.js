// What the reader is asked before it is shown, what was answered, and what is said to a wrong answer. A step has one
// question or more: "local", the local derivative where that is asked for, "result", and "total" where a sum is complete.

import { isRight, typed } from "./numbers.js";
import { slipsFor, unexplained } from "./slips.js";
import { followed } from "./follows.js";
import { hintsFor, unexplainedUpdate } from "./hints.js";

export const ASKS = ["no", "both", "forward", "backward", "locals", "vote", "blank", "order"];
const NEW = { wrong: [], hints: 0, outcome: null };
const MOST_HINTS = 3;

export class Questions {
  constructor(run, ask) {
    this.run = run;
    this.ask = ask;
    this.answers = new Map(); // step → {part: {wrong: [{text, data, code, reply}], hints: how many were given, outcome}}
    this.rounds = new Map(); // the answers of the other rounds of learning
    this.past = []; // what was practised with other numbers
  }

  // Begins anew; what was answered stays in the log.
  forget() {
    this.past = this.practised();
    this.rounds = new Map();
    this.answers = new Map();
  }

  // Goes over to another round of learning, where other answers may have been given before.
  enter(from, round) {
    this.rounds.set(from, this.answers);
    this.answers = this.rounds.get(round) ?? new Map();
    this.rounds.delete(round);
  }

  // Whether something is asked at a step.
  asks(at) {
    if (!at || this.ask === "no") return false;
    const { phase } = this.run.step(at);
    if (phase === "update") return this.asksBackward;
    return ["both", "vote"].includes(this.ask) || this.ask === phase || (this.ask === "locals" && phase === "backward");
  }

  // Whether gradients are asked for.
  get asksBackward() {
    return ["both", "backward", "locals", "vote"].includes(this.ask);
  }

  // The questions of a step.
  parts(at) {
    const { parent, term, terms } = this.run.step(at);
    const local = this.ask === "locals" && parent !== null ? ["local"] : [];
    return [...local, "result", ...(parent !== null && terms > 1 && term === terms ? ["total"] : [])];
  }

  // What is still to be answered at a step: "local", "result", "total", or null.
  open(at) {
    return (this.asks(at) && this.parts(at).find((part) => !this.answer(at, part).outcome)) || null;
  }

  // How many steps are shown in full, at a step; and how many contributions: before a sum is asked for, all of its terms.
  known(at) {
    return this.open(at) ? at - 1 : at;
  }

  sent(at) {
    return this.open(at) === "total" ? at : this.known(at);
  }

  // What was answered to a part of a step. Its outcome is "first" (right at once), "later", "hint" (after a hint), "shown",
  // or null while it is open.
  answer(at, part) {
    return this.answers.get(at)?.[part] ?? NEW;
  }

  keep(at, part, change) {
    this.answers.set(at, { ...this.answers.get(at), [part]: { ...this.answer(at, part), ...change } });
  }

  // The right answer to a part of a step, as it is shown.
  truthText(at, part) {
    const { phase, node, slot } = this.run.step(at);
    if (phase === "forward") return this.run.value(node, true).slice(1);
    if (phase === "update") return (this.run.print(at).moved ?? this.run.print(at).predicted).value;
    if (part === "total") return this.run.sent(at)[1].slice(1);
    return part === "local" ? this.run.local(node, slot) : this.run.sent(at)[0];
  }

  // Takes an answer to what is open: "unreadable", "right" or "wrong".
  judge(at, text) {
    const given = typed(text);
    if (given === null) return "unreadable";
    const part = this.open(at);
    const { wrong, hints } = this.answer(at, part);
    if (isRight(given, this.run.due(this.run.step(at), part))) {
      this.keep(at, part, { outcome: hints ? "hint" : wrong.length ? "later" : "first" });
      return "right";
    }
    this.keep(at, part, { wrong: [...wrong, { text: text.trim(), data: given.data, ...this.#why(at, part, given, text.trim()) }] });
    return "wrong";
  }

  // What a wrong answer comes from, and the first reply to it.
  #why(at, part, given, text) {
    const step = this.run.step(at);
    if (step.phase === "update") return { code: "UNEXPLAINED", reply: unexplainedUpdate(this.run, step, text) };
    const reply = followed(this, step, part, given, text);
    if (reply) return { code: "FOLLOWS", reply };
    const slip = slipsFor(this.run, step, part).find(({ number }) => isRight(given, number));
    if (slip) return { code: slip.code, reply: slip.say(text) };
    return { code: "UNEXPLAINED", reply: unexplained(this.run, step, part, text) };
  }

  // Gives one more hint to what is open.
  hint(at) {
    const part = this.open(at);
    this.keep(at, part, { hints: Math.min(this.answer(at, part).hints + 1, MOST_HINTS) });
  }

  // The hints that were given to what is open.
  hints(at) {
    const part = this.open(at);
    const { hints, wrong } = this.answer(at, part);
    return hints ? hintsFor(this.run, this.run.step(at), part, wrong.at(-1)?.data ?? null).slice(0, hints) : [];
  }

  // Gives the answer to what is open.
  show(at) {
    this.keep(at, this.open(at), { outcome: "shown" });
  }

  // How many questions were answered, and how; null while there is none.
  score() {
    return scoreOf(this.answers);
  }

  // Every question that was tried, {step, part, outcome, hints, wrong}, in the order of the passes, since the page opened.
  practised() {
    const rounds = [...this.rounds.values(), this.answers];
    const tried = rounds.flatMap((answers) => this.#tried(answers));
    return [...this.past, ...tried];
  }

  #tried(answers) {
    return [...answers].sort(([a], [b]) => a - b).flatMap(([at, parts]) => Object.entries(parts).map(([part, answer]) => ({ step: this.run.step(at), part, ...answer })));
  }
}

// The score of answers, which are kept by step and part; null while there is none.
export function scoreOf(answers) {
  const all = [...answers.values()].flatMap((parts) => Object.values(parts)).filter(({ outcome }) => outcome);
  const count = (wanted) => all.filter(({ outcome }) => outcome === wanted).length;
  return all.length ? { asked: all.length, first: count("first"), later: count("later"), hint: count("hint"), shown: count("shown") } : null;
}
