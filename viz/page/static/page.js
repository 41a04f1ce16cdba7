// The step-through: the timeline, the picture, the panel and the tables, and how one moves through them. Its state is the
// number of the step, what was answered, and the numbers of the leaves; everything shown follows from these.

import { numberText } from "./numbers.js";
import { sentence } from "./words.js";
import { Run } from "./run.js";
import { ASKS, Questions } from "./questions.js";
import { Knowledge } from "./knowledge.js";
import { PictureView } from "./picture.js";
import { element, icon } from "./elements.js";
import { question, stepPanel } from "./steppanel.js";
import { WhatIf, Wiggle } from "./leaves.js";
import { NodeTable, StepList, helpDialog, legend } from "./tables.js";
import { svgFrom, svgOf } from "../../static/image.js";
import { followTheme } from "../../static/theme.js";
import { STYLE } from "./style.js"; // written by stepper.py from step.css

const PACES = [0.5, 1, 2, 4]; // of playing, as parts of one step in BEAT milliseconds
const BEAT = 1200;
const TABS = ["step", "whatif", "wiggle"];
const FLAT = 1.9; // a picture that is wider than this, for its height, stands above the panel, another one beside it
const FEW = 50; // steps, over which a jump paints only what they change

class StepThrough {
  constructor(host, alone) {
    this.host = host;
    this.alone = alone; // whether the page is this step-through and nothing else
    this.data = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
    this.run = new Run(this.data.graph, this.data.steps);
    this.questions = new Questions(this.run, this.data.ask);
    const words = (key, texts) => this.words(key, texts);
    this.knowledge = new Knowledge(this.run, this.questions, words);
    this.whatIf = new WhatIf(this.run, this.data.editable, words, { changed: (leaf) => this.edited(leaf), refused: () => this.say(words("page.unreadable")) });
    this.wiggle = new Wiggle(this.run, this.data.editable, words, () => this.paint());
    this.nodes = new NodeTable(this.knowledge, (i) => this.jump(`n${i}`));
    this.list = new StepList(this.knowledge, (at) => this.go(at));
    this.views = [];
    this.build();
    this.listen();
    this.readAddress();
  }

  words(key, texts = {}) {
    return this.data.words[key].replace(/\{(\w+)\}/g, (_, name) => texts[name]);
  }

  get at() {
    return this.knowledge.at;
  }

  // --- moving ---

  go(k, focus = "") {
    this.knowledge.at = Math.min(Math.max(Math.round(k), 0), this.run.count);
    if (this.at === this.run.count) this.pause();
    this.follow();
    this.paint(focus);
    this.writeAddress();
  }

  next() {
    if (this.knowledge.open) this.showMe();
    else this.go(this.at + 1, this.at < this.run.count && this.questions.asks(this.at + 1) ? "question" : "");
  }

  answer() {
    if (!this.knowledge.open) return;
    const input = this.parts.panes.step.querySelector("input.answer");
    const verdict = this.questions.judge(this.at, input.value);
    if (verdict === "unreadable") {
      this.parts.panes.step.querySelector(".verdict").textContent = this.words("page.unreadable");
      this.say(this.words("page.unreadable"));
      input.focus();
    } else {
      this.paint(this.knowledge.open ? "question" : "next");
      if (verdict === "wrong") this.say(this.words("page.wrong", { guess: input.value.trim() }));
    }
  }

  showMe() {
    if (!this.knowledge.open) return;
    this.questions.show(this.at);
    this.paint(this.knowledge.open ? "question" : "next");
  }

  play() {
    if (this.timer) return this.pause();
    if (this.at === this.run.count) this.go(0);
    const wait = () => setTimeout(tick, BEAT / Number(this.parts.pace.value));
    const tick = () => {
      this.next();
      this.timer = this.at < this.run.count || this.knowledge.open ? wait() : null;
      if (!this.timer) this.pause();
    };
    this.timer = wait();
    this.paintBar();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.paintBar();
  }

  // To the step at which a card got its value or its gradient, or at which a wire was gone back along.
  jump(key) {
    const { sentAt, computedAt, arrivals, border } = this.run;
    if (key.startsWith("e")) return this.go(sentAt.get(key) ?? computedAt[Number(key.slice(1).split("-")[0])]);
    const i = Number(key.slice(1));
    const last = arrivals[i].at(-1);
    const isForward = this.at <= border && computedAt[i] !== this.at;
    const to = isForward ? computedAt[i] || last : last || computedAt[i];
    if (to) this.go(to);
  }

  find(name) {
    const i = this.data.graph.nodes.findIndex((node) => node.name === name.trim() && !node.quiet);
    this.say(i < 0 ? this.words("page.notfound", { name }) : this.knowledge.line(i));
    this.host.shadowRoot.querySelectorAll(".found").forEach((card) => card.classList.remove("found"));
    if (i < 0) return;
    if (this.cardOf(i) !== `n${i}`) this.move(this.data.group[i] + 1);
    this.view.reveal([`n${i}`], true);
    this.view.cards.get(`n${i}`).frame.classList.add("found");
  }

  // After a leaf has another number, or all have their own again (null).
  edited(leaf) {
    this.questions.forget();
    this.paint();
    const { run } = this;
    const texts = leaf !== null && { name: run.name(leaf), value: numberText(run.leaves.get(leaf)), root: run.name(run.root), result: numberText(run.values[run.root]) };
    if (texts) this.say(this.words("page.edited", texts));
  }

  // --- the address: page.html#step=7&ask=backward ---

  readAddress() {
    const given = new URLSearchParams(this.alone ? location.hash.slice(1) : "");
    if (ASKS.includes(given.get("ask"))) this.questions.ask = given.get("ask");
    this.parts.ask.value = this.questions.ask;
    const step = given.has("step") ? Number(given.get("step")) : this.data.at;
    this.go(Number.isFinite(step) ? step : 0);
  }

  writeAddress() {
    if (!this.alone) return;
    const { ask } = this.questions;
    this.address = `#step=${this.at}${ask === "no" ? "" : `&ask=${ask}`}`;
    if (location.hash !== this.address) history.replaceState(null, "", this.address);
  }

  // --- building ---

  build() {
    const root = this.host.attachShadow({ mode: "open" });
    const svg = svgOf(this.host.querySelector("img"));
    const label = this.words("page.label", { title: this.data.title });
    this.parts = { help: helpDialog((key) => this.words(key)), live: element("p", { class: "unseen", "aria-live": "polite", role: "status" }) };
    const stage = element("div", { class: "stage" }, this.buildPicture(svg), this.buildPanel());
    const notes = this.data.notes.map((note) => element("p", { class: "note" }, note)); // such as letters that mean something else elsewhere
    const below = element("div", { class: "below" }, ...notes, this.nodes.element, this.list.element, legend((key) => this.words(key)));
    this.app = element(
      "section",
      { class: "app", tabindex: -1, "aria-label": label }, // a click anywhere in it takes the keys
      this.alone ? element("h1", { class: "unseen" }, label) : null,
      this.buildBar(),
      this.buildTime(),
      stage,
      below,
      this.parts.help,
      this.parts.live,
    );
    root.append(element("style", {}, STYLE), this.app);
    this.enter(0, svg);
    const isFlat = this.view.wide / this.view.tall > FLAT;
    this.app.classList.toggle("flat", isFlat);
    stage.classList.toggle("square-stage", !isFlat);
    this.host.style.setProperty("--aspect", this.view.aspect().toFixed(3));
    this.view.open();
    followTheme(this.host);
  }

  button(name, action, kind = "", key = "") {
    const text = this.words(`page.${name}`);
    const hint = key ? `${text} (${key})` : text;
    return element("button", { type: "button", class: `${kind} ${name}`.trim(), title: hint, onclick: action }, icon(name), element("span", {}, text));
  }

  buildBar() {
    const { parts } = this;
    parts.first = this.button("first", () => this.go(0), "", "Home");
    parts.back = this.button("back", () => this.go(this.at - 1), "", "←");
    parts.next = this.button("next", () => this.next(), "main", "→");
    parts.last = this.button("last", () => this.go(this.run.count), "", "End");
    parts.play = this.button("play", () => this.play());
    const paces = PACES.map((pace) => element("option", { value: pace, selected: pace === 1 }, `${pace}×`));
    parts.pace = element("select", { "aria-label": this.words("page.pace"), title: this.words("page.pace") }, ...paces);
    const asks = ASKS.map((ask) => element("option", { value: ask }, this.words(`page.ask.${ask}`)));
    parts.ask = element("select", { onchange: () => this.askFor(parts.ask.value) }, ...asks);
    const askLabel = element("label", { class: "asking" }, element("span", {}, this.words("page.ask")), parts.ask);
    const hint = this.words("page.help");
    const help = element("button", { type: "button", class: "question", title: hint, "aria-label": hint, onclick: () => this.help() }, "?");
    parts.where = element("p", { class: "where" });
    return element("div", { class: "bar" }, parts.first, parts.back, parts.next, parts.last, parts.play, parts.pace, askLabel, help, parts.where);
  }

  askFor(ask) {
    this.questions.ask = ask;
    this.questions.forget();
    this.go(this.at);
  }

  buildTime() {
    const { border, count } = this.run;
    const share = `${(100 * border) / Math.max(count, 1)}%`;
    const moved = () => this.go(Number(this.parts.slider.value));
    this.parts.slider = element("input", { type: "range", min: 0, max: count, step: 1, "aria-label": this.words("page.slider"), oninput: moved });
    const forward = element("span", { style: `width:${share}` }, border ? this.words("page.forward") : "");
    const passes = element("div", { class: "passes", "aria-hidden": "true" }, forward, element("span", {}, this.words("page.backward")));
    return element("div", { class: "time", style: `--border:${share}` }, this.parts.slider, passes);
  }

  buildPicture(svg) {
    const { rooms, graph } = this.data;
    const names = graph.nodes.filter((node) => !node.quiet).map((node) => element("option", { value: node.name }));
    const text = this.words("page.search");
    const search = () => this.find(find.value);
    const find = element("input", { type: "search", list: "names", placeholder: text, "aria-label": text, onchange: search, onsearch: search });
    const places = rooms.map(({ title }, room) => element("option", { value: room }, title || this.words("page.overview")));
    const chosen = () => this.move(Number(this.parts.rooms.value));
    this.parts.rooms = rooms.length > 1 ? element("select", { "aria-label": this.words("page.rooms"), onchange: chosen }, ...places) : null;
    const fold = (covered, key) => element("button", { type: "button", onclick: () => this.view.coverAll(covered) }, this.words(key));
    const folds = rooms.length === 1 && rooms[0].frames.length ? [fold(true, "page.fold.all"), fold(false, "page.unfold.all")] : [];
    const tools = [
      this.button("closer", () => this.view.zoom(1.25), "small"),
      this.button("away", () => this.view.zoom(0.8), "small"),
      this.button("fit", () => this.view.fit(), "small"),
    ];
    const list = element("datalist", { id: "names" }, ...names);
    return element("figure", { class: "picture" }, svg, element("div", { class: "tools" }, this.parts.rooms, ...folds, find, list, ...tools));
  }

  buildPanel() {
    const { parts } = this;
    const tab = (name) =>
      element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => this.turnTo(name) }, this.words(`page.tab.${name}`));
    const pane = (name, content) => element("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}` }, content ?? null);
    parts.tabs = Object.fromEntries(TABS.map((name) => [name, tab(name)]));
    parts.panes = { step: pane("step"), whatif: pane("whatif", this.whatIf.element), wiggle: pane("wiggle", this.wiggle.element) };
    const turned = (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      this.turnTo(TABS[(TABS.indexOf(this.tab) + way + TABS.length) % TABS.length]);
      parts.tabs[this.tab].focus();
    };
    this.showTab("step");
    const list = element("div", { role: "tablist", class: "tabs", onkeydown: turned }, ...Object.values(parts.tabs));
    return element("section", { class: "panel" }, list, ...Object.values(parts.panes));
  }

  showTab(tab) {
    this.tab = tab;
    for (const [name, button] of Object.entries(this.parts.tabs)) {
      button.setAttribute("aria-selected", name === tab);
      button.tabIndex = name === tab ? 0 : -1;
      this.parts.panes[name].hidden = name !== tab;
    }
  }

  // A change runs forward while the panel for it is open, and is best seen at the end of the forward pass.
  turnTo(tab) {
    this.showTab(tab);
    this.run.wiggle(tab === "wiggle" ? this.wiggle.chosen : null);
    this.go(this.run.wiggled ? Math.min(this.at, this.run.border) : this.at);
  }

  help() {
    const { help } = this.parts;
    if (help.open) help.close();
    else help.showModal();
  }

  // --- several pictures of one graph ---

  // Shows the picture at a place: the overview, or the close-up of a group.
  enter(room, svg = null) {
    this.views[room] ??= this.makeView(room, svg ?? svgFrom(this.data.rooms[room].svg));
    this.room = room;
    this.view?.svg.replaceWith(this.views[room].svg);
    this.view = this.views[room];
  }

  makeView(room, svg) {
    svg.setAttribute("aria-label", [this.data.title, this.data.rooms[room].title].filter(Boolean).join(", "));
    const sourceOf = (key) => {
      const [node, slot] = key.slice(1).split("-").map(Number);
      return this.cardOf(this.data.graph.nodes[node].parents[slot], room);
    };
    const view = new PictureView(svg, this.data.rooms[room], sourceOf, (key, texts) => this.words(key, texts));
    return Object.assign(view, { onPick: (key) => this.jump(key), onFold: () => this.paintPicture(), onEnter: (group) => this.move(group + 1) });
  }

  // The same at a click, with everything painted as it is now.
  move(room) {
    this.closely = room > 0;
    this.show(room);
    this.paintPicture();
    if (room && this.roomOfStep !== room) this.view.reveal([`n${this.data.group.indexOf(room - 1)}`], true);
  }

  // The picture in which the step is seen best, of several: 0 is the overview; null before the first step.
  get roomOfStep() {
    const { written } = this.knowledge;
    return written < 0 ? null : this.data.group[written] + 1;
  }

  // Who has chosen a close-up goes with the step from one to the next; who only looks around in another one stays there.
  follow() {
    if (this.closely && ![null, this.room].includes(this.roomOfStep)) this.show(this.roomOfStep);
  }

  show(room) {
    this.enter(room);
    this.view.open();
    this.painted = null;
    this.parts.rooms.value = room;
  }

  // The key of the card on which a node is shown in a picture: its own, or that of its folded group.
  cardOf(i, room = this.room) {
    const group = this.data.group ? this.data.group[i] : -1;
    return (group >= 0 && group + 1 !== room && this.data.rooms[room].keys[group]) || `n${i}`;
  }

  // --- keys ---

  listen() {
    const target = this.alone ? document : this.host.shadowRoot;
    target.addEventListener("keydown", (event) => this.key(event));
    if (this.alone) addEventListener("hashchange", () => location.hash === this.address || this.readAddress());
    else this.host.addEventListener("keydown", (event) => event.stopPropagation()); // what is typed here is not for the notebook
  }

  key(event) {
    const from = event.composedPath()[0];
    const kind = from.tagName === "INPUT" ? from.type : from.tagName?.toLowerCase();
    if (event.key === "Enter" && from.classList?.contains("answer")) {
      event.preventDefault();
      return this.answer();
    }
    if (["text", "search", "select"].includes(kind) || event.ctrlKey || event.metaKey || event.altKey || this.parts.help.open) return;
    if (kind === "range" && event.key !== "?") return; // a slider has keys of its own
    const isButton = ["button", "summary"].includes(kind) || from.getAttribute?.("role") === "button";
    const act = event.key === " " ? !isButton && (() => this.play()) : this.actOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  actOf({ key, shiftKey }) {
    const pans = { ArrowRight: [0.1, 0], ArrowLeft: [-0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
    if (shiftKey && pans[key]) return () => this.view.pan(...pans[key]);
    const acts = {
      ArrowRight: () => this.next(),
      ArrowLeft: () => this.go(this.at - 1),
      Home: () => this.go(0),
      End: () => this.go(this.run.count),
      "?": () => this.help(),
      "+": () => this.view.zoom(1.25),
      "-": () => this.view.zoom(0.8),
      0: () => this.view.fit(),
    };
    return acts[key];
  }

  // --- painting ---

  say(text) {
    this.parts.live.textContent = text;
  }

  paint(focus = "") {
    const root = this.host.shadowRoot;
    const held = root.activeElement;
    this.paintBar();
    this.paintPicture();
    this.paintPanel();
    this.whatIf.paint();
    this.wiggle.paint(this.knowledge);
    this.nodes.paint();
    this.list.paint();
    if (held && (held.disabled || !held.isConnected)) this.app.focus({ preventScroll: true }); // or the keys would be lost
    if (focus === "question") root.querySelector("input.answer")?.focus();
    if (focus === "next") this.parts.next.focus();
  }

  paintBar() {
    const { parts, run, at } = this;
    const phase = this.words(`page.phase.${at ? run.step(at).phase : "start"}`);
    const where = this.words("page.where", { phase, step: at, steps: run.count });
    parts.where.textContent = where;
    parts.slider.value = at;
    parts.slider.setAttribute("aria-valuetext", where);
    parts.slider.style.setProperty("--done", `${(100 * at) / Math.max(run.count, 1)}%`);
    for (const part of [parts.first, parts.back]) part.disabled = at === 0;
    parts.last.disabled = at === run.count;
    parts.next.disabled = at === run.count && !this.knowledge.open;
    const does = this.timer ? "pause" : "play";
    if (parts.play.dataset.does === does) return;
    parts.play.dataset.does = does;
    parts.play.replaceChildren(icon(does), element("span", {}, this.words(`page.${does}`)));
  }

  paintPicture() {
    const { knowledge } = this;
    const { written, reads } = knowledge;
    const marked = { now: written < 0 ? [] : [`n${written}`], read: reads.map((i) => `n${i}`) };
    const state = {
      card: (key) => (key.startsWith("g") ? { folded: true, mark: this.foldedMark(key) } : knowledge.card(Number(key.slice(1)))),
      wire: (key) => knowledge.wire(key),
      marked: (mark) => marked[mark],
    };
    this.view.paint(state, this.changed());
    if (written >= 0) this.view.reveal([written, ...reads].map((i) => this.cardOf(i)));
  }

  // The mark of a folded card: that of a node in it.
  foldedMark(key) {
    const { written, reads } = this.knowledge;
    if (written >= 0 && this.cardOf(written) === key) return "now";
    return reads.some((i) => this.cardOf(i) === key) ? "read" : "";
  }

  // The cards and wires that look different since the last painting; null for all, where more than the step has changed.
  changed() {
    const before = this.painted;
    const { at, known, wiggles } = this.knowledge;
    this.painted = { at, known, wiggles, values: this.run.values, changes: this.run.changes, ask: this.questions.ask };
    const same = before && ["values", "ask", "changes", "wiggles"].every((name) => before[name] === this.painted[name]);
    if (!same || Math.abs(before.at - at) > FEW) return null;
    const keys = new Set();
    for (let k = Math.max(Math.min(before.at, before.known, at, known), 1); k <= Math.max(before.at, at); k++) {
      const { node, parent } = this.run.step(k);
      const { parents } = this.data.graph.nodes[node];
      for (const i of [node, parent ?? node, ...parents]) keys.add(this.cardOf(i));
      parents.forEach((_, slot) => keys.add(`e${node}-${slot}`));
    }
    return keys;
  }

  paintPanel() {
    const { knowledge } = this;
    const content = stepPanel(knowledge, { answer: () => this.answer(), show: () => this.showMe() }, this.data.title);
    this.parts.panes.step.replaceChildren(...content);
    if (knowledge.open) this.say(question(knowledge));
    else this.say(knowledge.step ? sentence(knowledge.step, this.data.graph) : this.words("page.start"));
  }
}

for (const host of document.querySelectorAll("div.chalkgrad-step")) {
  if (!host.shadowRoot) new StepThrough(host, "alone" in host.dataset);
}
