// The blank graph: all cards are empty, the reader fills them in any order, and all are checked at once, with the error
// carried forward: right, right for the reader's own earlier numbers, or wrong, with the question that belongs to the slip.

import { element } from "./elements.js";
import { carried } from "./carry.js";
import { isRight, readable, typed } from "./numbers.js";
import { slipsFor, unexplained } from "./slips.js";

const SIGNS = { right: "✓", follows: "↳", wrong: "✗" };

export class Blank {
  constructor(page) {
    Object.assign(this, page);
    const { words } = this;
    this.list = element("div", { class: "cells", onkeydown: (event) => this.move(event) });
    this.score = element("p", { class: "verdict shown" });
    this.buttons = element(
      "div",
      { class: "form" },
      element("button", { type: "button", class: "main", onclick: () => this.check() }, words("page.blank.check")),
      element("button", { type: "button", onclick: () => this.reveal() }, words("page.show")),
    );
    this.replies = element("ul", { class: "replies" });
    this.element = element(
      "div",
      { class: "blank" },
      element("h2", {}, words("page.blank")),
      ...[this.list, this.buttons, this.score, this.replies],
    );
    this.entryOf = (i) => this.entry(i);
    this.start();
  }

  // The cells: "v3" for the value of node 3, "g3" for its gradient.
  start() {
    const { run } = this;
    this.isOver = false;
    this.verdicts = new Map();
    this.cells = new Map();
    this.wrong = new Map();
    this.score.textContent = "";
    this.replies.replaceChildren();
    const asked = this.knowledge.named.filter((i) => run.computedAt[i] || run.arrivals[i].length);
    this.list.replaceChildren(...asked.map((i) => this.row(i)));
  }

  row(i) {
    const { run, knowledge } = this;
    const value = run.computedAt[i] ? this.cell(`v${i}`, i) : knowledge.value(i);
    const gradient = run.arrivals[i].length ? [element("span", { class: "soft" }, `${knowledge.gradientName(i)} =`), this.cell(`g${i}`, i)] : [];
    return element("div", { class: "entry" }, element("span", {}, element("span", { class: "name" }, knowledge.name(i)), " ="), value, ...gradient);
  }

  cell(key, i) {
    const { words, knowledge } = this;
    const label = key[0] === "v" ? words("page.blank.value", { node: knowledge.name(i) }) : knowledge.gradientName(i);
    const changed = () => {
      this.verdicts.delete(key);
      this.paintCell(key);
      this.repaint();
    };
    const input = element("input", { type: "text", autocomplete: "off", size: 7, "aria-label": label, oninput: changed });
    const sign = element("span", { class: "sign" });
    this.cells.set(key, { input, sign, i });
    return element("span", { class: "cell" }, input, sign);
  }

  // The text of the step has nothing to say before all is over.
  get isAlone() {
    return !this.isOver;
  }

  get greeting() {
    return this.isOver ? null : this.words("page.blank");
  }

  get limit() {
    return this.isOver ? this.run.count : 0;
  }

  next() {
    return !this.isOver;
  }

  // Into the cells.
  key({ key }) {
    return !this.isOver && ["ArrowDown", "ArrowUp", "Enter"].includes(key) && this.focus();
  }

  focus() {
    const inputs = [...this.cells.values()].map(({ input }) => input);
    (inputs.find(({ value }) => !value.trim()) ?? inputs[0])?.focus();
    return true;
  }

  // A click on a card leads to its first empty cell.
  pick(i) {
    if (this.isOver) return false;
    const own = [`v${i}`, `g${i}`].map((key) => this.cells.get(key)).filter(Boolean);
    (own.find(({ input }) => !input.value) ?? own[0])?.input.focus();
    return true;
  }

  // --- judging ---

  check() {
    const { run } = this;
    const texts = new Map([...this.cells].filter(([, { input }]) => input.value.trim()).map(([key, { input }]) => [key, input.value.trim()]));
    const written = new Map([...texts].map(([key, text]) => [key, typed(text)]));
    const unreadable = [...written].find(([, answer]) => answer === null);
    if (unreadable) {
      const { input } = this.cells.get(unreadable[0]);
      input.focus();
      return this.tell(`${input.getAttribute("aria-label")}: ${this.words("page.unreadable")}`);
    }
    const judged = carried(run, written);
    this.verdicts = judged.verdicts;
    const replies = [];
    for (const [key, verdict] of judged.verdicts) {
      const { input } = this.cells.get(key);
      const before = this.wrong.get(key) ?? [];
      if (verdict === "wrong") {
        const { code, reply } = this.why(judged.run, key, written.get(key), texts.get(key));
        replies.push(element("li", {}, element("b", {}, `${input.getAttribute("aria-label")}: `), readable(reply)));
        if (before.at(-1)?.text !== texts.get(key)) this.wrong.set(key, [...before, { text: texts.get(key), code }]);
      }
      this.keep(key, verdict === "right" ? (before.length ? "later" : "first") : null);
    }
    this.replies.replaceChildren(...replies);
    for (const key of this.cells.keys()) this.paintCell(key);
    const count = (wanted) => [...judged.verdicts.values()].filter((verdict) => verdict === wanted).length;
    const missing = this.cells.size - written.size;
    this.tell(this.words("page.blank.score", { right: count("right"), follows: count("follows"), wrong: count("wrong"), missing }));
    if (count("right") === this.cells.size) this.finish();
    else this.repaint();
  }

  keep(key, outcome) {
    const { computedAt, arrivals } = this.run;
    const { i } = this.cells.get(key);
    this.questions.keep(key[0] === "v" ? computedAt[i] : arrivals[i].at(-1), key[0] === "v" ? "value" : "gradient", { wrong: this.wrong.get(key) ?? [], outcome });
  }

  // What a wrong number comes from, and what is said to it: the question of the first slip that gives it, with the reader's
  // own numbers.
  why(run, key, answer, got) {
    const { i } = this.cells.get(key);
    const is = (number) => isRight(answer, number);
    const steps = (key[0] === "v" ? [run.computedAt[i]] : run.arrivals[i]).map((at) => run.step(at));
    const last = steps.at(-1);
    const [alone, part] = [steps.length === 1, steps.length === 1 ? "result" : "total"];
    const slips = alone ? slipsFor(run, last, part) : [...slipsFor(run, last, part), ...steps.flatMap((step) => ofOneTerm(run, step, last.after))];
    const slip = slips.find(({ number }) => is(number));
    return slip ? { code: slip.code, reply: slip.say(got) } : { code: "UNEXPLAINED", reply: unexplained(run, last, part, got) };
  }

  reveal() {
    for (const [key] of this.cells) if (this.verdicts.get(key) !== "right") this.keep(key, "shown");
    this.finish();
  }

  finish() {
    this.isOver = true;
    this.go(this.run.count, "next");
  }

  tell(text) {
    this.score.textContent = text;
    this.say(text);
  }

  // --- showing ---

  paint() {
    this.buttons.hidden = this.isOver;
    this.knowledge.entries = this.isOver ? null : this.entryOf;
    for (const key of this.cells.keys()) this.paintCell(key);
  }

  paintCell(key) {
    const { input, sign } = this.cells.get(key);
    const verdict = this.verdicts.get(key);
    sign.textContent = SIGNS[verdict] ?? "";
    sign.className = `sign ${verdict ?? ""}`;
    if (verdict) for (const [name, text] of [["role", "img"], ["aria-label", this.words(`page.blank.${verdict}`)]]) sign.setAttribute(name, text);
    else for (const name of ["role", "aria-label"]) sign.removeAttribute(name);
    sign.title = verdict ? this.words(`page.blank.${verdict}`) : "";
    input.readOnly = this.isOver;
    input.setAttribute("aria-invalid", verdict === "wrong");
  }

  // What a reader has written on a card.
  entry(i) {
    const [value, gradient] = [`v${i}`, `g${i}`].map((key) => {
      const text = this.cells.get(key)?.input.value.trim() ?? "";
      return this.verdicts.has(key) ? `${SIGNS[this.verdicts.get(key)]} ${text}` : text;
    });
    return { value, gradient };
  }

  // Enter goes on to the next empty cell, and checks where there is none; the arrows move up and down.
  move(event) {
    const inputs = [...this.cells.values()].map(({ input }) => input);
    const at = inputs.indexOf(event.target);
    if (at < 0) return;
    const key = [...this.cells.keys()][at][0];
    const column = [...this.cells].filter(([each]) => each[0] === key).map(([, { input }]) => input);
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const empty = [...inputs.slice(at + 1), ...inputs.slice(0, at)].find(({ value }) => !value.trim());
    if (way) column[column.indexOf(event.target) + way]?.focus();
    else if (event.key === "Enter" && empty) empty.focus();
    else if (event.key === "Enter") this.check();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// The slips in one contribution to a sum, as numbers of the whole sum.
function ofOneTerm(run, step, total) {
  return slipsFor(run, step, "result").map((slip) => ({ number: total - step.contribution + slip.number, code: slip.code, say: slip.say }));
}
