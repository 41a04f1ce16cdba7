// What stands below a step of learning: which leaves learn and which are data, the learning rate, what each update was
// expected to do to the root and what it did, and the curve of the root.

import { typed, numberText } from "./numbers.js";
import { curve } from "./curve.js";
import { element } from "./elements.js";

const STEPS = 8; // of the slider, for each power of two of the learning rate

export class Update {
  // Of `act`: {setRate(rate), round(), restart(), refuse()}.
  constructor(knowledge, act) {
    Object.assign(this, { knowledge, act });
    const { words, learning } = knowledge;
    const { rate, start, params } = learning;
    const text = words("page.update.rate", { rate });
    const names = params.map((i) => knowledge.name(i)).join(", ");
    this.slider = element("input", { type: "range", min: -4 * STEPS, max: 4 * STEPS, step: 1, "aria-label": text, oninput: () => this.slide() });
    this.start = start;
    this.box = element("input", { type: "text", inputmode: "decimal", size: 7, "aria-label": text, onchange: () => this.read() });
    const rates = element("div", { class: "leaf rate" }, element("span", { class: "name" }, rate), this.slider, this.box);
    const round = element("button", { type: "button", title: `${words("page.update.round")} (R)`, onclick: () => act.round() }, `${words("page.update.round")} (R)`);
    const restart = element("button", { type: "button", onclick: () => act.restart() }, words("page.update.restart"));
    this.said = element("p", { class: "changes" });
    this.drawn = element("div", { class: "drawn" });
    const side = element("div", {}, this.said, rates, element("div", { class: "again" }, round, restart));
    side.append(element("p", { class: "note" }, words("page.update.params", { names })));
    this.element = element("div", { class: "update" }, this.drawn, side);
  }

  // The slider goes in even parts of a power of two, from a 16th of the given rate to 16 times that.
  slide() {
    this.set(Number((this.start * 2 ** (Number(this.slider.value) / STEPS)).toPrecision(3)), this.slider);
  }

  read() {
    const given = typed(this.box.value);
    const isRate = given !== null && given.data > 0 && Number.isFinite(given.data);
    this.box.setAttribute("aria-invalid", !isRate);
    if (isRate) this.set(given.data, this.box);
    else this.act.refuse();
  }

  set(rate, from) {
    this.from = from; // what a person holds is not moved under the hand
    this.act.setRate(rate);
    this.from = null;
  }

  paint() {
    const { knowledge } = this;
    const { learning, round, step, words } = knowledge;
    this.element.hidden = round === 1 && step?.phase !== "update";
    this.element.parentNode?.classList.toggle("learning", !this.element.hidden);
    if (this.element.hidden) {
      this.drawn.replaceChildren();
      this.said.textContent = "";
      return;
    }
    const { number, start } = learning;
    if (this.slider !== this.from) this.slider.value = Math.round(STEPS * Math.log2(number / start));
    this.slider.setAttribute("aria-valuetext", numberText(number));
    if (this.box !== this.from) this.box.value = numberText(number, 6);
    const path = knowledge.descent;
    const root = knowledge.name(knowledge.root);
    const last = path.at(-1);
    const said = path.length > 1 ? [words("page.update.change", { round: path.length - 1, predicted: last.predicted, real: last.change }), words(`page.update.${last.outcome}`, { root })] : [];
    this.said.textContent = said.join(" ");
    this.said.classList.toggle("rises", ["rises", "undefined"].includes(last.outcome));
    this.drawn.replaceChildren(curve(path, root, words));
  }
}
