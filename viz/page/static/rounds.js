// Learning, round after round: both passes, then every parameter moves against its gradient, by the learning rate that was
// chosen for that round. What a round begins with follows from the rounds before it, whichever way one comes to it.

import { UPDATE_RULES } from "./operations.js"; // written by operations.py from the formulas of a learning step
import { valueAt } from "./operate.js";

export const MOST_ROUNDS = 1000;

export class Rounds {
  constructor(run) {
    this.run = run;
    this.given = run.graph.update;
    this.begin(run.leaves);
  }

  // From the first round, with these numbers of the leaves.
  begin(leaves) {
    this.round = 1;
    this.starts = [new Map(leaves)]; // the numbers of the leaves at the beginning of each round
    this.results = []; // of both passes of each round: the value of the root, and the gradients
    this.rates ??= [this.given.lr];
    this.rates = [this.rates.at(-1)];
  }

  get rate() {
    return this.rates[this.round - 1];
  }

  // Another learning rate, from this round on.
  set rate(rate) {
    this.rates = [...this.rates.slice(0, this.round - 1), rate];
    this.starts = this.starts.slice(0, this.round);
    this.results = this.results.slice(0, this.round);
  }

  // Whether it has been the same in all rounds so far.
  get isOneRate() {
    return this.rates.slice(0, this.round).every((rate) => rate === this.rate);
  }

  get mayGoOn() {
    return this.round < MOST_ROUNDS;
  }

  // The numbers of the leaves at the beginning of a round.
  enter(round) {
    while (this.starts.length < round) {
      const at = this.starts.length - 1;
      this.rates[at + 1] ??= this.rates[at];
      this.starts.push(this.moved(this.starts[at], this.resultOf(at).totals, this.rates[at]));
    }
    this.rates[round - 1] ??= this.rates.at(-1);
    this.round = round;
    return this.starts[round - 1];
  }

  // What both passes of a round, from 0, come to; each is computed once.
  resultOf(at) {
    const { run, starts, results } = this;
    if (!results[at]) {
      const { values, totals } = run.passed(starts[at]);
      results[at] = { value: values[run.root], totals };
    }
    return results[at];
  }

  // The numbers of the leaves after all parameters have moved at once.
  moved(leaves, totals, rate) {
    const after = new Map(leaves);
    for (const i of this.given.params) after.set(i, valueAt(UPDATE_RULES.moved, [leaves.get(i), rate, totals[i]]));
    return after;
  }

  // A step of the update, as Run.stepsOf fills it in: of a parameter, or of the root, which has no `term`.
  step(step, totals, after) {
    const { run, rate } = this;
    step.lr = rate;
    if (step.term !== null) step.upstream = totals[step.node];
    else {
      step.contributions = this.given.params.map((i) => totals[i]);
      step.upstream = valueAt(UPDATE_RULES.squares, step.contributions);
    }
    step.contribution = valueAt(UPDATE_RULES.predicted, [rate, step.upstream]);
    step.before = run.values[step.node];
    step.after = after[step.node];
    step.value = step.term === null ? step.after : step.before;
    step.change = valueAt(UPDATE_RULES.change, [step.after, step.before]);
    return step;
  }

  // What is known of the rounds so far, the first with {value} alone, the others with {value, predicted, change} of the root.
  path(isFresh) {
    const { run, round, rates } = this;
    const found = Array.from({ length: round }, (_, k) => ({ value: this.resultOf(k).value }));
    if (isFresh) found.push({ value: run.fresh[run.root] });
    found.forEach((one, k) => {
      if (!k) return;
      const squares = valueAt(UPDATE_RULES.squares, this.given.params.map((i) => this.resultOf(k - 1).totals[i]));
      one.predicted = valueAt(UPDATE_RULES.predicted, [rates[k - 1], squares]);
      one.change = valueAt(UPDATE_RULES.change, [one.value, found[k - 1].value]);
    });
    return found;
  }
}
