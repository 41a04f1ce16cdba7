// "Which node may go next?", forward and backward: the reader chooses, and every order that is possible is right. The steps
// of the page follow the order that was chosen, so everything else shows what is known of it.

import { element } from "./elements.js";

const KEYS = 9; // nodes that have a number key

export class Order {
  constructor(page) {
    Object.assign(this, page);
    this.heading = element("h2", {});
    this.list = element("div", { class: "choices", role: "group", onkeydown: (event) => this.move(event) });
    this.verdict = element("p", { class: "verdict" });
    this.show = element("button", { type: "button", onclick: () => this.next() }, this.words("page.show"));
    this.element = element("div", { class: "order" }, this.heading, this.list, element("div", { class: "form" }, this.show, this.verdict));
    this.start();
  }

  start() {
    this.gone = { forward: new Set(), backward: new Set() };
    this.steps = 0; // that have been chosen so far
    this.verdict.textContent = "";
    this.painted = null;
  }

  get limit() {
    return this.steps;
  }

  get isOver() {
    return !this.pass;
  }

  // The steps by pass and node, in an order that is possible.
  get groups() {
    if (this.grouped?.records === this.run.records) return this.grouped;
    const groups = { records: this.run.records, forward: new Map(), backward: new Map(), consumers: new Map() };
    const add = (map, key, item) => (map.has(key) ? map.get(key).push(item) : map.set(key, [item]));
    for (const record of this.run.records) {
      add(groups[record[0]], record[1], record);
      if (record[0] === "backward") add(groups.consumers, record[2], record[1]);
    }
    return (this.grouped = groups);
  }

  // The pass that is being ordered; null at its end.
  get pass() {
    return ["forward", "backward"].find((pass) => this.gone[pass].size < this.groups[pass].size) ?? null;
  }

  // The nodes whose turn may come in a pass, by their names: the order of the graph would tell the answer.
  options(pass) {
    return [...this.groups[pass].keys()].sort((i, k) => this.knowledge.name(i).localeCompare(this.knowledge.name(k), "en", { numeric: true }));
  }

  // What a node waits for: operands that have no value yet, or consumers that have not sent their part.
  waitsFor(i, pass = this.pass) {
    const group = this.groups[pass];
    const needed = pass === "forward" ? this.run.graph.nodes[i].parents : (this.groups.consumers.get(i) ?? []);
    return [...new Set(needed)].filter((k) => group.has(k) && !this.gone[pass].has(k));
  }

  // The nodes that may go next.
  get ready() {
    const { pass } = this;
    return pass ? [...this.groups[pass].keys()].filter((i) => !this.gone[pass].has(i) && !this.waitsFor(i, pass).length) : [];
  }

  // Why a node may not go next, in a sentence; null where it may.
  refusal(i) {
    const { pass } = this;
    const node = this.knowledge.name(i);
    if (!this.groups[pass].has(i)) return this.words(`page.order.none.${pass}`, { node });
    if (this.gone[pass].has(i)) return this.words("page.order.done", { node });
    const [missing] = this.waitsFor(i);
    return missing === undefined ? null : this.words(`page.order.early.${pass}`, { node, missing: this.knowledge.name(missing) });
  }

  // Takes a node as the answer.
  pick(i) {
    if (!this.pass) return false;
    const refusal = this.refusal(i);
    const answer = this.questions.answer(this.steps + 1, "order");
    if (refusal) {
      this.questions.keep(this.steps + 1, "order", { ...answer, wrong: [...answer.wrong, { text: this.knowledge.name(i), code: "NO_TOPO" }] });
      this.tell(refusal, "wrong");
    } else this.send(i, answer, answer.wrong.length ? "later" : "first");
    return true;
  }

  // Goes on: to a step that was chosen before, or to one that is shown.
  next() {
    if (this.knowledge.at < this.steps || !this.pass) return false;
    this.send(this.ready[0], this.questions.answer(this.steps + 1, "order"), "shown");
    return true;
  }

  send(i, answer, outcome) {
    const { pass } = this;
    const others = this.ready.filter((k) => k !== i).map((k) => this.knowledge.name(k));
    const chosen = this.groups[pass].get(i);
    this.questions.keep(this.steps + 1, "order", { ...answer, outcome });
    this.gone[pass].add(i);
    this.bringForward(new Set(chosen));
    this.steps += chosen.length;
    this.go(this.steps);
    const node = this.knowledge.name(i);
    const shown = outcome === "shown" ? "page.order.shown" : "page.order.right";
    const also = others.length ? ` ${this.words("page.order.also", { others: others.slice(0, KEYS).join(", ") })}` : "";
    this.tell(this.words(shown, { node }) + also, outcome);
    if (!this.pass) this.tell(this.words("page.order.end"), outcome);
  }

  // Makes some steps the next ones, if they are not.
  bringForward(chosen) {
    const { records } = this.run;
    if (records.slice(this.steps, this.steps + chosen.size).every((record) => chosen.has(record))) return;
    const after = records.slice(this.steps).filter((record) => !chosen.has(record));
    this.run.reorder([...records.slice(0, this.steps), ...chosen, ...after]);
  }

  tell(text, outcome) {
    this.verdict.textContent = text;
    this.verdict.className = `verdict ${outcome}`;
    this.say(text);
  }

  // --- showing ---

  paint() {
    const { pass } = this;
    this.show.hidden = !pass;
    if (this.painted !== pass) {
      this.heading.textContent = pass ? this.words(`page.order.${pass}`) : this.words("page.order.all");
      const options = pass ? this.options(pass) : [];
      this.buttons = new Map(options.map((i, k) => [i, this.button(i, k)]));
      this.list.replaceChildren(...this.buttons.values());
      this.list.setAttribute("aria-label", this.heading.textContent);
      this.painted = pass;
    }
    for (const [i, button] of this.buttons ?? []) {
      button.classList.toggle("gone", this.gone[pass].has(i));
      button.setAttribute("aria-pressed", this.gone[pass].has(i));
    }
  }

  button(i, k) {
    const key = k < KEYS ? element("kbd", { "aria-hidden": "true" }, `${k + 1}`) : null;
    return element("button", { type: "button", onclick: () => this.pick(i) }, key, element("span", { class: "name" }, this.knowledge.name(i)));
  }

  // --- keys: a number chooses; arrows move among the nodes, and Enter chooses ---

  key({ key }) {
    if (!this.pass) return false;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.list.querySelector("button")?.focus();
      return true;
    }
    const chosen = /^[1-9]$/.test(key) ? [...this.buttons.keys()][Number(key) - 1] : undefined;
    return chosen !== undefined && this.pick(chosen);
  }

  move(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...this.list.children];
    const at = buttons.indexOf(event.target);
    buttons[(at + way + buttons.length) % buttons.length].focus();
  }
}
