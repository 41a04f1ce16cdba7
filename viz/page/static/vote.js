// Four options for a room to vote on, A to D: the right number, and those that the likeliest mistakes give. A wrong one is
// answered with the question that belongs to its mistake; the right one, or "Show me", reveals.

import { element } from "./elements.js";
import { isRight, numberText, pretty, readable, typed } from "./numbers.js";
import { randomNumbers } from "./again.js";
import { slipsFor } from "./slips.js";
import { question } from "./steptab.js";

const LETTERS = ["A", "B", "C", "D"];

// The options at a step, as {text, reply}; `reply` is null for the right one, and "" where nothing is known of a mistake.
export function optionsAt(run, at, part) {
  const step = run.step(at);
  const right = run.due(step, part);
  const text = (number) => numberText(number, run.graph.short);
  const options = [{ text: text(right), reply: null }];
  const offer = (number, reply) => {
    if (options.length === LETTERS.length || !Number.isFinite(number)) return;
    const shown = text(number);
    if (options.some((one) => one.text === shown) || isRight(typed(shown), right)) return;
    options.push({ text: shown, reply });
  };
  const slips = slipsFor(run, step, part);
  const shifted = slips.find(({ code }) => code === "DECIMAL_POINT"); // one of them is enough
  for (const slip of slips.filter((one) => one.code !== "DECIMAL_POINT" || one === shifted)) offer(slip.number, slip.say(pretty(text(slip.number))));
  for (const number of plausible(step, right)) offer(number, "");
  const random = randomNumbers(1000 * run.version + at);
  for (let k = options.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1));
    [options[k], options[other]] = [options[other], options[k]];
  }
  return options;
}

// What else might be believed where there are fewer than three mistakes, and some number in any case.
function* plausible({ phase, upstream, local, operands, value }, right) {
  const [a, b] = operands;
  if (phase === "forward") yield* [a + b, a * b, a - b, b - a];
  yield* [-right, upstream, local, upstream + local, ...operands, value, 2 * right, right / 2, right + 1, right - 1, 10 * right];
  for (let k = 0; k < 2 * LETTERS.length; k++) yield k;
}

export class Vote {
  constructor(page) {
    Object.assign(this, page);
    this.heading = element("h2", { class: "asked" });
    this.list = element("div", { class: "vote", role: "group" });
    this.reply = element("p", { class: "verdict" });
    this.show = element("button", { type: "button", onclick: () => this.act.show() }, this.words("page.show"));
    this.element = element("div", {}, this.heading, this.list, element("div", { class: "form" }, this.reply, this.show));
  }

  start() {
    this.painted = null;
  }

  get isOver() {
    return this.questions.asks(this.knowledge.at) && !this.knowledge.open;
  }

  // Takes an option: judges it, or, once the number is there, says what is behind a wrong one.
  choose(k) {
    const { at, open } = this.knowledge;
    if (!this.options?.[k]) return false;
    const { text, reply } = this.options[k];
    if (open) {
      if (this.questions.answer(at, open).wrong.some((one) => one.text === text)) return this.tell(k);
      this.questions.judge(at, text);
      this.go(at, reply === null ? "next" : "");
    }
    return this.tell(k);
  }

  tell(k) {
    const { text, reply } = this.options[k];
    const said = reply === null ? "" : reply || this.words("page.vote.other", { guess: pretty(text) });
    this.reply.textContent = said && `${LETTERS[k]}: ${readable(said)}`;
    if (said) this.say(this.reply.textContent);
    return true;
  }

  paint() {
    const { questions, knowledge, run } = this;
    const { at, open } = knowledge;
    const asked = questions.asks(at);
    this.element.hidden = !asked;
    if (!asked) return void (this.options = null);
    const part = open ?? questions.parts(at).at(-1);
    const key = `${at} ${part} ${run.version}`;
    if (this.painted !== key) {
      this.painted = key;
      this.options = optionsAt(run, at, part);
      this.reply.textContent = "";
      this.buttons = this.options.map(({ text }, k) =>
        element("button", { type: "button", onclick: () => this.choose(k) }, element("kbd", {}, LETTERS[k]), element("b", {}, pretty(text))),
      );
      this.list.replaceChildren(...this.buttons);
    }
    this.heading.textContent = open ? question(knowledge) : "";
    this.list.setAttribute("aria-label", this.words("page.ask.vote"));
    this.show.hidden = !open;
    const { wrong, outcome } = questions.answer(at, part);
    this.buttons.forEach((button, k) => {
      const { text, reply } = this.options[k];
      button.className = wrong.some((one) => one.text === text) ? "wrong" : outcome && reply === null ? "right" : "";
    });
  }

  key({ key }) {
    const k = /^[1-4]$/.test(key) ? Number(key) - 1 : LETTERS.indexOf(key.toUpperCase());
    return k >= 0 && this.choose(k);
  }
}
