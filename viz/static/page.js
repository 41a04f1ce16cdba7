// The step-through: timeline, panel, questions, what-if, wiggle and tables around the picture. State is the number of
// the step and the numbers of the leaves; everything shown follows from these two.

import { asFloat, isRight, numberText, parseNumber, typed } from "./numbers.js";
import { mathml, plain, row, writtenValue } from "./formulas.js";
import { equations, explanation, gradientOf, sentence } from "./words.js";
import { changesOf, leafNumbers, localsOf, stepsOf, valuesOf } from "./passes.js";
import { PictureView, svgElement } from "./picture.js";
import { svgFrom, svgOf } from "./image.js";
import { followTheme } from "./theme.js";

const DIGITS = 4; // of a number on a card, as in lettering.py
const PACES = [0.5, 1, 2, 4]; // steps per second, over 1.2
const ASKS = ["no", "both", "forward", "backward", "locals"];
const ICONS = {
  first: "M5 4v12M16 4l-8 6 8 6z",
  back: "M14 4l-8 6 8 6z",
  next: "M6 4l8 6-8 6z",
  last: "M15 4v12M4 4l8 6-8 6z",
  play: "M5 3l11 7-11 7z",
  pause: "M6 4v12M14 4v12",
  closer: "M10 4v12M4 10h12",
  away: "M4 10h12",
  fit: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
};

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, content] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), content);
    else if (content === true) made.setAttribute(key, "");
    else if (content !== false && content !== undefined) made.setAttribute(key, content);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function icon(name) {
  return svgElement("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svgElement("path", { d: ICONS[name] }));
}

class StepThrough {
  constructor(host, alone) {
    this.host = host;
    this.alone = alone; // whether the page is this step-through and nothing else
    this.data = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
    this.graph = this.data.graph;
    this.leaves = leafNumbers(this.graph);
    this.guesses = new Map(); // step → {wrong: [text], outcome: "first" | "later" | "shown", local: same for the local derivative}
    this.ask = this.data.ask;
    this.at = 0;
    this.leafOfWiggle = this.data.editable[0] ?? null;
    this.index();
    this.compute();
    this.build();
    this.listen();
    this.readAddress();
  }

  words(key, texts = {}) {
    return this.data.words[key].replace(/\{(\w+)\}/g, (_, name) => texts[name]);
  }

  // --- numbers ---

  // What never changes: at which step a node is computed, its contributions arrive, and a wire is gone back along.
  index() {
    this.computedAt = this.graph.nodes.map(() => 0);
    this.arrivals = this.graph.nodes.map(() => []);
    this.sentAt = new Map();
    this.border = 0;
    this.data.steps.forEach(([phase, node, parent, slot], k) => {
      if (phase === "forward") {
        this.computedAt[node] = k + 1;
        this.border = k + 1;
      } else {
        this.arrivals[parent ?? node].push(k + 1);
        if (parent !== null) this.sentAt.set(`e${node}-${slot}`, k + 1);
      }
    });
  }

  compute() {
    this.values = valuesOf(this.graph, this.leaves);
    this.locals = localsOf(this.graph, this.values);
    this.steps = stepsOf(this.graph, this.data.steps, this.values, this.locals);
    const flows = this.steps.map((step) => Math.abs(asFloat(step.contribution ?? 0))).filter(Number.isFinite);
    this.largest = Math.max(0, ...flows) || 1;
    this.changes = null;
    if (this.wiggling) {
      this.changes = changesOf(this.graph, this.leaves, this.values, this.locals, this.leafOfWiggle, this.h);
    }
  }

  get count() {
    return this.steps.length;
  }

  short(number) {
    return numberText(number, this.graph.digits ?? DIGITS).replace(/-/g, "−").replace("inf", "∞");
  }

  signed(number) {
    const text = this.short(number);
    return text.startsWith("−") || text === "0" || text === "nan" ? text : `+${text}`;
  }

  name(i) {
    return this.graph.nodes[i].name;
  }

  gradientName(i) {
    return plain(gradientOf(this.graph, i));
  }

  // --- questions ---

  asks(k) {
    if (!k || this.ask === "no") return false;
    const phase = this.steps[k - 1].phase;
    return this.ask === "both" || this.ask === phase || (this.ask === "locals" && phase === "backward");
  }

  // What is still to be answered at this step: "local", "result", or nothing.
  open(k = this.at) {
    if (!this.asks(k)) return null;
    const kept = this.guesses.get(k);
    if (kept?.outcome) return null;
    return this.ask === "locals" && this.steps[k - 1].parent !== null && !kept?.local?.outcome ? "local" : "result";
  }

  // How many steps are shown in full.
  get known() {
    return this.open() ? this.at - 1 : this.at;
  }

  kept(part) {
    const kept = this.guesses.get(this.at) ?? { wrong: [] };
    this.guesses.set(this.at, kept);
    if (part === "result") return kept;
    kept.local ??= { wrong: [] };
    return kept.local;
  }

  truth(part) {
    const step = this.steps[this.at - 1];
    if (step.phase === "forward") return step.value;
    return part === "local" ? step.local : (step.contribution ?? step.after);
  }

  answer() {
    const part = this.open();
    if (!part) return;
    const input = this.parts.panel.querySelector("input.answer");
    const given = typed(input.value);
    if (given === null) {
      this.parts.panel.querySelector(".verdict").textContent = this.words("page.unreadable");
      this.say(this.words("page.unreadable"));
      input.focus();
      return;
    }
    const kept = this.kept(part);
    if (isRight(given, this.truth(part))) {
      kept.outcome = kept.wrong.length ? "later" : "first";
      kept.right = input.value.trim();
      this.paint(part === "local" ? "question" : "next");
    } else {
      kept.wrong.push(input.value.trim());
      this.paint("question");
      this.say(this.words("page.wrong", { guess: kept.wrong.at(-1) }));
    }
  }

  showMe() {
    const part = this.open();
    if (!part) return;
    this.kept(part).outcome = "shown";
    this.paint(part === "local" ? "question" : "next");
  }

  // --- moving ---

  go(k, focus = "") {
    this.at = Math.min(Math.max(Math.round(k), 0), this.count);
    if (this.at === this.count) this.pause();
    this.paint(focus);
    this.writeAddress();
  }

  next() {
    if (this.open()) this.showMe();
    else this.go(this.at + 1, this.at < this.count && this.asks(this.at + 1) ? "question" : "");
  }

  play() {
    if (this.timer) return this.pause();
    if (this.at === this.count) this.go(0);
    const tick = () => {
      this.next();
      this.timer = this.at < this.count || this.open() ? setTimeout(tick, 1200 / this.pace) : null;
      if (!this.timer) this.pause();
    };
    this.timer = setTimeout(tick, 1200 / this.pace);
    this.paintBar();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.paintBar();
  }

  get pace() {
    return Number(this.parts.pace.value);
  }

  // To the step at which a card got its value or its gradient, or at which a wire was gone back along.
  jump(key) {
    if (key.startsWith("e")) return this.go(this.sentAt.get(key) ?? this.computedAt[Number(key.slice(1).split("-")[0])]);
    const i = Number(key.slice(1));
    const last = this.arrivals[i].at(-1);
    const inForward = this.at <= this.border && this.computedAt[i] !== this.at;
    const to = inForward ? this.computedAt[i] || last : last || this.computedAt[i];
    if (to) this.go(to);
  }

  // --- the address: page.html#step=7&ask=backward ---

  readAddress() {
    const given = new URLSearchParams(this.alone ? location.hash.slice(1) : "");
    if (ASKS.includes(given.get("ask"))) this.ask = given.get("ask");
    this.parts.ask.value = this.ask;
    const step = given.has("step") ? Number(given.get("step")) : this.data.at;
    this.go(Number.isFinite(step) ? step : 0);
  }

  writeAddress() {
    if (!this.alone) return;
    this.address = `#step=${this.at}${this.ask === "no" ? "" : `&ask=${this.ask}`}`;
    if (location.hash !== this.address) history.replaceState(null, "", this.address);
  }

  // --- building ---

  build() {
    const root = this.host.attachShadow({ mode: "open" });
    const svg = svgOf(this.host.querySelector("img"));
    svg.setAttribute("aria-label", this.data.title);
    this.parts = {};
    root.append(
      element("style", {}, STYLE),
      element(
        "section",
        { class: "app", tabindex: -1, "aria-label": this.words("page.label", { title: this.data.title }) }, // a click anywhere in it takes the keys
        this.alone ? element("h1", { class: "unseen" }, this.words("page.label", { title: this.data.title })) : "",
        this.buildBar(),
        this.buildTime(),
        (this.parts.stage = element("div", { class: "stage" }, this.buildPicture(svg), this.buildPanel())),
        this.buildBelow(),
        (this.parts.help = this.buildHelp()),
        (this.parts.live = element("p", { class: "unseen", "aria-live": "polite", role: "status" })),
      ),
    );
    this.views = [];
    this.enter(0, svg);
    const { wide, tall } = this.view;
    const flat = wide / tall > 1.9; // a wide picture stands above the panel, another one beside it
    root.querySelector(".app").classList.toggle("flat", flat);
    this.parts.stage.classList.toggle("square-stage", !flat);
    this.host.style.setProperty("--aspect", this.view.aspect().toFixed(3));
    this.view.open();
    followTheme(this.host);
  }

  // Shows the picture at a place: the overview, or the close-up of a group.
  enter(room, svg = null) {
    if (!this.views[room]) {
      const drawn = svg ?? svgFrom(this.data.rooms[room].svg);
      drawn.setAttribute("aria-label", [this.data.title, this.data.rooms[room].title].filter(Boolean).join(", "));
      const sourceOf = (key) => {
        const [node, slot] = key.slice(1).split("-").map(Number);
        return this.cardOf(this.graph.nodes[node].parents[slot], room);
      };
      this.views[room] = new PictureView(drawn, this.data.rooms[room], sourceOf, (key, texts) => this.words(key, texts));
      Object.assign(this.views[room], { onPick: (key) => this.jump(key), onFold: () => this.paintPicture(), onEnter: (group) => this.move(group + 1) });
    }
    this.room = room;
    this.view?.svg.replaceWith(this.views[room].svg);
    this.view = this.views[room];
  }

  // The same at a click, with everything painted as it is now.
  move(room) {
    this.enter(room);
    this.view.open();
    this.painted = null;
    if (this.parts.rooms) this.parts.rooms.value = room;
    this.paintPicture();
  }

  // The key of the card on which a node is shown in a picture: its own, or that of its folded group.
  cardOf(i, room = this.room) {
    const group = this.data.group ? this.data.group[i] : -1;
    return (group >= 0 && group + 1 !== room && this.data.rooms[room].keys[group]) || `n${i}`;
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
    parts.last = this.button("last", () => this.go(this.count), "", "End");
    parts.play = this.button("play", () => this.play());
    const paces = PACES.map((pace) => element("option", { value: pace, selected: pace === 1 }, `${pace}×`));
    parts.pace = element("select", { "aria-label": this.words("page.pace"), title: this.words("page.pace") }, ...paces);
    parts.ask = element(
      "select",
      {
        onchange: () => {
          this.ask = parts.ask.value;
          this.guesses.clear();
          this.go(this.at);
        },
      },
      ...ASKS.map((ask) => element("option", { value: ask }, this.words(`page.ask.${ask}`))),
    );
    const askLabel = element("label", { class: "asking" }, element("span", {}, this.words("page.ask")), parts.ask);
    const help = element("button", { type: "button", class: "question", title: this.words("page.help"), "aria-label": this.words("page.help"), onclick: () => this.help() }, "?");
    parts.where = element("p", { class: "where" });
    return element("div", { class: "bar" }, parts.first, parts.back, parts.next, parts.last, parts.play, parts.pace, askLabel, help, parts.where);
  }

  buildTime() {
    const share = `${(100 * this.border) / Math.max(this.count, 1)}%`;
    this.parts.slider = element("input", {
      type: "range",
      min: 0,
      max: this.count,
      step: 1,
      "aria-label": this.words("page.slider"),
      oninput: () => this.go(Number(this.parts.slider.value)),
    });
    const passes = element(
      "div",
      { class: "passes", "aria-hidden": "true" },
      element("span", { style: `width:${share}` }, this.border ? this.words("page.forward") : ""),
      element("span", {}, this.words("page.backward")),
    );
    return element("div", { class: "time", style: `--border:${share}` }, this.parts.slider, passes);
  }

  buildPicture(svg) {
    const names = element("datalist", { id: "names" }, ...this.graph.nodes.filter((node) => !node.quiet).map((node) => element("option", { value: node.name })));
    const find = element("input", {
      type: "search",
      list: "names",
      placeholder: this.words("page.search"),
      "aria-label": this.words("page.search"),
      onchange: () => this.find(find.value),
      onsearch: () => this.find(find.value),
    });
    const rooms = this.data.rooms.map(({ title }, room) => element("option", { value: room }, title || this.words("page.overview")));
    this.parts.rooms = rooms.length > 1 ? element("select", { "aria-label": this.words("page.rooms"), onchange: () => this.move(Number(this.parts.rooms.value)) }, ...rooms) : null;
    const folds = this.data.rooms.length === 1 && this.data.rooms[0].frames.length
      ? [
          element("button", { type: "button", onclick: () => this.view.coverAll(true) }, this.words("page.fold.all")),
          element("button", { type: "button", onclick: () => this.view.coverAll(false) }, this.words("page.unfold.all")),
        ]
      : [];
    const tools = [
      this.button("closer", () => this.view.zoom(1.25), "small"),
      this.button("away", () => this.view.zoom(0.8), "small"),
      this.button("fit", () => this.view.fit(), "small"),
    ];
    return element("figure", { class: "picture" }, svg, element("div", { class: "tools" }, this.parts.rooms ?? "", ...folds, find, names, ...tools));
  }

  find(name) {
    const i = this.graph.nodes.findIndex((node) => node.name === name.trim() && !node.quiet);
    this.say(i < 0 ? this.words("page.notfound", { name }) : this.line(i));
    this.host.shadowRoot.querySelectorAll(".found").forEach((card) => card.classList.remove("found"));
    if (i < 0) return;
    if (this.cardOf(i) !== `n${i}`) this.move(this.data.group[i] + 1);
    this.view.reveal([`n${i}`], true);
    this.view.cards.get(`n${i}`).frame.classList.add("found");
  }

  buildPanel() {
    const { parts } = this;
    const tabs = ["step", "whatif", "wiggle"];
    parts.tabs = Object.fromEntries(
      tabs.map((tab) => [
        tab,
        element("button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": `panel-${tab}`, onclick: () => this.open_tab(tab) }, this.words(`page.tab.${tab}`)),
      ]),
    );
    const pane = (tab, ...content) => element("div", { role: "tabpanel", id: `panel-${tab}`, "aria-labelledby": `tab-${tab}` }, ...content);
    parts.panes = { step: pane("step"), whatif: pane("whatif", this.buildWhatIf()), wiggle: pane("wiggle", this.buildWiggle()) };
    parts.panel = parts.panes.step;
    const list = element(
      "div",
      {
        role: "tablist",
        class: "tabs",
        onkeydown: (event) => {
          const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!way) return;
          event.preventDefault();
          event.stopPropagation();
          const to = tabs[(tabs.indexOf(this.tab) + way + tabs.length) % tabs.length];
          this.open_tab(to);
          parts.tabs[to].focus();
        },
      },
      ...Object.values(parts.tabs),
    );
    this.showTab("step");
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

  open_tab(tab) {
    this.showTab(tab);
    this.wiggling = tab === "wiggle" && this.leafOfWiggle !== null;
    this.compute();
    if (this.wiggling && this.at > this.border) this.at = this.border;
    this.paint();
  }

  buildWhatIf() {
    const rows = this.data.editable.map((i) => {
      const start = asFloat(this.leaves.get(i));
      const middle = Number.isFinite(start) ? start : 0;
      const size = Math.max(1, Math.abs(middle));
      const unit = 10 ** Math.floor(Math.log10(size)) / 20; // sliders stand at round numbers
      const label = this.words("page.leaf", { name: this.name(i) });
      const slider = element("input", {
        type: "range",
        min: Math.floor((middle - 2 * size) / unit) * unit,
        max: Math.ceil((middle + 2 * size) / unit) * unit,
        step: unit,
        "aria-label": label,
        oninput: () => this.edit(i, parseNumber(String(Number(Number(slider.value).toPrecision(6)))), slider),
      });
      const box = element("input", { type: "text", inputmode: "decimal", "aria-label": label, size: 7, onchange: () => this.editTyped(i, box) });
      return { i, slider, box, row: element("div", { class: "leaf" }, element("span", { class: "name" }, this.name(i)), slider, box) };
    });
    this.parts.leaves = rows;
    const reset = element("button", { type: "button", onclick: () => this.reset() }, this.words("page.reset"));
    const list = element("div", { class: "leaves" }, ...rows.map(({ row }) => row));
    return element("div", {}, element("p", {}, this.words(rows.length ? "page.whatif" : "page.noleaves")), list, rows.length ? reset : null);
  }

  edit(i, number, from = null) {
    this.leaves.set(i, number);
    this.guesses.clear();
    this.compute();
    this.editing = from;
    this.paint();
    this.editing = null;
    this.say(this.words("page.edited", { name: this.name(i), value: numberText(number), root: this.name(this.graph.root), result: numberText(this.values[this.graph.root]) }));
  }

  editTyped(i, box) {
    const given = typed(box.value);
    box.setAttribute("aria-invalid", given === null);
    if (given === null) return this.say(this.words("page.unreadable"));
    this.edit(i, given.data, box);
  }

  reset() {
    this.leaves = leafNumbers(this.graph);
    this.guesses.clear();
    this.compute();
    this.paint();
  }

  buildWiggle() {
    const { parts } = this;
    this.h = 0.1;
    parts.wiggled = element(
      "select",
      { "aria-label": this.words("page.wiggle.leaf"), onchange: () => this.wiggle(Number(parts.wiggled.value), this.h) },
      ...this.data.editable.map((i) => element("option", { value: i }, this.name(i))),
    );
    parts.h = element("input", {
      type: "range",
      min: -1,
      max: 1,
      step: 0.01,
      value: this.h,
      "aria-label": this.words("page.wiggle.h"),
      oninput: () => this.wiggle(this.leafOfWiggle, Number(parts.h.value)),
    });
    parts.ratio = element("div", { class: "ratio" });
    const choose = element("div", { class: "leaf" }, parts.wiggled, parts.h, (parts.hText = element("output", {})));
    return element("div", {}, element("p", {}, this.words(this.leafOfWiggle === null ? "page.noleaves" : "page.wiggle")), this.leafOfWiggle === null ? null : choose, parts.ratio);
  }

  wiggle(leaf, h) {
    this.leafOfWiggle = leaf;
    this.h = h;
    this.compute();
    this.paint();
  }

  buildBelow() {
    const { parts } = this;
    const heads = ["node", "rule", "value", "gradient", "sum"].map((head) =>
      element("th", { scope: "col", class: head }, this.words(`page.head.${head}`, { root: this.name(this.graph.root) })),
    );
    parts.rows = new Map();
    const body = element("tbody");
    for (let i = this.graph.nodes.length - 1; i >= 0; i--) {
      if (this.graph.nodes[i].quiet) continue;
      const cells = heads.map((_, k) => element(k ? "td" : "th", k ? {} : { scope: "row" }));
      cells[0].append(element("button", { type: "button", class: "name link", onclick: () => this.jump(`n${i}`) }, this.name(i)));
      const row = element("tr", {}, ...cells);
      parts.rows.set(i, { row, cells });
      body.append(row);
    }
    const table = element("table", {}, element("caption", { class: "unseen" }, this.words("page.nodes")), element("thead", {}, element("tr", {}, ...heads)), body);
    parts.nodes = element("details", { class: "nodes", open: this.graph.nodes.length <= 60, ontoggle: () => this.paintRows() }, element("summary", {}, this.words("page.nodes")), element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": this.words("page.nodes") }, table));
    parts.list = element("tbody");
    const columns = ["step", "sentence"].map((head) => element("th", { scope: "col" }, this.words(`page.head.${head}`)));
    parts.all = element(
      "details",
      { class: "all", ontoggle: () => this.paintList() },
      element("summary", {}, this.words("page.all")),
      element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": this.words("page.all") }, element("table", {}, element("thead", {}, element("tr", {}, ...columns)), parts.list)),
    );
    return element("div", { class: "below" }, parts.nodes, parts.all, this.buildLegend());
  }

  buildLegend() {
    const entry = (key, ...signs) => element("li", {}, svgElement("svg", { viewBox: "0 0 40 18", class: "sample", "aria-hidden": "true" }, ...signs), this.words(`page.legend.${key}`));
    const chip = (state, sign = "") => svgElement("g", { class: `${state} ${sign}` }, svgElement("rect", { class: "chip", x: 2, y: 1, width: 36, height: 16, rx: 5 }));
    const wire = (kind) => svgElement("g", { class: `wire ${kind}` }, svgElement("path", { class: "line", d: "M2 9h36" }));
    const card = (kind) => svgElement("g", { class: `card ${kind}` }, svgElement("rect", { class: "frame", x: 3, y: 2, width: 34, height: 14, rx: 4 }));
    const list = element(
      "ul",
      {},
      entry("now", card("now")),
      entry("read", card("read")),
      entry("local", svgElement("rect", { class: "pill", x: 4, y: 1, width: 32, height: 16, rx: 8 })),
      entry("none", chip("none")),
      entry("partial", chip("partial")),
      entry("complete", chip("complete")),
      entry("zero", chip("zero")),
      entry("positive", wire("positive")),
      entry("negative", wire("negative")),
      entry("nothing", wire("zero")),
      entry("constant", card("constant")),
    );
    return element("details", { class: "legend" }, element("summary", {}, this.words("page.legend")), list);
  }

  buildHelp() {
    const keys = [
      ["← →", "page.help.arrows"],
      ["Home End", "page.help.ends"],
      ["Space", "page.help.space"],
      ["+ − 0", "page.help.zoom"],
      ["Shift ← → ↑ ↓", "page.help.pan"],
      ["Enter", "page.help.enter"],
      ["?", "page.help.help"],
    ];
    const rows = keys.flatMap(([key, text]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, this.words(text))]);
    const close = element("button", { type: "button", class: "main", onclick: () => this.help() }, this.words("page.close"));
    return element("dialog", { "aria-label": this.words("page.help") }, element("h2", {}, this.words("page.help")), element("dl", {}, ...rows), element("p", {}, this.words("page.help.mouse")), close);
  }

  help() {
    const { help } = this.parts;
    if (help.open) help.close();
    else help.showModal();
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
    if (kind === "text" && event.key === "Enter" && from.classList.contains("answer")) {
      event.preventDefault();
      return this.answer();
    }
    if (["text", "search", "select", "textarea"].includes(kind) || event.ctrlKey || event.metaKey || event.altKey || this.parts.help.open) return;
    if (kind === "range" && event.key !== "?") return; // a slider has keys of its own
    const acts = {
      ArrowRight: () => this.next(),
      ArrowLeft: () => this.go(this.at - 1),
      Home: () => this.go(0),
      End: () => this.go(this.count),
      "?": () => this.help(),
      "+": () => this.view.zoom(1.25),
      "-": () => this.view.zoom(0.8),
      0: () => this.view.fit(),
    };
    const pans = { ArrowRight: [0.1, 0], ArrowLeft: [-0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
    let act = event.shiftKey && pans[event.key] ? () => this.view.pan(...pans[event.key]) : acts[event.key];
    if (event.key === " " && !["button", "summary"].includes(kind) && from.getAttribute?.("role") !== "button") act = () => this.play();
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
    this.paintPicture();
    this.paintPanel();
    this.paintLeaves();
    this.paintRows();
    this.paintList();
    if (held && (held.disabled || !held.isConnected)) root.querySelector(".app").focus({ preventScroll: true }); // or the keys would be lost
    if (focus === "question") this.parts.panel.querySelector("input.answer")?.focus();
    if (focus === "next") this.parts.next.focus();
  }

  paintBar() {
    const { parts } = this;
    const phase = this.at ? this.words(this.steps[this.at - 1].phase === "forward" ? "page.phase.forward" : "page.phase.backward") : this.words("page.phase.start");
    const where = this.words("page.where", { phase, step: this.at, steps: this.count });
    parts.where.textContent = where;
    parts.slider.value = this.at;
    parts.slider.setAttribute("aria-valuetext", where);
    parts.slider.style.setProperty("--done", `${(100 * this.at) / Math.max(this.count, 1)}%`);
    for (const part of [parts.first, parts.back]) part.disabled = this.at === 0;
    parts.last.disabled = this.at === this.count;
    parts.next.disabled = this.at === this.count && !this.open();
    const playing = Boolean(this.timer);
    if (parts.play.dataset.playing !== String(playing)) {
      parts.play.dataset.playing = playing;
      parts.play.replaceChildren(icon(playing ? "pause" : "play"), element("span", {}, this.words(playing ? "page.pause" : "page.play")));
    }
  }

  // The state of every card and wire, for the picture.
  paintPicture() {
    const step = this.at ? this.steps[this.at - 1] : null;
    const written = step ? (step.parent ?? step.node) : -1;
    if (step && this.room && this.data.group[written] + 1 !== this.room) return this.move(this.data.group[written] + 1);
    const reads = !step ? [] : step.phase === "forward" ? this.graph.nodes[step.node].parents : step.parent !== null ? [step.node] : [];
    const read = new Set(reads);
    const marks = (i) => (i === written ? "now" : read.has(i) ? "read" : "");
    const state = {
      card: (key) => (key.startsWith("g") ? { folded: true, mark: this.foldedMark(key, written, reads) } : this.card(Number(key.slice(1)), marks)),
      wire: (key) => this.wire(key, step),
      marked: (mark) => (mark === "now" ? (step ? [`n${written}`] : []) : [...read].map((i) => `n${i}`)),
    };
    this.view.paint(state, this.changed());
    if (step) this.view.reveal([written, ...read].map((i) => this.cardOf(i)));
  }

  // The mark of a folded card: that of a node in it.
  foldedMark(key, written, reads) {
    if (written >= 0 && this.cardOf(written) === key) return "now";
    return reads.some((i) => this.cardOf(i) === key) ? "read" : "";
  }

  // The cards and wires that look different since the last painting; null for all, where more than the step has changed.
  changed() {
    const before = this.painted;
    this.painted = { at: this.at, known: this.known, values: this.values, ask: this.ask, changes: this.changes, wiggles: this.changes && this.at <= this.border };
    const same = before && ["values", "ask", "changes", "wiggles"].every((name) => before[name] === this.painted[name]);
    if (!same || Math.abs(before.at - this.at) > 50) return null;
    const keys = new Set();
    const [first, last] = [Math.min(before.at, before.known, this.at, this.known), Math.max(before.at, this.at)];
    for (let k = Math.max(first, 1); k <= last; k++) {
      const { node, parent } = this.steps[k - 1];
      for (const i of [node, parent ?? node, ...this.graph.nodes[node].parents]) keys.add(this.cardOf(i));
      this.graph.nodes[node].parents.forEach((_, slot) => keys.add(`e${node}-${slot}`));
    }
    return keys;
  }

  card(i, marks) {
    const node = this.graph.nodes[i];
    const known = this.computedAt[i] <= this.known;
    const asked = this.open() && this.steps[this.at - 1];
    const value = known ? this.short(this.values[i]) : asked && asked.phase === "forward" && asked.node === i ? "?" : "";
    const locals = known ? node.parents.map((_, slot) => this.localText(i, slot)) : [];
    const chip = node.constant ? null : this.chip(i);
    return { value, locals, chip, mark: marks(i), title: this.line(i) };
  }

  localText(i, slot) {
    const sent = this.sentAt.get(`e${i}-${slot}`);
    if (this.ask === "locals" && sent > this.known) {
      const isAsked = this.at === sent;
      if (!(isAsked && this.open() === "result")) return isAsked ? "?" : "";
    }
    const node = this.graph.nodes[i];
    const skipped = this.graph.operations[node.op].skips && slot === node.parents.length - 1 && this.graph.nodes[node.parents[slot]].constant;
    return skipped ? "–" : this.short(this.locals[i][slot]);
  }

  chip(i) {
    if (this.changes && this.at <= this.border) {
      if (this.computedAt[i] > this.known) return { state: "none", sign: 0, text: "", label: "Δ" };
      const real = this.changes.real[i];
      return { state: real ? "complete" : "zero", sign: Math.sign(real), text: this.signed(real), label: `Δ≈${this.signed(this.changes.predicted[i])}` };
    }
    const arrivals = this.arrivals[i];
    const arrived = arrivals.filter((k) => k <= this.known);
    const asked = this.open() && arrivals.includes(this.at);
    if (!arrived.length) return { state: "none", sign: 0, text: asked ? "?" : "" };
    const total = this.steps[arrived.at(-1) - 1].after;
    const sign = Math.sign(asFloat(total)) || 0;
    if (arrived.length === arrivals.length) return { state: asFloat(total) === 0 ? "zero" : "complete", sign, text: this.signed(total) };
    return { state: "partial", sign, text: `${this.signed(total)} (${arrived.length}${this.words("page.of")}${arrivals.length})` };
  }

  wire(key, step) {
    const sent = this.sentAt.get(key);
    const [i, slot] = key.slice(1).split("-").map(Number);
    const isNow = sent !== undefined && sent === this.at;
    const isRead = step?.phase === "forward" && step.node === i;
    const gone = sent !== undefined && sent <= this.known;
    const flow = gone ? asFloat(this.steps[sent - 1].contribution) : null;
    const [from, to] = [this.name(this.graph.nodes[i].parents[slot]), this.name(i)];
    const title = gone ? this.words("page.wire.sent", { from, to, flow: this.signed(flow) }) : this.words("page.wire", { from, to });
    return { flow: Number.isNaN(flow) ? null : flow, scale: Math.abs(flow ?? 0) / this.largest, mark: isNow ? "now" : isRead ? "read" : "", title };
  }

  // What is known of a node, in one line.
  line(i) {
    if (this.graph.nodes[i].quiet) return this.name(i);
    const chip = this.graph.nodes[i].constant ? null : this.chip(i);
    const value = this.computedAt[i] <= this.known ? ` = ${this.short(this.values[i])}`.replace(" = ", this.equals(this.values[i])) : "";
    const gradient = chip && chip.text && chip.label === undefined ? `; ${this.gradientName(i)}: ${chip.text}` : "";
    return `${this.name(i)}${value}${gradient}`;
  }

  // " = " where the short text is the number, " ≈ " where it is not.
  equals(number) {
    return asFloat(number) === Number(this.short(number).replace("−", "-").replace("∞", "Infinity")) || Number.isNaN(number) ? " = " : " ≈ ";
  }

  paintPanel() {
    const step = this.at ? this.steps[this.at - 1] : null;
    const part = this.open();
    const content = step ? this.stepPanel(step, part) : this.startPanel();
    this.parts.panel.replaceChildren(...content.filter(Boolean));
    if (!part) this.say(step ? sentence(step, this.graph) : this.words("page.start"));
    else this.say(this.question(step, part));
  }

  startPanel() {
    return [element("h2", {}, this.words("page.label", { title: this.data.title })), element("p", { class: "why" }, this.words("page.start"))];
  }

  heading(step) {
    const [node, parent] = [this.name(step.node), step.parent === null ? "" : this.name(step.parent)];
    if (step.phase === "forward") return this.words("page.heading.value", { node });
    if (step.parent === null) return this.words("page.heading.seed", { node });
    const slots = this.graph.nodes[step.node].parents.filter((p) => p === step.parent).length;
    return this.words(slots > 1 ? "page.heading.slot" : "page.heading.edge", { node, parent, slot: step.slot + 1 });
  }

  question(step, part) {
    if (step.phase === "forward") return this.words("page.question", { what: this.name(step.node) });
    if (step.parent === null) return this.words("page.question", { what: this.gradientName(step.node) });
    if (part === "local") return this.words("page.question.local", { what: `∂${this.name(step.node)}/∂${this.name(step.parent)}`, slot: step.slot + 1 });
    if (step.terms === 1) return this.words("page.question", { what: this.gradientName(step.parent) });
    return this.words("page.question.term", { term: step.term, terms: step.terms, what: this.gradientName(step.parent), node: this.name(step.node) });
  }

  stepPanel(step, part) {
    const shown = part ? [this.rule_asked(step)] : equations(step, this.graph);
    const rule = element("div", { class: "rule" }, element("h2", {}, this.heading(step)), ...shown.map((line) => element("div", { class: "equation" }, this.displayed(line))));
    const side = element("div", { class: "side" }, part ? null : element("p", { class: "why" }, explanation(step, this.graph)), this.contributions(step, part), this.outcome(part), part ? this.form(step, part) : null, this.score());
    return [rule, side];
  }

  // The rule in symbols, of which the number is asked for.
  rule_asked(step) {
    if (step.phase === "forward" || step.parent === null) return equations(step, this.graph)[0].slice(0, step.parent === null && step.phase === "backward" ? 2 : undefined);
    const factors = row(gradientOf(this.graph, step.node), "·", ["derivative", this.name(step.node), this.name(step.parent)]);
    return step.terms === 1 ? row(gradientOf(this.graph, step.parent), "=", factors) : factors;
  }

  displayed(line) {
    const math = mathml(line);
    math.setAttribute("displaystyle", "true");
    return math;
  }

  // At a fan-out: every contribution with its wire, and the sum once it is complete.
  contributions(step, part) {
    if (step.phase === "forward" || !(step.terms > 1)) return null;
    const rows = this.arrivals[step.parent].map((k) => {
      const term = this.steps[k - 1];
      const slots = this.graph.nodes[term.node].parents.filter((p) => p === step.parent).length;
      const through = this.words(slots > 1 ? "page.through.slot" : "page.through", { node: this.name(term.node), slot: term.slot + 1 });
      const text = k > this.known ? (k === this.at && part ? "?" : "…") : this.signed(term.contribution);
      return element("li", { class: k === this.at ? "current" : "" }, element("span", {}, through), element("b", {}, text));
    });
    const done = this.arrivals[step.parent].at(-1) <= this.known;
    const total = this.steps[this.arrivals[step.parent].at(-1) - 1].after;
    const missing = this.arrivals[step.parent].filter((k) => k > this.known).length;
    const sum = done ? `${this.gradientName(step.parent)}${this.equals(total)}${this.short(total)}` : this.words("page.missing", { count: missing });
    return element("ul", { class: "terms" }, ...rows, element("li", { class: "sum" }, sum));
  }

  form(step, part) {
    const label = this.question(step, part);
    const kept = part === "local" ? this.guesses.get(this.at)?.local : this.guesses.get(this.at);
    const input = element("input", { type: "text", class: "answer", size: 9, autocomplete: "off", inputmode: "text", placeholder: "?" });
    const check = element("button", { type: "button", class: "main", onclick: () => this.answer() }, this.words("page.check"));
    const show = element("button", { type: "button", onclick: () => this.showMe() }, this.words("page.show"));
    const verdict = kept?.wrong.length ? this.words("page.wrong", { guess: kept.wrong.at(-1) }) : "";
    return element("div", { class: "form" }, element("label", {}, element("span", {}, label), input), check, show, element("p", { class: "verdict" }, verdict));
  }

  // The answers given at this step: wrong ones stay beside the right one.
  outcome(open) {
    const kept = this.guesses.get(this.at);
    const rows = [];
    for (const [part, one] of [["local", kept?.local], ["result", kept]]) {
      const before = open === part ? (one?.wrong.slice(0, -1) ?? []) : (one?.wrong ?? []); // the last one is named below
      if (!before.length && !one?.outcome) continue;
      const right = one.outcome ? this.short(this.truth(part)) : "";
      const wrong = before.map((guess) => element("s", {}, guess));
      const mark = one.outcome ? this.words(`page.outcome.${one.outcome}`) : "";
      rows.push(element("p", { class: `outcome ${one.outcome ?? ""}` }, ...wrong, one.outcome ? element("b", {}, right) : null, element("span", {}, mark)));
    }
    return rows.length ? element("div", { class: "outcomes" }, ...rows) : null;
  }

  score() {
    if (this.at !== this.count || this.open() || this.ask === "no") return null;
    const all = [...this.guesses.values()].flatMap((kept) => (kept.local ? [kept.local, kept] : [kept])).filter((kept) => kept.outcome);
    if (!all.length) return null;
    const count = (outcome) => all.filter((kept) => kept.outcome === outcome).length;
    return element("p", { class: "score" }, this.words("page.score", { first: count("first"), asked: all.length, later: count("later"), shown: count("shown") }));
  }

  paintLeaves() {
    for (const { i, slider, box } of this.parts.leaves) {
      if (slider !== this.editing) slider.value = asFloat(this.leaves.get(i));
      if (box !== this.editing) box.value = numberText(this.leaves.get(i), 6);
    }
    if (!this.changes) return;
    const { parts, graph, leafOfWiggle: leaf, h } = this;
    parts.wiggled.value = leaf;
    parts.h.value = h;
    parts.hText.textContent = `h = ${this.short(h)}`;
    const [real, predicted] = [this.changes.real[graph.root], this.changes.predicted[graph.root]];
    const ratio = h ? this.short(real / h) : "–";
    const texts = { root: this.name(graph.root), leaf: this.name(leaf), real: this.signed(real), predicted: this.signed(predicted), ratio, slope: h ? this.short(predicted / h) : "–" };
    const hidden = this.computedAt[graph.root] > this.known;
    parts.ratio.replaceChildren(element("p", {}, this.words(hidden ? "page.wiggle.go" : "page.wiggle.ratio", texts)));
  }

  paintRows() {
    if (!this.parts.nodes.open) return;
    const step = this.at ? this.steps[this.at - 1] : null;
    const current = step ? (step.parent ?? step.node) : -1;
    const before = this.rowsPainted;
    this.rowsPainted = { at: this.at, known: this.known, values: this.values, current };
    const few = before?.values === this.values && Math.abs(before.at - this.at) <= 1 && this.parts.rows.size > 60;
    const wanted = few ? new Set([before.current, current]) : this.parts.rows.keys();
    for (const i of wanted) {
      if (!this.parts.rows.has(i)) continue;
      const { row, cells } = this.parts.rows.get(i);
      row.className = i === current ? "current" : "";
      const node = this.graph.nodes[i];
      const rule = node.parents.length ? this.rule(i) : this.words(node.constant ? "page.constant" : "page.leafword");
      const texts = [null, rule, this.computedAt[i] <= this.known ? this.short(this.values[i]) : "", ...this.gradientCells(i)];
      texts.forEach((text, k) => text !== null && cells[k].textContent !== text && (cells[k].textContent = text));
    }
  }

  rule(i) {
    const node = this.graph.nodes[i];
    this.rules ??= new Map();
    if (!this.rules.has(i)) this.rules.set(i, plain(writtenValue(this.graph, i)));
    return this.rules.get(i);
  }

  gradientCells(i) {
    if (this.graph.nodes[i].constant) return ["", ""];
    const arrivals = this.arrivals[i];
    const arrived = arrivals.filter((k) => k <= this.known);
    if (!arrived.length) return [arrivals.length ? this.words("page.notyet") : "", ""];
    const complete = arrived.length === arrivals.length;
    const total = complete ? this.short(this.steps[arrived.at(-1) - 1].after) : this.words("page.notyet");
    const terms = arrived.slice(0, 8).map((k) => {
      const { upstream, local, parent } = this.steps[k - 1];
      return parent === null ? this.words("page.seed") : `${this.short(upstream)} · ${this.factor(local)}`;
    });
    if (!complete || arrived.length > 8) terms.push("…");
    return [total, terms.join(" + ")];
  }

  factor(number) {
    const text = this.short(number);
    return text.startsWith("−") || text.includes("/") ? `(${text})` : text;
  }

  // The plain table of all steps: as many as are known.
  paintList() {
    const { all, list } = this.parts;
    if (!all.open) return;
    if (this.listed !== this.steps) list.replaceChildren();
    this.listed = this.steps;
    const count = this.ask === "no" ? this.count : this.known;
    while (list.children.length > count) list.lastChild.remove();
    list.append(...this.steps.slice(list.children.length, count).map((step) => this.listRow(step)));
    list.querySelector(".current")?.classList.remove("current");
    list.children[this.at - 1]?.classList.add("current");
  }

  listRow(step) {
    const jump = element("button", { type: "button", class: "link", onclick: () => this.go(step.index) }, String(step.index));
    return element("tr", { class: "" }, element("th", { scope: "row" }, jump), element("td", {}, sentence(step, this.graph)));
  }
}

for (const host of document.querySelectorAll("div.chalkgrad-step")) {
  if (!host.shadowRoot) new StepThrough(host, "alone" in host.dataset);
}
