// What is known at a step: of every card, wire and row of the tables, and of the step itself, in the texts that are shown.
// Whoever shows something, a tab above all, gets this and not the run: nothing of what comes later, and nothing of what is
// still asked for, can be had from here.

import { equations, explanation, gradientOf, localName, nameOf, rule, sentence } from "./words.js";
import { printedTotal } from "./printed.js";
import { plain } from "./typeset.js";
import { pretty, readable, signOf, signedText } from "./numbers.js";
import { Mistaken } from "./mistaken.js";
import { changeOf, descentOf, ratioOf } from "./changes.js";
import { codeLines } from "./codelines.js";
import { practiceLog } from "./log.js";
import { contributionsTo, sumWrittenOut } from "./sums.js";

export class Knowledge {
  #run;
  #questions;

  // `mistaken` has the numbers of a pass with a mistake, to stand beside the right ones; null for none.
  constructor(run, questions, words, mistaken = null) {
    this.#run = run;
    this.#questions = questions;
    this.mistaken = mistaken && new Mistaken(mistaken);
    this.words = words; // says a sentence of the page
    this.at = 0;
    this.entries = null; // tells what stands on the cards of a blank graph, of each node {value, gradient}
  }

  // --- the graph: names and wires, no numbers but those that are given ---

  get count() {
    return this.#run.count;
  }

  get root() {
    return this.#run.root;
  }

  // The last step of the forward pass.
  get border() {
    return this.#run.border;
  }

  // The letters of names, for MathML.
  get marks() {
    return this.#run.graph.marks;
  }

  // The places of the nodes that have a name of their own.
  get named() {
    return this.#run.graph.nodes.flatMap(({ quiet }, i) => (quiet ? [] : [i]));
  }

  get nodeCount() {
    return this.#run.graph.nodes.length;
  }

  parents(i) {
    return this.#run.graph.nodes[i].parents;
  }

  // The name of a node; a constant that has none is called by its number.
  name(i) {
    return this.#run.graph.nodes[i].isNumber ? pretty(nameOf(this.#run, i)) : this.#run.graph.nodes[i].name;
  }

  // The local derivative of the step in symbols; null where it has none.
  get localName() {
    return this.step?.phase === "backward" && this.step.parent !== null ? plain(localName(this.#run, this.#run.step(this.at))) : null;
  }

  gradientName(i) {
    return plain(gradientOf(this.#run, i));
  }

  // The number of a leaf, which is always known.
  leaf(i) {
    return this.parents(i).length ? NaN : this.#run.leaves.get(i);
  }

  // Which numbers the leaves have: another one after each change.
  get version() {
    return this.#run.version;
  }

  // Whether exact fractions have become decimal numbers, because a leaf was changed.
  get lostFractions() {
    return this.#run.isChanged && this.#run.graph.isExact;
  }

  // --- the step ---

  // {phase, node, parent, slot, term, terms}; null before the first. Of an update, the root has no `term`.
  get step() {
    return this.at ? this.stepAt(this.at) : null;
  }

  stepAt(at) {
    const { phase, node, parent, slot, term, terms } = this.#run.step(at);
    return { phase, node, parent, slot, term, terms };
  }

  get ask() {
    return this.#questions.ask;
  }

  // What is still to be answered: "local", "result", "total", or null.
  get open() {
    return this.#questions.open(this.at);
  }

  // How many steps are known in full.
  get known() {
    return this.#questions.known(this.at);
  }

  // How many steps have sent their contributions: also those of a sum that is still asked for.
  get sent() {
    return this.#questions.sent(this.at);
  }

  // The node that the step writes to, -1 for none, and those that it reads.
  get written() {
    return this.step ? (this.step.parent ?? this.step.node) : -1;
  }

  get reads() {
    if (!this.step) return [];
    if (this.step.phase === "forward") return this.parents(this.step.node);
    return this.step.parent !== null ? [this.step.node] : [];
  }

  // The round of learning, from 1; null where nothing learns.
  get round() {
    return this.#run.rounds?.round ?? null;
  }

  // The learning step: its parameters by place, the letter and the number of the learning rate; null where nothing learns.
  get learning() {
    const { update } = this.#run.graph;
    return update && { params: update.params, rate: update.rate, vector: update.vector, number: this.#run.rounds.rate, start: update.lr };
  }

  // The root after each update so far: {value, text} and, but for the first, {predicted, change} as they are shown; null where
  // nothing learns.
  get descent() {
    return descentOf(this.#run, this.isFresh);
  }

  // Whether all has another value by now, and no gradient is left.
  get isFresh() {
    return this.#run.isFresh(this.known);
  }

  mark(i) {
    return i === this.written ? "now" : this.reads.includes(i) ? "read" : "";
  }

  // How often the node of the step takes its parent as an operand.
  isRepeated({ node, parent } = this.step ?? {}) {
    return node !== undefined && this.#run.places(node, parent) > 1;
  }

  // The sentence of a step; null for one that is not known yet.
  sentence(at) {
    if (at < 1 || at > this.listed) return null;
    const beside = this.mistakenLine(at);
    return readable(sentence(this.#run, this.#run.step(at))) + (beside ? `  ${beside}` : "");
  }

  // What a mistake makes of a step, where one is shown beside it; else null.
  mistakenLine(at = this.at) {
    return (at && this.mistaken?.sentence(this.#run.step(at), (i) => this.name(i), this.words)) || null;
  }

  // How many steps can be listed: all, from the start, where nothing is asked for.
  get listed() {
    return this.ask === "no" ? this.count : this.known;
  }

  // The equation of the step, line by line; none while its number is asked for, or it would be the first hint.
  get equations() {
    return this.open || !this.at ? [] : equations(this.#run, this.#run.step(this.at));
  }

  // Why its numbers are what they are; null while they are asked for.
  get why() {
    return this.open || !this.at ? null : readable(explanation(this.#run, this.#run.step(this.at)));
  }

  // At a fan-out: every contribution to the node, {at, node, slot, text}, with "" for one that is not known; else null.
  get contributions() {
    const { step } = this;
    if (step?.phase !== "backward" || !(step.terms > 1)) return null;
    return contributionsTo(this.#run, step.parent, this.sent);
  }

  // The gradient that the step writes to, with its sign, where it is complete; else null.
  get total() {
    const last = this.step && this.step.phase === "backward" ? this.#run.arrivals[this.written].at(-1) : Infinity;
    return last <= this.known ? this.#behind(this.#run.sent(last)[1], this.gradientName(this.written)) : null;
  }

  // --- the code ---

  // Both passes as Python, a line each: {text, comment, isNow}.
  get code() {
    return codeLines(this.#run, this);
  }

  // The lines that were typed: {text, isNow}, lit where the operation of the step stands.
  get typed() {
    return this.#run.graph.code.typed.map(([text, made]) => ({ text, isNow: this.at > 0 && made.includes(this.step.node) }));
  }

  // --- questions ---

  // The answers to a part of the step, "local", "result" or "total": {wrong: [text], outcome, right}, right null while it is
  // open.
  answers(part) {
    const { wrong, outcome } = this.#questions.answer(this.at, part);
    return { wrong: wrong.map(({ text }) => text), outcome, right: outcome ? pretty(this.#questions.truthText(this.at, part)) : null };
  }

  // What is said to the last wrong answer to what is open; "" where there is none.
  get reply() {
    return readable((this.open && this.#questions.answer(this.at, this.open).wrong.at(-1)?.reply) || "");
  }

  // The hints to what is open that were asked for.
  get hints() {
    return this.open ? this.#questions.hints(this.at).map(readable) : [];
  }

  // What was practised, as a text; "" where nothing was.
  get log() {
    return practiceLog(this.#run, this.#questions.practised(), this);
  }

  get score() {
    return this.at === this.count && !this.open && this.ask !== "no" ? this.#questions.score() : null;
  }

  // --- cards and wires ---

  isComputed(i) {
    return this.#run.computedAt[i] <= this.known;
  }

  #short(i) {
    return pretty(this.#valueText(i).slice(1));
  }

  // The value of a node behind its sign: after its update the new one.
  #valueText(i) {
    return this.#isRenewed(i) ? this.#run.renewed(i) : this.#run.value(i, true);
  }

  #isRenewed(i) {
    const at = this.#run.movedAt[i];
    return (at && at <= this.known) || (this.isFresh && this.parents(i).length > 0);
  }

  #behind(text, name) {
    return `${name} ${text[0]} ${pretty(text.slice(1))}`;
  }

  value(i) {
    return this.isComputed(i) ? this.#beside(this.#short(i), this.#run.computedAt[i], 1, pretty) : "";
  }

  // A number of a step with what a mistake makes of it, where one is shown; `which` as Mistaken has it.
  #beside(text, at, which, signs) {
    return at && this.mistaken ? this.mistaken.beside(text, at, which, signs) : text;
  }

  // A card: {value, locals: [text by slot], chip, mark, title}.
  card(i) {
    if (this.entries && !this.#run.graph.nodes[i].quiet) return this.#filled(i);
    const { constant, parents } = this.#run.graph.nodes[i];
    const asked = this.open && this.step.phase === "forward" && this.step.node === i;
    const locals = this.isComputed(i) ? parents.map((_, slot) => this.local(i, slot)) : [];
    return { value: asked ? "?" : this.value(i), locals, chip: constant ? null : this.chip(i), mark: this.mark(i), title: this.line(i) };
  }

  // A card of a blank graph: what the reader has written on it. `entries` tells it, while the graph is blank.
  #filled(i) {
    const { value, gradient } = this.entries(i);
    const chip = this.#run.arrivals[i].length ? { state: gradient ? "complete" : "none", sign: 0, text: gradient } : null;
    return { value: this.parents(i).length ? value : this.value(i), locals: this.parents(i).map(() => ""), chip, mark: "", title: this.name(i) };
  }

  // The local derivative of an operand, once the backward pass has begun: before that it would look like a value.
  local(i, slot) {
    if (!this.isComputed(i) || this.isFresh || this.at <= this.border) return "";
    const sent = this.#run.sentAt.get(`e${i}-${slot}`);
    const isAnswered = sent === this.at && this.ask === "locals" && this.open === "result";
    if (this.#questions.asksBackward && sent > this.sent && !isAnswered) return sent === this.at ? "?" : "";
    const text = this.#run.local(i, slot);
    return text === null ? "–" : pretty(text);
  }

  // The gradient on a card, {state, sign, text}; while a leaf is wiggled, the change of the node, with a label of its own.
  chip(i) {
    if (this.wiggles) return changeOf(this.#run, i, this.isComputed(i));
    const arrived = this.#arrived(i);
    const expected = this.#run.arrivals[i];
    if (!arrived.length) return { state: "none", sign: 0, text: this.open && expected.includes(this.at) ? "?" : "" };
    const total = this.#run.sent(arrived.at(-1))[1].slice(1);
    const sign = signOf(total);
    if (arrived.length === expected.length) return { state: total === "0" ? "zero" : "complete", sign, text: this.#beside(signedText(total), arrived.at(-1), 2, signedText) };
    return { state: "partial", sign, text: `${this.#beside(signedText(total), arrived.at(-1), 2, signedText)} (${arrived.length}${this.words("page.of")}${expected.length})` };
  }

  // The steps at which contributions to a node have arrived so far.
  #arrived(i) {
    return this.isFresh ? [] : this.#run.arrivals[i].filter((k) => k <= this.known);
  }

  // A wire: {flow, scale, mark, title}: what has gone back along it, null for nothing yet, and how wide that is.
  wire(key) {
    const run = this.#run;
    const sent = run.sentAt.get(key);
    const [i, slot] = key.slice(1).split("-").map(Number);
    const mark = sent !== undefined && sent === this.at ? "now" : this.step?.phase === "forward" && this.step.node === i ? "read" : "";
    const gone = sent !== undefined && sent <= this.sent && !this.isFresh;
    const flow = gone ? run.step(sent).contribution : null;
    const [from, to] = [this.name(this.parents(i)[slot]), this.name(i)];
    const title = gone ? this.words("page.wire.sent", { from, to, flow: signedText(run.sent(sent)[0]) }) : this.words("page.wire", { from, to });
    return { flow: Number.isNaN(flow) ? null : flow, scale: this.#scale(Math.abs(flow ?? 0)), mark, title };
  }

  // What goes along wires at a step that is known: {wires: [{key, text}], isBack, card}; null where nothing does.
  get travelling() {
    const { step } = this;
    if (!step || this.open || this.entries) return null;
    if (step.phase === "forward") {
      const wires = this.parents(step.node).map((p, slot) => ({ key: `e${step.node}-${slot}`, text: this.#short(p) }));
      return { wires, isBack: false, card: `n${step.node}` };
    }
    if (step.parent === null) return null;
    return { wires: [{ key: `e${step.node}-${step.slot}`, text: signedText(this.#run.sent(this.at)[0]) }], isBack: true, card: `n${step.parent}` };
  }

  // How wide a flow is drawn, as a part of the largest; while gradients are asked for, that is not to be told: as one of
  // all there could be.
  #scale(flow) {
    if (!this.#questions.asksBackward) return flow / this.#run.largest;
    return flow === Infinity ? 1 : flow / (1 + flow);
  }

  // What is known of a node, in one line.
  line(i) {
    const { quiet, constant } = this.#run.graph.nodes[i];
    if (quiet) return this.name(i);
    const value = this.isComputed(i) ? this.#behind(this.#valueText(i), this.name(i)) : this.name(i);
    const chip = constant ? null : this.chip(i);
    return value + (chip && chip.text && chip.label === undefined ? `; ${this.gradientName(i)}: ${chip.text}` : "");
  }

  // How large the gradient of some leaves is, behind what is written for it; "" before it is known.
  norm(leaves, label) {
    const run = this.#run;
    const last = leaves.map((i) => run.arrivals[i].at(-1));
    if (this.wiggles || this.entries || last.some((at) => at === undefined || at > this.known)) return "";
    return this.#behind(printedTotal(Math.hypot(...last.map((at) => run.step(at).after)), run.graph.short), label);
  }

  // The cells of a node in the table: rule, value, gradient, and the sum that the gradient is.
  cells(i) {
    const run = this.#run;
    const { constant, parents } = run.graph.nodes[i];
    const formula = parents.length ? readable(plain(rule(run, i))) : this.words(constant ? "page.constant" : "page.leafword");
    const arrived = this.#arrived(i);
    if (constant || !run.arrivals[i].length) return [formula, this.value(i), "", ""];
    if (!arrived.length) return [formula, this.value(i), this.words("page.notyet"), ""];
    const complete = arrived.length === run.arrivals[i].length;
    const gradient = complete ? this.#beside(pretty(run.sent(arrived.at(-1))[1].slice(1)), arrived.at(-1), 2, pretty) : this.words("page.notyet");
    return [formula, this.value(i), gradient, sumWrittenOut(run, arrived, complete, this.words)];
  }

  // --- a change of one leaf that runs forward ---

  // Whether one is being followed. It tells what the gradients are, so there is none while those are asked for.
  get wiggles() {
    return this.#run.changes !== null && this.at <= this.border && this.mayWiggle;
  }

  get mayWiggle() {
    return this.ask === "no" || this.ask === "forward";
  }

  // The two changes of the root, and their ratios to h: the gradient, and what it comes to for a change of this size.
  // null until the root is reached.
  get ratio() {
    return this.wiggles && this.isComputed(this.root) ? ratioOf(this.#run) : null;
  }
}
