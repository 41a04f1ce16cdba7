// The step-through: the timeline, the picture, the panel and the tables, and how one moves through them. Its state is the
// number of the step, what was answered, and the numbers of the leaves; everything shown follows from these.

import { numberText } from "./numbers.js";
import { Run } from "./run.js";
import { MOST_ROUNDS } from "./rounds.js";
import { ASKS, Questions } from "./questions.js";
import { Knowledge } from "./knowledge.js";
import { Panel } from "./panel.js";
import { Rooms } from "./rooms.js";
import { Ways } from "./ways.js";
import { Bar, button } from "./bar.js";
import { Playing } from "./playing.js";
import { copied } from "./practice.js";
import { actOf } from "./keys.js";
import { question } from "./steptab.js";
import { Update } from "./update.js";
import { element, saying } from "./elements.js";
import { listen, toggle } from "./listening.js";
import { KEYS, NodeTable, StepList, helpDialog, legend } from "./tables.js";
import { svgOf } from "../../static/image.js";
import { Heading } from "./heading.js";
import { Presenter } from "./present.js";
import { THEMES, ThemeSwitch } from "./theme.js";
import { STYLE } from "./style.js"; // written by hosting.py from step.css

const WHOLE_PASSES = ["vote", "blank", "order"]; // ways to ask that know of both passes and nothing after them
const SEVERAL = 3.4; // how much wider than high the room for pictures of several shapes is, above the panel

export class StepThrough {
  // `Doors` makes the ways from layers to their arrays, where the page has them.
  constructor(host, data, alone, Doors = null) {
    this.host = host;
    this.alone = alone; // whether the page is this step-through and nothing else
    this.data = data;
    this.run = new Run(data.graph, data.steps);
    this.questions = new Questions(this.run, data.ask);
    const words = saying(data.words);
    this.words = words;
    this.knowledge = new Knowledge(this.run, this.questions, words, data.mistaken);
    this.panel = new Panel(this.knowledge, {
      editable: data.editable,
      answer: () => this.answer(),
      hint: () => this.hint(),
      show: () => this.showMe(),
      copy: () => this.copy(),
      change: (leaf, number) => this.change(leaf, number),
      putBack: () => this.putBack(),
      refuse: () => this.say(words("page.unreadable")),
      wiggle: (chosen) => this.wiggle(chosen),
    });
    this.ways = new Ways({
      run: this.run,
      questions: this.questions,
      knowledge: this.knowledge,
      words,
      editable: data.editable,
      say: (text) => this.say(text),
      go: (k, focus) => this.go(k, focus),
      act: { show: () => this.showMe() },
      repaint: () => this.repaint(),
      restart: () => this.forget("question"),
    });
    this.update = this.run.rounds && new Update(this.knowledge, {
      setRate: (rate) => this.setRate(rate),
      round: () => this.round(),
      restart: () => this.enter(1, 0),
      refuse: () => this.say(words("page.update.bad")),
    });
    this.nodes = new NodeTable(this.knowledge, (i) => this.jump(`n${i}`));
    this.list = new StepList(this.knowledge, (at) => this.go(at));
    this.doors = Doors && new Doors(this);
    this.rooms = new Rooms(this.knowledge, data, words, { jump: (key) => this.jump(key), paint: () => this.paintPicture(), made: (view) => this.doors?.furnish(view) });
    const act = {
      go: (k) => this.go(k),
      back: () => this.go(this.at - 1),
      next: () => this.next(),
      last: () => this.go(this.run.count),
      play: () => this.play(),
      askFor: (ask) => this.askFor(ask),
      help: () => this.help(),
    };
    this.heading = new Heading(this.knowledge, data.expression, alone ? "h1" : "p");
    this.theme = new ThemeSwitch(host, alone, words, () => this.writeAddress());
    this.presenter = new Presenter(this);
    const more = [this.theme.element, button(words, "present", () => this.presenter.toggle(), "", "P")];
    this.bar = new Bar(words, { border: this.run.border, ends: this.run.passesEnd, count: this.run.count, asks: this.asks, more }, act);
    this.playing = new Playing(() => this.bar.beat, {
      next: () => this.next(),
      isOver: () => this.at >= this.run.count && !this.knowledge.open,
      paint: () => this.paintBar(),
    });
    this.build();
    listen(this);
    this.readAddress();
  }

  // The ways in which may be asked.
  get asks() {
    if (this.data.mistaken) return [];
    return this.run.rounds ? ASKS.filter((ask) => !WHOLE_PASSES.includes(ask)) : ASKS;
  }

  get at() {
    return this.knowledge.at;
  }

  // --- moving ---

  go(k, focus = "") {
    if (this.run.rounds && (k > this.run.count || k < 0)) return this.goOn(k, focus);
    this.knowledge.at = Math.min(Math.max(Math.round(k), 0), this.ways.limit);
    if (this.at === this.run.count) this.pause();
    this.rooms.follow();
    this.paint(focus);
    this.writeAddress();
  }

  // Beyond the last step, into the next round of learning; before the first one, into the round before.
  goOn(k, focus) {
    const { count, rounds } = this.run;
    const way = k < 0 ? -1 : 1;
    if (way < 0 ? rounds.round === 1 : !rounds.mayGoOn) return this.go(way < 0 ? 0 : count, focus);
    this.enter(rounds.round + way, k - way * (count + 1), focus);
  }

  // To a step of a round of learning.
  enter(round, k, focus = "") {
    this.questions.enter(this.run.rounds.round, round);
    this.run.enter(round);
    this.ways.start();
    this.go(k, focus);
  }

  next() {
    if (this.ways.next()) return;
    if (this.knowledge.open) this.showMe();
    else if (this.at < this.run.count || this.run.rounds) {
      this.go(this.at + 1, this.at < this.run.count && this.questions.asks(this.at + 1) ? "question" : "");
    }
  }

  answer() {
    if (!this.knowledge.open) return;
    const input = this.panel.element.querySelector("input.answer");
    const verdict = this.questions.judge(this.at, input.value);
    if (verdict === "unreadable") {
      this.panel.element.querySelector(".verdict").textContent = this.words("page.unreadable");
      this.say(this.words("page.unreadable"));
      input.focus();
    } else {
      this.paint(this.knowledge.open ? "question" : "next");
      if (verdict === "wrong") this.say(this.knowledge.reply);
    }
  }

  hint() {
    if (!this.knowledge.open) return;
    this.questions.hint(this.at);
    this.paint("question");
    this.say(this.knowledge.hints.at(-1));
  }

  showMe() {
    if (!this.knowledge.open) return;
    this.questions.show(this.at);
    this.paint(this.knowledge.open ? "question" : "next");
  }

  async copy() {
    this.say(this.words((await copied(this.knowledge.log)) ? "page.copied" : "page.notcopied"));
  }

  play() {
    if (this.playing.isOn) return this.pause();
    if (this.at === this.run.count) this.go(this.run.rounds ? this.at + 1 : 0);
    this.playing.start();
  }

  pause() {
    this.playing.stop();
  }

  // To the step at which a card got its value or its gradient, or at which a wire was gone back along.
  jump(key) {
    if (key.startsWith("n") && this.ways.pick(Number(key.slice(1)))) return;
    const { sentAt, computedAt, arrivals, border } = this.run;
    if (key.startsWith("e")) return this.go(sentAt.get(key) ?? computedAt[Number(key.slice(1).split("-")[0])]);
    const i = Number(key.slice(1));
    const last = arrivals[i].at(-1);
    const isForward = this.at <= border && computedAt[i] !== this.at;
    const to = isForward ? computedAt[i] || last : last || computedAt[i];
    if (to) this.go(to);
  }

  find(name) {
    const i = this.data.graph.nodes.findIndex((node) => [node.name, node.typed].includes(name.trim()) && !node.quiet);
    const text = i < 0 ? this.words("page.notfound", { name }) : this.knowledge.line(i);
    this.parts.found.textContent = i < 0 && name.trim() ? text : "";
    this.say(text);
    this.rooms.find(i);
  }

  // Gives a leaf another number; what was answered before is forgotten.
  change(leaf, number) {
    const { run, knowledge } = this;
    run.set(leaf, number);
    this.forget();
    const texts = { name: knowledge.name(leaf), value: numberText(number), root: knowledge.name(run.root), result: knowledge.value(run.root) };
    this.say(this.words(texts.result ? "page.edited" : "page.edited.leaf", texts));
  }

  putBack() {
    this.run.reset();
    this.forget();
  }

  // Another learning rate, from this round on.
  setRate(rate) {
    this.run.setRate(rate);
    this.forget();
  }

  // To the end of the next round of learning.
  round() {
    const { rounds, count } = this.run;
    if (this.at < count) this.go(count);
    else if (rounds.mayGoOn) this.enter(rounds.round + 1, count);
  }

  // Forgets what was answered, and shows everything anew.
  forget(focus = "") {
    this.questions.forget();
    this.ways.start();
    this.go(this.at, focus);
  }

  // Lets a change of a leaf run forward, which is best seen at the end of the forward pass; null stops it, and leads back
  // to the step where it began, unless the reader has gone on from there.
  wiggle(chosen) {
    const { at } = this;
    const to = chosen && this.knowledge.mayWiggle ? Math.min(at, this.run.border) : at;
    if (to < at) this.left = { at, to };
    const back = !chosen && this.left?.to === at ? this.left.at : to;
    if (!chosen) this.left = null;
    this.run.wiggle(chosen);
    this.go(back);
  }

  // --- the address: page.html#step=7&ask=backward ---

  readAddress() {
    const given = new URLSearchParams(this.alone ? location.hash.slice(1) : "");
    if (this.asks.includes(given.get("ask")) && given.get("ask") !== this.questions.ask) {
      this.questions.ask = given.get("ask");
      this.questions.forget();
      this.ways.start();
    }
    this.bar.ask.value = this.questions.ask;
    const theme = given.get("theme") ?? this.data.theme;
    this.theme.choose(THEMES.includes(theme) ? theme : "auto");
    const step = given.has("step") ? Number(given.get("step")) : this.data.at;
    this.readLearning(given);
    this.go(Number.isFinite(step) ? step : 0);
    if (given.has("present")) this.presenter.enter();
    else this.presenter.leave();
    if (this.alone) this.host.shadowRoot.querySelector("input.answer")?.focus({ preventScroll: true }); // what is typed is the answer
  }

  // Of an address that was written while a graph learned: with which rate, and in which round.
  readLearning(given) {
    if (!this.run.rounds) return;
    const [rate, round] = [Number(given.get("lr")), Math.min(Math.max(Math.floor(Number(given.get("round"))) || 1, 1), MOST_ROUNDS)];
    if (rate > 0 && Number.isFinite(rate) && rate !== this.run.rounds.rate) {
      this.run.enter(1);
      this.run.setRate(rate);
    }
    if (round !== this.run.rounds.round) this.enter(round, 0);
  }

  get learned() {
    const { rounds } = this.run;
    if (!rounds) return "";
    const rate = rounds.isOneRate && rounds.rate !== this.run.graph.update.lr ? `&lr=${rounds.rate}` : "";
    return (rounds.round > 1 ? `&round=${rounds.round}` : "") + rate;
  }

  writeAddress() {
    if (!this.alone) return;
    const { ask } = this.questions;
    const { chosen } = this.theme;
    const more = [ask === "no" ? "" : `&ask=${ask}`, chosen === (this.data.theme ?? "auto") ? "" : `&theme=${chosen}`, this.presenter.isOn ? "&present" : ""];
    this.address = `#step=${this.at}${more.join("")}${this.learned}`;
    if (location.hash !== this.address) history.replaceState(null, "", this.address);
    document.dispatchEvent(new CustomEvent("chalkgrad-step", { detail: this.address })); // for a page that shows this one in a frame
  }

  // --- building ---

  build() {
    const root = this.host.attachShadow({ mode: "open" });
    const svg = svgOf(this.host.querySelector("img"));
    const label = this.words("page.label", { title: this.data.title });
    this.parts = { help: helpDialog((key) => this.words(key), { ...KEYS, ...this.doors?.keys }), live: element("p", { class: "unseen", "aria-live": "polite", role: "status" }) };
    const stage = element("div", { class: "stage" }, this.buildPicture(svg), this.panel.element);
    this.panel.tabs[0].pane.prepend(this.ways.element);
    this.panel.tabs[0].pane.append(this.ways.repeat);
    if (this.update) this.panel.tabs[0].pane.append(this.update.element);
    const notes = this.data.notes.map((note) => element("p", { class: "note" }, note)); // such as letters that mean something else elsewhere
    const below = element("div", { class: "below" }, ...notes, this.nodes.element, this.list.element, legend((key) => this.words(key)));
    this.app = element(
      "section",
      { class: "app", tabindex: -1, "aria-label": label }, // a click anywhere in it takes the keys
      element("div", { class: "head" }, this.heading.element, this.bar.where),
      this.bar.element,
      this.bar.time,
      stage,
      below,
      this.parts.help,
      this.parts.live,
      this.presenter.element,
    );
    root.append(element("style", {}, STYLE), svg.querySelector("style"), this.app); // the look of all pictures
    this.rooms.enter(0, svg);
    this.app.classList.add(this.data.stage);
    const { wide, tall } = this.rooms.view;
    this.host.style.setProperty("--aspect", this.data.rooms.length > 1 ? SEVERAL : (wide / tall).toFixed(3));
  }

  askFor(ask) {
    this.questions.ask = ask;
    this.forget();
  }

  buildPicture(svg) {
    const view = () => this.rooms.view;
    const words = (key) => this.words(key);
    const names = this.knowledge.named.map((i) => element("option", { value: this.knowledge.name(i) }));
    const text = this.words("page.search");
    const search = () => this.find(find.value);
    const find = element("input", { type: "search", list: "names", placeholder: text, "aria-label": text, onchange: search, onsearch: search });
    const fold = (covered, key) => element("button", { type: "button", onclick: () => view().coverAll(covered) }, this.words(key));
    const folds = this.rooms.canFold ? [fold(true, "page.fold.all"), fold(false, "page.unfold.all")] : [];
    const tools = [
      button(words, "closer", () => view().zoom(1.25), "small"),
      button(words, "away", () => view().zoom(0.8), "small"),
      button(words, "fit", () => view().fit(), "small"),
    ];
    const list = element("datalist", { id: "names" }, ...names);
    this.parts.found = element("span", { class: "lost" });
    return element("figure", { class: "picture" }, svg, element("div", { class: "tools" }, this.parts.found, this.doors?.button, this.rooms.choice, ...folds, find, list, ...tools));
  }

  help() {
    toggle(this.parts.help);
  }

  // --- keys ---

  key(event) {
    const from = event.composedPath()[0];
    if (!event.ctrlKey && !event.metaKey && !event.altKey && this.presenter.key(event)) return event.preventDefault();
    const kind = from.tagName === "INPUT" ? from.type : from.tagName?.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey || this.parts.help.open || this.doors?.isOpen) return;
    if (from.classList?.contains("answer") && ["Enter", "h", "H"].includes(event.key)) {
      event.preventDefault(); // no number has an h in it
      return event.key === "Enter" ? this.answer() : this.hint();
    }
    if (["text", "search", "select"].includes(kind)) return;
    if (kind === "range" && !["?", " "].includes(event.key)) return; // a slider has keys of its own
    const isButton = ["button", "summary"].includes(kind) || from.getAttribute?.("role") === "button";
    if (this.ways.key(event)) return event.preventDefault();
    if (this.update && event.key.toLowerCase() === "r") return this.round();
    if (this.doors && event.key.toLowerCase() === "a") return this.doors.open();
    const act = event.key === " " ? !isButton && (() => this.play()) : actOf(this, event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  // --- painting ---

  say(text) {
    this.parts.live.textContent = text;
  }

  paint(focus = "") {
    const root = this.host.shadowRoot;
    const held = root.activeElement;
    this.paintBar();
    this.ways.paint();
    this.heading.paint();
    this.paintPicture();
    this.panel.paint();
    this.update?.paint();
    this.nodes.paint();
    this.list.paint();
    if (this.knowledge.open) this.say(question(this.knowledge));
    else this.say(this.knowledge.sentence(this.at) ?? this.ways.greeting ?? this.words("page.start"));
    if (held && (held.disabled || !held.isConnected)) this.app.focus({ preventScroll: true }); // or the keys would be lost
    if (focus === "question") root.querySelector("input.answer")?.focus();
    if (focus === "next") this.bar.next.focus();
    this.presenter.paint();
  }

  paintBar() {
    const { run, at, ways } = this;
    const phase = at ? run.step(at).phase : "start";
    const isOver = at === run.count && !this.knowledge.open && !run.rounds?.mayGoOn;
    this.bar.paint({ at, phase, round: this.knowledge.round, limit: ways.limit, isAlone: ways.isAlone, isOver, isPlaying: this.playing.isOn });
  }

  // Paints all cards, where more than the step has changed.
  repaint() {
    this.rooms.painted = null;
    this.paintPicture();
  }

  paintPicture() {
    const { isFresh, entries } = this.knowledge;
    this.rooms.paint([this.questions.ask, this.run.version, this.run.changes, entries, isFresh, this.at > this.run.border]);
  }
}
