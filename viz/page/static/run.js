// Both passes of a graph with the numbers that its leaves have now: values, local derivatives, contributions, totals; and
// how a change of one leaf runs forward. The order of the steps comes from Python; nothing here walks the graph for it.

import { numberText, parseNumber } from "./numbers.js";
import { OPERATIONS } from "./operations.js"; // written by operations.py from the table
import { atSlot, product, valueAt } from "./operate.js";
import { printedStep, printedTotal } from "./printed.js";
import { Rounds } from "./rounds.js";

// Whether all operations of a graph are known here: one that was defined later is in the module of a later page.
export function knows(graph) {
  return graph.nodes.every(({ op, parents }) => !parents.length || Object.hasOwn(OPERATIONS, op));
}

const USUAL = { said: ["arrives", "passes", "multiplies"], ties: 0, path: "" }; // what content.py leaves out

export class Run {
  // `records` are the steps as content.py writes them: [phase, node, parent, slot, term, terms, printed].
  constructor(graph, records) {
    this.graph = graph;
    for (const record of records) record[6] = { ...USUAL, ...record[6] };
    this.given = records;
    this.records = records;
    this.wiggled = null; // {leaf, h} while a change of one leaf runs forward
    this.readRecords();
    this.leaves = this.firstLeaves();
    this.rounds = graph.update && new Rounds(this); // of learning; null where nothing learns
    this.reset();
  }

  // What never changes: at which step a node is computed, its contributions arrive, and a wire is gone back along; and the
  // last steps of both passes.
  readRecords() {
    this.computedAt = this.graph.nodes.map(() => 0);
    this.arrivals = this.graph.nodes.map(() => []);
    this.sentAt = new Map();
    this.movedAt = this.graph.nodes.map(() => 0); // at which step a parameter, or at last the root, gets another number
    this.border = 0;
    this.records.forEach(([phase, node, parent, slot], k) => {
      if (phase === "forward") {
        this.computedAt[node] = k + 1;
        this.border = k + 1;
      } else if (phase === "update") this.movedAt[node] = k + 1;
      else {
        this.arrivals[parent ?? node].push(k + 1);
        if (parent !== null) this.sentAt.set(`e${node}-${slot}`, k + 1);
      }
      if (phase !== "update") this.passesEnd = k + 1;
    });
  }

  // The steps in another order, in which each still comes after those that it needs; null for the given one. The terms of
  // the sums that change with it are numbered anew, and what is printed of them is no longer Python's.
  reorder(records) {
    if ((records ?? this.given) === this.records) return;
    const terms = new Map();
    const numbered = (records ?? this.given).map((record) => {
      const [phase, , parent, , term] = record;
      if (phase === "forward" || parent === null) return record;
      terms.set(parent, (terms.get(parent) ?? 0) + 1);
      return terms.get(parent) === term ? record : [...record.slice(0, 4), terms.get(parent), ...record.slice(5)];
    });
    const given = new Set(this.given);
    const moved = new Set(numbered.filter((record) => !given.has(record)).map(([, , parent]) => parent));
    this.records = numbered;
    this.isMoved = (record) => record[0] === "backward" && moved.has(record[2]);
    this.readRecords();
    this.compute();
  }

  // Whether what is printed of a step is what Python printed: until a leaf is changed, or the order of a sum.
  isPrinted(at) {
    return !this.isChanged && !this.isMoved?.(this.records[at - 1]);
  }

  get count() {
    return this.records.length;
  }

  get root() {
    return this.graph.root;
  }

  operation(i) {
    return OPERATIONS[this.graph.nodes[i].op];
  }

  // How the operation of a node is written: its skeletons, and the keys of the words for it.
  writing(i) {
    const { op, parents } = this.graph.nodes[i];
    return this.graph.operations[`${op}/${parents.length}`];
  }

  // --- the numbers ---

  firstLeaves() {
    return new Map(this.graph.nodes.flatMap(({ parents, data }, i) => (parents.length ? [] : [[i, parseNumber(data)]])));
  }

  reset() {
    this.leaves = this.firstLeaves();
    this.isGiven = true; // whether no reader has put in another number
    this.begin();
  }

  begin() {
    this.rounds?.begin(this.leaves);
    this.renew();
  }

  // Computes anew what follows from the leaves of this round.
  renew() {
    // Until then, every number is printed as Python printed it.
    this.isChanged = !this.isGiven || (this.rounds !== null && (this.rounds.round > 1 || this.rounds.rate !== this.graph.update.lr));
    this.compute();
  }

  // Another round of learning.
  enter(round) {
    this.leaves = new Map(this.rounds.enter(round));
    this.renew();
  }

  // Another learning rate, from this round on.
  setRate(rate) {
    this.rounds.rate = rate;
    this.renew();
  }

  // Whether the update of this round is over: everything has another value, and no gradient is left.
  isFresh(at) {
    return this.rounds !== null && at === this.count;
  }

  set(leaf, number) {
    this.setAll([[leaf, number]]);
  }

  // Other numbers for some leaves, as [leaf, number].
  setAll(numbers) {
    for (const [leaf, number] of numbers) this.leaves.set(leaf, number);
    this.isGiven = false;
    this.begin();
  }

  // Everything that follows from the numbers of the leaves.
  compute() {
    Object.assign(this, this.passed(this.leaves));
    if (this.rounds) this.update();
    this.printed = [];
    this.version = (this.version ?? 0) + 1; // of all that follows from them
    const flows = this.steps.map((step) => (step.phase === "update" ? 0 : Math.abs(step.contribution ?? 0))).filter(Number.isFinite);
    this.largest = flows.reduce((a, b) => Math.max(a, b), 0) || 1;
    this.wiggle(this.wiggled);
  }

  // Both passes for some numbers of the leaves: {values, locals, steps, totals}, the totals being the gradients.
  passed(leaves) {
    const values = this.valuesOf(leaves);
    const locals = this.graph.nodes.map(({ parents }, i) =>
      parents.map((_, slot) => atSlot(this.operation(i), this.operation(i).partials, parents.map((p) => values[p]), values[i], slot)),
    );
    return { values, locals, ...this.stepsOf(values, locals) };
  }

  // The learning step after both passes; `fresh` has the value of every node with the numbers that it ends with.
  update() {
    this.fresh = this.valuesOf(this.rounds.moved(this.leaves, this.totals, this.rounds.rate));
    for (const step of this.steps) if (step.phase === "update") this.rounds.step(step, this.totals, this.fresh);
  }

  // The value of every node for some numbers of the leaves; `held` has those of nodes that are not computed.
  valuesOf(leaves, held = new Map()) {
    const values = [];
    const computed = ({ parents }, i) => (parents.length ? valueAt(this.operation(i), parents.map((p) => values[p])) : leaves.get(i));
    this.graph.nodes.forEach((node, i) => values.push(held.get(i) ?? computed(node, i)));
    return values;
  }

  // What the root would be if a node, computed or not, had another value.
  rootWith(node, value) {
    return this.valuesOf(this.leaves, new Map([[node, value]]))[this.root];
  }

  stepsOf(values, locals) {
    const totals = this.graph.nodes.map(() => 0);
    const arrived = this.graph.nodes.map(() => []);
    const steps = this.records.map(([phase, node, parent, slot, term, terms], k) => {
      const operands = this.graph.nodes[node].parents.map((p) => values[p]);
      const step = { index: k + 1, phase, node, parent, slot, term, terms, value: values[node], operands };
      if (phase !== "backward") return step;
      const receiver = parent ?? node;
      step.before = totals[receiver];
      if (parent !== null) {
        step.upstream = totals[node];
        step.local = locals[node][slot];
        step.contribution = product(step.upstream, step.local);
        arrived[receiver].push(step.contribution);
        if (term === terms && terms > 1) step.contributions = arrived[receiver];
      }
      totals[receiver] += step.contribution ?? 1;
      step.after = totals[receiver];
      return step;
    });
    return { steps, totals };
  }

  // The step at a number from 1, null before the first.
  step(at) {
    return at ? this.steps[at - 1] : null;
  }

  // Lets a change {leaf, h} run forward; null stops it. At every node: the change that the local derivatives predict, and
  // the real one.
  wiggle(wiggled) {
    this.wiggled = wiggled;
    this.changes = null;
    if (!wiggled) return;
    const { leaf, h } = wiggled;
    const predicted = [];
    this.graph.nodes.forEach(({ parents }, i) => {
      const sum = parents.reduce((total, p, slot) => (predicted[p] ? total + predicted[p] * this.locals[i][slot] : total), 0);
      predicted.push(i === leaf ? h : sum);
    });
    const moved = this.valuesOf(new Map(this.leaves).set(leaf, this.leaves.get(leaf) + h));
    this.changes = { predicted, real: moved.map((value, i) => value - this.values[i]) };
  }

  // The number that is asked for at a step: its "result", a "local" derivative, or the "total" of several contributions.
  due(step, part) {
    if (step.phase === "forward") return step.value;
    if (step.phase === "update") return step.term === null ? step.contribution : step.after;
    if (part === "local") return step.local;
    return part === "total" ? step.after : (step.contribution ?? step.after);
  }

  // --- as texts: as Python printed them, until a leaf is changed ---

  // What is printed of a step.
  print(at) {
    if (this.isPrinted(at)) return this.records[at - 1][6];
    return (this.printed[at] ??= printedStep(this, this.step(at)));
  }

  // The value of a node behind the sign that is true, "=5": in full, or short, as on a card.
  value(i, isShort = false) {
    if (!this.isChanged) return this.graph.nodes[i].texts[isShort ? 1 : 0];
    return printedTotal(this.values[i], isShort ? this.graph.short : this.graph.digits);
  }

  // The value that a node gets in the update, behind its sign.
  renewed(i) {
    return printedTotal(this.fresh[i], this.graph.short);
  }

  // A local derivative, short; null where none is computed.
  local(i, slot) {
    const given = this.graph.nodes[i].locals[slot];
    return this.isChanged && given !== null ? numberText(this.locals[i][slot], this.graph.short) : given;
  }

  // What a step sends back, and the gradient that it leaves behind its sign, both short.
  sent(at) {
    const step = this.step(at);
    if (step.parent === null) return ["1", "=1"];
    return this.isPrinted(at) ? this.print(at).short : [numberText(step.contribution, this.graph.short), printedTotal(step.after, this.graph.short)];
  }

  // How often a node takes another one as an operand.
  places(node, parent) {
    return this.graph.nodes[node].parents.filter((p) => p === parent).length;
  }
}
