// What the reader is asked before it is shown: the shape of an array, then one of its entries; what was answered, and what
// is said to a wrong answer. The sentences and the numbers of known slips come with the page.

import { isRight, parseNumber, typed } from "../numbers.js";
import { scoreOf } from "../questions.js";

export const ASKS = ["no", "both", "shapes", "entries"];
const NEW = { wrong: [], hints: 0, outcome: null };
const MOST_HINTS = 3;

export class Asking {
  constructor(data, words) {
    Object.assign(this, { data, words, ask: data.ask });
    this.answers = new Map(); // step → {part: {wrong: [{text, reply}], hints, outcome}}
  }

  forget() {
    this.answers = new Map();
  }

  // The questions of a step: "shape", "entry".
  parts(at) {
    if (!at || this.ask === "no") return [];
    const { asksShape } = this.data.steps[at - 1];
    return [...(asksShape && this.ask !== "entries" ? ["shape"] : []), ...(this.ask === "shapes" ? [] : ["entry"])];
  }

  // What is still to be answered at a step, or null.
  open(at) {
    return this.parts(at).find((part) => !this.answer(at, part).outcome) ?? null;
  }

  answer(at, part) {
    return this.answers.get(at)?.[part] ?? NEW;
  }

  keep(at, part, change) {
    this.answers.set(at, { ...this.answers.get(at), [part]: { ...this.answer(at, part), ...change } });
  }

  array(at) {
    return this.data.arrays[this.data.steps[at - 1].array];
  }

  // The right answer to a part of a step, as it is shown.
  truth(at, part) {
    if (part === "shape") return this.array(at).shape.join(" × ");
    const { array, asked } = this.data.steps[at - 1];
    return this.data.entries[array][asked[0]][asked[1]].number;
  }

  // Takes an answer to what is open, the texts of its inputs: "unreadable", "right" or "wrong".
  judge(at, texts) {
    const part = this.open(at);
    const given = texts.map((text) => typed(text));
    const isShape = part === "shape";
    if (given.some((one) => one === null || (isShape && !(Number.isInteger(one.data) && one.data > 0)))) return "unreadable";
    const { wrong, hints } = this.answer(at, part);
    const { array, due } = this.data.steps[at - 1];
    const isTrue = isShape
      ? given.every(({ data }, k) => data === this.data.arrays[array].shape[k])
      : isRight(given[0], parseNumber(due));
    if (isTrue) {
      this.keep(at, part, { outcome: hints ? "hint" : wrong.length ? "later" : "first" });
      return "right";
    }
    const text = texts.map((one) => one.trim()).join(" × ");
    const reply = isShape ? this.aboutShape(at, given.map(({ data }) => data), text) : this.aboutNumber(at, given[0], text);
    this.keep(at, part, { wrong: [...wrong, { text, reply }] });
    return "wrong";
  }

  aboutShape(at, [rows, columns], got) {
    const { shape, of } = this.array(at);
    const { parts } = this.data.steps[at - 1];
    const inner = parts.filter((part) => part.inner !== undefined && part.inner !== null).map((part) => part.shape[part.inner]);
    if (rows === shape[1] && columns === shape[0]) return this.words("array.slip.transpose", { got });
    if (of !== null) return this.words("array.slip.gradient", { got, of: this.data.arrays[of].name });
    if (inner.length && [rows, columns].includes(inner[0])) return this.words("array.slip.inner", { got });
    return this.words("array.slip.shape", { got });
  }

  aboutNumber(at, given, got) {
    const slip = this.data.steps[at - 1].slips.find(([number]) => isRight(given, parseNumber(number)));
    return slip ? slip[1].replace("{got}", got) : this.words("array.slip.unknown", { got });
  }

  hint(at) {
    const part = this.open(at);
    this.keep(at, part, { hints: Math.min(this.answer(at, part).hints + 1, MOST_HINTS) });
  }

  // The hints that were given to what is open.
  hints(at) {
    const part = this.open(at);
    const { hints } = this.answer(at, part);
    return (part === "shape" ? this.hintsOfShape(at) : this.data.steps[at - 1].hints).slice(0, hints);
  }

  hintsOfShape(at) {
    const { shape, of } = this.array(at);
    const [rows, columns] = shape;
    const rule = of === null ? this.words("array.hint.shape.1") : this.words("array.hint.shape.gradient");
    return [rule, this.words("array.hint.shape.2", { rows }), this.words("array.hint.shape.3", { rows, columns })];
  }

  show(at) {
    this.keep(at, this.open(at), { outcome: "shown" });
  }

  score() {
    return scoreOf(this.answers);
  }
}
