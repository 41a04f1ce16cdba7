// The bar above the picture: the buttons that walk through the steps, playing, what is asked for, and the time line with the
// border between the passes.

import { element, icon } from "./elements.js";

const PACES = [0.5, 1, 2, 4]; // of playing, as parts of one step in BEAT milliseconds
const BEAT = 1200;

export class Bar {
  // `act` has {go(k), back(), next(), last(), play(), askFor(ask), help()}; `border` and `ends` are the last steps of the two
  // passes, `asks` the ways in which may be asked; `more` are further buttons. `where` is for whoever says where we are.
  constructor(words, { border, ends, count, asks, more }, act) {
    Object.assign(this, { words, count });
    this.element = this.buildBar(act, asks, more);
    this.time = this.buildTime(act, border, ends);
  }

  // Milliseconds that a step is shown while the steps are played.
  get beat() {
    return BEAT / Number(this.pace.value);
  }

  buildBar(act, ways, more) {
    const { words } = this;
    this.first = button(words, "first", () => act.go(0), "", "Home");
    this.back = button(words, "back", () => act.back(), "", "←");
    this.next = button(words, "next", () => act.next(), "main", "→");
    this.last = button(words, "last", () => act.last(), "", "End");
    this.play = button(words, "play", () => act.play());
    const paces = PACES.map((pace) => element("option", { value: pace, selected: pace === 1 }, `${pace}×`));
    this.pace = element("select", { "aria-label": words("page.pace"), title: words("page.pace") }, ...paces);
    const asks = ways.map((ask) => element("option", { value: ask }, words(`page.ask.${ask}`)));
    this.ask = element("select", { onchange: () => act.askFor(this.ask.value) }, ...asks);
    const askLabel = element("label", { class: ways.length ? "asking" : "hidden" }, element("span", {}, words("page.ask")), this.ask);
    const hint = words("page.help");
    const help = element("button", { type: "button", class: "question", title: hint, "aria-label": hint, onclick: () => act.help() }, "?");
    this.where = element("p", { class: "where" });
    return element("div", { class: "bar" }, this.first, this.back, this.next, this.last, this.play, this.pace, askLabel, element("span", { class: "more" }, ...more, help));
  }

  buildTime(act, border, ends) {
    const part = (steps) => `${(100 * steps) / Math.max(this.count, 1)}%`;
    const share = part(border);
    const moved = () => act.go(Number(this.slider.value));
    this.slider = element("input", { type: "range", min: 0, max: this.count, step: 1, "aria-label": this.words("page.slider"), oninput: moved });
    const forward = element("span", { style: `width:${share}` }, border ? this.words("page.forward") : "");
    const passes = element("div", { class: "passes", "aria-hidden": "true" }, forward, element("span", { style: `width:${part(ends - border)}` }, this.words("page.backward")));
    if (ends < this.count) passes.append(element("span", {}, this.words("page.update")));
    return element("div", { class: "time", style: `--border:${share};--ends:${part(ends)}` }, this.slider, passes);
  }

  // Where we are: `phase` of the step `at`, which of the buttons lead on, and whether the steps are being played.
  paint({ at, phase, round, limit, isAlone, isOver, isPlaying }) {
    const step = this.words("page.where", { phase: this.words(`page.phase.${phase}`), step: at, steps: this.count });
    const where = round ? this.words("page.where.round", { round, where: step }) : step;
    this.where.textContent = where;
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", where);
    this.slider.style.setProperty("--done", `${(100 * at) / Math.max(this.count, 1)}%`);
    for (const part of [this.first, this.back]) part.disabled = at === 0 && !(round > 1);
    this.last.disabled = at === limit;
    this.play.disabled = isAlone;
    this.next.disabled = isAlone || isOver;
    const does = isPlaying ? "pause" : "play";
    if (this.play.dataset.does === does) return;
    this.play.dataset.does = does;
    this.play.replaceChildren(icon(does), element("span", {}, this.words(`page.${does}`)));
  }
}

// A button with a picture and, where there is room, a word; `key` is the key that does the same.
export function button(words, name, action, kind = "", key = "") {
  const text = words(`page.${name}`);
  const hint = key ? `${text} (${key})` : text;
  return element("button", { type: "button", class: `${kind} ${name}`.trim(), title: hint, onclick: action }, icon(name), element("span", {}, text));
}
