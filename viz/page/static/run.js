// Both passes of a graph with the numbers that its leaves have now, and how they are printed in the picture and the tables.

import { asFloat, numberText } from "./numbers.js";
import { plain, writtenValue } from "./formulas.js";
import { gradientOf } from "./words.js";
import { changesOf, leafNumbers, localsOf, stepsOf, valuesOf } from "./passes.js";

const DIGITS = 4; // of a number on a card, as in lettering.py

export class Run {
  // `records` are the steps as passes.js takes them.
  constructor(graph, records) {
    this.graph = graph;
    this.records = records;
    this.leaves = leafNumbers(graph);
    this.wiggled = null; // {leaf, h} while a change of one leaf runs forward
    this.readRecords();
    this.compute();
  }

  // What never changes: at which step a node is computed, its contributions arrive, and a wire is gone back along; and the
  // last step of the forward pass.
  readRecords() {
    this.computedAt = this.graph.nodes.map(() => 0);
    this.arrivals = this.graph.nodes.map(() => []);
    this.sentAt = new Map();
    this.border = 0;
    this.records.forEach(([phase, node, parent, slot], k) => {
      if (phase === "forward") {
        this.computedAt[node] = k + 1;
        this.border = k + 1;
      } else {
        this.arrivals[parent ?? node].push(k + 1);
        if (parent !== null) this.sentAt.set(`e${node}-${slot}`, k + 1);
      }
    });
  }

  // Everything that follows from the numbers of the leaves.
  compute() {
    this.values = valuesOf(this.graph, this.leaves);
    this.locals = localsOf(this.graph, this.values);
    this.steps = stepsOf(this.graph, this.records, this.values, this.locals);
    const flows = this.steps.map((step) => Math.abs(asFloat(step.contribution ?? 0))).filter(Number.isFinite);
    this.largest = flows.reduce((a, b) => Math.max(a, b), 0) || 1;
    this.wiggle(this.wiggled);
  }

  set(leaf, number) {
    this.leaves.set(leaf, number);
    this.compute();
  }

  reset() {
    this.leaves = leafNumbers(this.graph);
    this.compute();
  }

  // Lets a change {leaf, h} run forward; null stops it.
  wiggle(wiggled) {
    this.wiggled = wiggled;
    this.changes = wiggled && changesOf(this.graph, this.leaves, this.values, this.locals, wiggled.leaf, wiggled.h);
  }

  get count() {
    return this.steps.length;
  }

  // The step at a number from 1, null before the first.
  step(at) {
    return at ? this.steps[at - 1] : null;
  }

  // --- in text ---

  get root() {
    return this.graph.root;
  }

  // The name of a node; a constant that has none is called by its number.
  name(i) {
    const { name, quiet } = this.graph.nodes[i];
    return quiet ? this.short(this.values[i]) : name;
  }

  gradientName(i) {
    return plain(gradientOf(this.graph, i));
  }

  // The formula of a node, or null for one that is given.
  rule(i) {
    this.rules ??= new Map();
    if (!this.rules.has(i)) this.rules.set(i, this.graph.nodes[i].parents.length ? plain(writtenValue(this.graph, i)) : null);
    return this.rules.get(i);
  }

  short(number) {
    return numberText(number, this.graph.digits ?? DIGITS).replace(/-/g, "−").replace("inf", "∞");
  }

  signed(number) {
    const text = this.short(number);
    return text.startsWith("−") || text === "0" || text === "nan" ? text : `+${text}`;
  }

  // As a factor behind another one.
  factor(number) {
    const text = this.short(number);
    return text.startsWith("−") || text.includes("/") ? `(${text})` : text;
  }

  // " = " where the short text is the number, " ≈ " where it is not.
  equals(number) {
    const printed = this.short(number).replace("−", "-").replace("∞", "Infinity");
    return asFloat(number) === Number(printed) || printed.includes("/") || Number.isNaN(number) ? " = " : " ≈ ";
  }

  // How often a node takes another one as an operand.
  places(node, parent) {
    return this.graph.nodes[node].parents.filter((p) => p === parent).length;
  }
}
