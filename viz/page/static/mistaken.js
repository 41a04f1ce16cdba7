// A pass with a mistake beside the right one: its numbers come from Python, step by step, and stand behind a ✗.

import { pretty } from "./numbers.js";

const MARK = "✗";

export class Mistaken {
  // `data` is what mistaken.py writes.
  constructor(data) {
    Object.assign(this, data);
  }

  // A right text with the mistaken one beside it, where that is another: of a step the number that is computed or sent (1),
  // or the gradient so far (2); `signs` makes it one with a sign.
  beside(text, at, which, signs) {
    const numbers = this.steps[at - 1];
    const wrong = numbers ? signs(numbers[which]) : "–";
    return !text || wrong === text ? text : `${text} ${MARK} ${wrong}`;
  }

  // What the mistake makes of a step, in a sentence.
  sentence({ index, phase, node, parent }, name, words) {
    const numbers = this.steps[index - 1];
    const texts = { code: this.code, node: name(node), parent: name(parent ?? node) };
    if (!numbers) return `${MARK} ${words("page.asif.none", texts)}`;
    const [upstream, sent, total] = numbers.map(pretty);
    const key = phase === "forward" ? "value" : parent === null ? "seed" : "edge";
    return `${MARK} ${words(`page.asif.${key}`, { ...texts, upstream, sent, total })}`;
  }
}
