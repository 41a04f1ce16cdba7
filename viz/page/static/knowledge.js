// What is known of every card, wire and row of the tables at a step, in the texts that are shown: nothing of what comes
// later, and nothing of what is still asked for.

import { asFloat } from "./numbers.js";

const TERMS = 8; // of a sum that are listed in a table

export class Knowledge {
  constructor(run, questions, words) {
    Object.assign(this, { run, questions, words });
    this.at = 0;
  }

  get step() {
    return this.run.step(this.at);
  }

  // What is still to be answered: "local", "result", or null.
  get open() {
    return this.questions.open(this.at);
  }

  // How many steps are known in full.
  get known() {
    return this.questions.known(this.at);
  }

  // The node that the step writes to, -1 for none, and those that it reads.
  get written() {
    return this.step ? (this.step.parent ?? this.step.node) : -1;
  }

  get reads() {
    if (!this.step) return [];
    if (this.step.phase === "forward") return this.run.graph.nodes[this.step.node].parents;
    return this.step.parent !== null ? [this.step.node] : [];
  }

  // Whether a change of a leaf is being followed through the forward pass.
  get wiggles() {
    return this.run.changes !== null && this.at <= this.run.border;
  }

  mark(i) {
    return i === this.written ? "now" : this.reads.includes(i) ? "read" : "";
  }

  isComputed(i) {
    return this.run.computedAt[i] <= this.known;
  }

  value(i) {
    return this.isComputed(i) ? this.run.short(this.run.values[i]) : "";
  }

  // A card: {value, locals: [text by slot], chip, mark, title}.
  card(i) {
    const node = this.run.graph.nodes[i];
    const asked = this.open && this.step.phase === "forward" && this.step.node === i;
    const locals = this.isComputed(i) ? node.parents.map((_, slot) => this.local(i, slot)) : [];
    return { value: asked ? "?" : this.value(i), locals, chip: node.constant ? null : this.chip(i), mark: this.mark(i), title: this.line(i) };
  }

  local(i, slot) {
    const { graph, locals, sentAt } = this.run;
    const sent = sentAt.get(`e${i}-${slot}`);
    if (this.questions.ask === "locals" && sent > this.known && !(sent === this.at && this.open === "result")) {
      return sent === this.at ? "?" : "";
    }
    const node = graph.nodes[i];
    const skipped = graph.operations[node.op].skips && slot === node.parents.length - 1 && graph.nodes[node.parents[slot]].constant;
    return skipped ? "–" : this.run.short(locals[i][slot]);
  }

  // The gradient on a card, {state, sign, text}; while a leaf is wiggled, the change of the node, with a label of its own.
  chip(i) {
    const { run } = this;
    if (this.wiggles) {
      if (!this.isComputed(i)) return { state: "none", sign: 0, text: "", label: "Δ" };
      const real = run.changes.real[i];
      return { state: real ? "complete" : "zero", sign: Math.sign(real), text: run.signed(real), label: `Δ≈${run.signed(run.changes.predicted[i])}` };
    }
    const arrived = this.arrived(i);
    const expected = run.arrivals[i].length;
    if (!arrived.length) return { state: "none", sign: 0, text: this.open && run.arrivals[i].includes(this.at) ? "?" : "" };
    const total = run.step(arrived.at(-1)).after;
    const sign = Math.sign(asFloat(total)) || 0;
    if (arrived.length === expected) return { state: asFloat(total) === 0 ? "zero" : "complete", sign, text: run.signed(total) };
    return { state: "partial", sign, text: `${run.signed(total)} (${arrived.length}${this.words("page.of")}${expected})` };
  }

  // The steps at which contributions to a node have arrived so far.
  arrived(i) {
    return this.run.arrivals[i].filter((k) => k <= this.known);
  }

  // A wire: {flow, scale, mark, title}: what has gone back along it, null for nothing yet, and this as a part of the largest.
  wire(key) {
    const { run } = this;
    const sent = run.sentAt.get(key);
    const [i, slot] = key.slice(1).split("-").map(Number);
    const mark = sent !== undefined && sent === this.at ? "now" : this.step?.phase === "forward" && this.step.node === i ? "read" : "";
    const gone = sent !== undefined && sent <= this.known;
    const flow = gone ? asFloat(run.step(sent).contribution) : null;
    const [from, to] = [run.name(run.graph.nodes[i].parents[slot]), run.name(i)];
    const title = gone ? this.words("page.wire.sent", { from, to, flow: run.signed(flow) }) : this.words("page.wire", { from, to });
    return { flow: Number.isNaN(flow) ? null : flow, scale: Math.abs(flow ?? 0) / run.largest, mark, title };
  }

  // What is known of a node, in one line.
  line(i) {
    const { run } = this;
    const node = run.graph.nodes[i];
    if (node.quiet) return run.name(i);
    const value = this.isComputed(i) ? `${run.equals(run.values[i])}${this.value(i)}` : "";
    const chip = node.constant ? null : this.chip(i);
    const gradient = chip && chip.text && chip.label === undefined ? `; ${run.gradientName(i)}: ${chip.text}` : "";
    return `${node.name}${value}${gradient}`;
  }

  // The cells of a node in the table: rule, value, gradient, and the sum that the gradient is.
  cells(i) {
    const { run } = this;
    const { constant } = run.graph.nodes[i];
    const rule = run.rule(i) ?? this.words(constant ? "page.constant" : "page.leafword");
    const arrived = this.arrived(i);
    if (constant || !run.arrivals[i].length) return [rule, this.value(i), "", ""];
    if (!arrived.length) return [rule, this.value(i), this.words("page.notyet"), ""];
    const complete = arrived.length === run.arrivals[i].length;
    const terms = arrived.slice(0, TERMS).map((k) => {
      const { upstream, local, parent } = run.step(k);
      return parent === null ? this.words("page.seed") : `${run.short(upstream)} · ${run.factor(local)}`;
    });
    if (!complete || arrived.length > TERMS) terms.push("…");
    return [rule, this.value(i), complete ? run.short(run.step(arrived.at(-1)).after) : this.words("page.notyet"), terms.join(" + ")];
  }
}
