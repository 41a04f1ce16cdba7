// The step-through of arrays: the chain, the panel, the list of steps, and the scalars behind an entry. Its state is the
// number of the step, the entry that is looked into, and what was answered.

import { Bar, button } from "../bar.js";
import { element, saying } from "../elements.js";
import { listen, toggle } from "../listening.js";
import { parseNumber } from "../numbers.js";
import { StepThrough } from "../page.js";
import { Playing } from "../playing.js";
import { knows } from "../run.js";
import { STYLE } from "../style.js"; // written by hosting.py
import { StepList, helpDialog } from "../tables.js";
import { THEMES, ThemeSwitch } from "../theme.js";
import { ASKS, Asking } from "./asking.js";
import { Chain, letters } from "./chain.js";
import { Known } from "./known.js";
import { ArrayPanel } from "./panel.js";
import { ArrayPresenter } from "./present.js";

const KEYS = {
  "← →": "page.help.arrows",
  "Home End": "page.help.ends",
  Space: "page.help.space",
  "E, ← → ↑ ↓": "array.help.entry",
  Esc: "array.help.escape",
  Enter: "page.help.enter",
  H: "page.help.hint",
  P: "page.help.present",
  T: "page.help.theme",
  "?": "page.help.help",
};

// The step-through of a graph with the numbers of one example, which it goes back to when others were put in.
class ExampleThrough extends StepThrough {
  open(leaves, at) {
    this.example = leaves.map(([leaf, text]) => [leaf, parseNumber(text)]);
    this.putBack();
    this.go(at);
  }

  putBack() {
    this.run.setAll(this.example);
    this.forget();
  }
}

export class ArrayThrough {
  // `around` has {back, isAlone, scalars(example, at)}, where the page of a graph shows the scalars itself; `back` is the
  // way to it.
  constructor(host, data, alone, around = null) {
    Object.assign(this, { host, data, alone, around, words: saying(data.words) });
    this.asking = new Asking(data, this.words);
    this.known = new Known(data, this.asking, this.words);
    this.chain = new Chain(this.known, data.blocks, { choose: (place) => this.choose(place), fitted: () => this.paint() });
    this.panel = new ArrayPanel(this.known, {
      answer: () => this.answer(),
      hint: () => this.hint(),
      show: () => this.showMe(),
      scalars: (example, at) => this.openScalars(example, at),
      leave: () => this.choose(null),
    });
    this.list = new StepList(this.known, (at) => this.go(at));
    this.theme = new ThemeSwitch(host, alone, this.words, () => this.writeAddress());
    this.presenter = new ArrayPresenter(this);
    const more = [this.theme.element, button(this.words, "present", () => this.presenter.toggle(), "", "P")];
    const act = {
      go: (k) => this.go(k),
      back: () => this.go(this.known.at - 1),
      next: () => this.next(),
      last: () => this.go(this.known.count),
      play: () => this.play(),
      askFor: (ask) => this.askFor(ask),
      help: () => this.help(),
    };
    const { border, count } = this.known;
    this.bar = new Bar(this.words, { border, ends: count, count, asks: ASKS, more }, act);
    this.playing = new Playing(() => this.bar.beat, {
      next: () => this.next(),
      isOver: () => this.known.at >= count && !this.known.open,
      paint: () => this.paintBar(),
    });
    this.build();
    listen(this);
    this.readAddress();
  }

  get at() {
    return this.known.at;
  }

  // --- moving ---

  go(k, focus = "") {
    this.known.at = Math.min(Math.max(Math.round(k), 0), this.known.count);
    this.known.chosen = null;
    if (this.known.at === this.known.count) this.playing.stop();
    this.paint(focus);
    this.writeAddress();
  }

  // Goes to a step and looks into an entry; null for none.
  show(at, place) {
    this.go(at);
    if (place) this.choose(place);
  }

  next() {
    if (this.known.open) this.showMe();
    else if (this.known.at < this.known.count) this.go(this.known.at + 1, this.asking.open(this.known.at + 1) ? "question" : "");
  }

  play() {
    if (this.playing.isOn) return this.playing.stop();
    if (this.known.at === this.known.count) this.go(0);
    this.playing.start();
  }

  // Looks into an entry; null ends it.
  choose(place) {
    this.known.chosen = place;
    this.chain.paint();
    this.panel.paint();
    this.presenter.paint();
    this.writeAddress();
    if (place) this.say(this.known.entry(place).text);
    else this.app.focus({ preventScroll: true }); // the arrow keys go through the steps again
  }

  askFor(ask) {
    this.asking.ask = ask;
    this.asking.forget();
    this.go(this.known.at);
  }

  answer() {
    const { known } = this;
    if (!known.open) return;
    const inputs = [...this.panel.element.querySelectorAll("input.answer")];
    const key = known.open === "shape" ? "array.unreadable.shape" : "page.unreadable";
    const verdict = this.asking.judge(known.at, inputs.map((input) => input.value));
    if (verdict === "unreadable") {
      this.panel.element.querySelector(".verdict").textContent = this.words(key);
      this.say(this.words(key));
      inputs.find((input) => !input.value)?.focus();
    } else {
      this.paint(known.open ? "question" : "next");
      if (verdict === "wrong") this.say(known.reply);
    }
  }

  hint() {
    if (!this.known.open) return;
    this.asking.hint(this.known.at);
    this.paint("question");
    this.say(this.known.hints.at(-1));
  }

  showMe() {
    if (!this.known.open) return;
    this.asking.show(this.known.at);
    this.paint(this.known.open ? "question" : "next");
  }

  // --- the scalars of an example ---

  openScalars(example, at) {
    if (this.around) return this.around.scalars(example, at);
    const { scalars } = this.data;
    if (!scalars || !knows(scalars.data.graph)) return;
    this.scalars ??= this.buildScalars(scalars);
    this.scalars.through.theme.choose(this.theme.chosen);
    this.scalars.through.open(scalars.leaves[example], at);
    this.scalars.title.textContent = this.words("array.scalars.of", { example: example + 1 });
    this.left = this.host.shadowRoot.activeElement;
    this.arrays.hidden = true;
    this.scalars.element.hidden = false;
    this.scalars.back.focus();
  }

  // The step-through of a graph, with the numbers of one example.
  buildScalars({ data, picture }) {
    const host = element("div", { class: "chalkgrad-step" }, element("img", { alt: "", src: `data:image/svg+xml;base64,${picture}` }));
    const back = element("button", { type: "button", class: "main", title: "Esc", onclick: () => this.closeScalars() }, this.words("array.return"));
    const title = element("h2", {});
    const room = element("div", { class: "scalars" }, element("div", { class: "return" }, back, title), host);
    room.addEventListener("keydown", (event) => this.keyInScalars(event), true);
    this.app.append(room);
    return { element: room, back, title, through: new ExampleThrough(host, { ...data, words: this.data.words }, false) };
  }

  keyInScalars(event) {
    if (event.key !== "Escape" || this.scalars.through.parts.help.open || this.scalars.through.presenter.isOn) return;
    event.preventDefault();
    event.stopPropagation();
    this.closeScalars();
  }

  closeScalars() {
    this.scalars.through.pause();
    this.scalars.element.hidden = true;
    this.arrays.hidden = false;
    const target = this.left?.isConnected ? this.left : this.app;
    target.focus({ preventScroll: true });
  }

  get isInScalars() {
    return this.scalars !== undefined && !this.scalars.element.hidden;
  }

  // --- the address: page.html#step=7&entry=dW1,1,2&ask=shapes ---

  readAddress() {
    const given = new URLSearchParams(this.alone ? location.hash.slice(1) : "");
    if (ASKS.includes(given.get("ask")) && given.get("ask") !== this.asking.ask) {
      this.asking.ask = given.get("ask");
      this.asking.forget();
    }
    this.bar.ask.value = this.asking.ask;
    const theme = given.get("theme") ?? this.data.theme;
    this.theme.choose(THEMES.includes(theme) ? theme : "auto");
    const step = given.has("step") ? Number(given.get("step")) : this.data.at;
    this.go(Number.isFinite(step) ? step : 0);
    const place = this.known.placeOf(given.get("entry"));
    if (place) this.choose(place);
    if (given.has("present")) this.presenter.enter();
    else this.presenter.leave();
    if (this.alone) this.panel.element.querySelector("input.answer")?.focus({ preventScroll: true });
  }

  writeAddress() {
    if (!this.alone) return;
    const { ask } = this.asking;
    const { chosen } = this.theme;
    const more = [ask === "no" ? "" : `&ask=${ask}`, chosen === (this.data.theme ?? "auto") ? "" : `&theme=${chosen}`, this.presenter.isOn ? "&present" : ""];
    const { looked } = this.known;
    const entry = looked ? `&entry=${this.known.named(looked)}` : "";
    this.address = `#step=${this.known.at}${entry}${more.join("")}`;
    if (location.hash !== this.address) history.replaceState(null, "", this.address);
  }

  // --- building ---

  build() {
    const root = this.host.attachShadow({ mode: "open" });
    const label = this.words("page.label", { title: this.data.title });
    this.parts = { help: helpDialog(this.words, KEYS, "array.help.mouse"), live: element("p", { class: "unseen", "aria-live": "polite", role: "status" }) };
    const heading = element(this.alone || this.around?.isAlone ? "h1" : "p", { class: "expression" }, ...this.data.heading.flatMap((runs, k) => [k ? ",  " : "", ...letters(runs)]));
    const about = element("span", { class: "about" }, this.data.about);
    const note = this.data.note ? element("p", { class: "note" }, this.data.note) : null;
    this.arrays = element(
      "div",
      { class: "arrays-view" },
      element("div", { class: "head" }, this.around?.back, heading, about, this.bar.where),
      this.bar.element,
      this.bar.time,
      note,
      element("div", { class: "stage" }, this.chain.element, this.panel.element),
      element("div", { class: "below" }, this.list.element),
    );
    this.app = element("section", { class: "app", tabindex: -1, "aria-label": label }, this.arrays, this.parts.help, this.parts.live, this.presenter.element);
    root.append(element("style", {}, STYLE), this.app);
  }

  help() {
    toggle(this.parts.help);
  }

  // --- keys ---

  key(event) {
    const from = event.composedPath()[0];
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isPlain && !this.isInScalars && this.presenter.key(event)) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || this.parts.help.open || this.isInScalars) return;
    if (from.classList?.contains("answer")) {
      if (!["Enter", "h", "H", "Escape"].includes(event.key)) return;
      event.preventDefault(); // no number has an h in it
      if (event.key === "Enter") return this.enter(from);
      return event.key === "Escape" ? this.app.focus({ preventScroll: true }) : this.hint();
    }
    const kind = from.tagName === "INPUT" ? from.type : from.tagName?.toLowerCase();
    if (["text", "select"].includes(kind) || (kind === "range" && !["?", " "].includes(event.key))) return;
    const act = event.key === " " ? !["button", "summary"].includes(kind) && (() => this.play()) : this.acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // Enter in the first of two inputs goes to the second one.
  enter(input) {
    const empty = [...this.panel.element.querySelectorAll("input.answer")].find((one) => !one.value.trim());
    if (empty && empty !== input) empty.focus();
    else this.answer();
  }

  get acts() {
    const { known } = this;
    return {
      ArrowRight: () => this.next(),
      ArrowLeft: () => this.go(known.at - 1),
      Home: () => this.go(0),
      End: () => this.go(known.count),
      Escape: () => this.choose(null),
      e: () => this.enterEntries(),
      h: () => this.hint(),
      p: () => this.presenter.toggle(),
      t: () => this.theme.turn(),
      "?": () => this.help(),
    };
  }

  // Goes to the numbers of the array of this step, or of the first one.
  enterEntries() {
    const k = this.known.current !== null && this.known.state(this.known.current) === "known" ? this.known.current : (this.known.read[0] ?? 0);
    this.chain.focus([k, 0, 0]);
  }

  // --- painting ---

  say(text) {
    this.parts.live.textContent = text;
  }

  paint(focus = "") {
    const root = this.host.shadowRoot;
    const held = root.activeElement;
    this.paintBar();
    this.chain.paint();
    this.panel.paint();
    this.list.paint();
    this.presenter.paint();
    if (this.known.open) this.say(this.known.question);
    else this.say(this.known.step ? `${this.known.sentence(this.known.at)}. ${this.known.step.why}` : this.words("array.start"));
    if (held && (held.disabled || !held.isConnected)) this.app.focus({ preventScroll: true });
    if (focus === "question") this.panel.element.querySelector("input.answer")?.focus({ preventScroll: true });
    if (focus === "next") this.bar.next.focus({ preventScroll: true });
  }

  paintBar() {
    const { at, phase, count, open } = this.known;
    this.bar.paint({ at, phase, limit: count, isAlone: false, isOver: at === count && !open, isPlaying: this.playing.isOn });
  }
}
