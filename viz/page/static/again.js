// "Again, other numbers": fresh numbers for the leaves of the same graph, readable and never degenerate where the graph
// allows it. Numbers are drawn many times; those are taken that come out best.

import { Run } from "./run.js";
import { sidesAt } from "./operate.js";

const DRAWS = 100;
const MOST_WORK = 3000; // nodes computed in all
const TINY = 0.02; // what is smaller is nearly a 0 on paper
const HUGE = 2000; // and what is larger is not worked out there
const COSTS = { outside: 1e6, kink: 1e4, degenerate: 100, equal: 30, size: 10, sign: 0.5, digit: 0.1 };

// Random numbers from 0 to 1 that are the same for the same seed.
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// New numbers for the leaves that may be changed, as [leaf, number]; with another seed, others.
export function freshNumbers(run, editable, seed) {
  const random = randomNumbers(seed);
  const { graph, given } = run;
  const start = new Run(graph, given); // the numbers of the exercise itself say what kind of numbers is wanted
  const changed = editable.filter((leaf) => !isChosen(graph.nodes[leaf], start.leaves.get(leaf)));
  const trial = new Run(graph, given);
  const draws = Math.max(10, Math.min(DRAWS, Math.floor(MOST_WORK / graph.nodes.length)));
  let best = { cost: Infinity, numbers: [] };
  for (let k = 0; k < draws; k++) {
    const numbers = changed.map((leaf) => [leaf, drawn(start.leaves.get(leaf), k / draws, random)]);
    trial.setAll(numbers);
    const same = numbers.filter(([leaf, number]) => run.leaves.get(leaf) === number).length;
    const turned = numbers.filter(([leaf, number]) => number < 0 && start.leaves.get(leaf) >= 0).length;
    const cost = costOf(trial) + COSTS.size * same + COSTS.sign * turned;
    if (cost < best.cost) best = { cost, numbers };
  }
  return best.numbers;
}

// A labelled constant that is 0 or 1 says something, such as which class is the right one.
const isChosen = ({ constant }, number) => constant && (number === 0 || number === 1);

// A number of the kind that a leaf has: whole or with one decimal or two, of its size and mostly of its sign. The later the
// draw, the smaller and the more mixed: a graph that saturates wants small numbers.
function drawn(number, late, random) {
  const size = Number.isFinite(number) ? Math.abs(number) : 1;
  const sign = (number < 0) === random() < (late < 0.3 ? 0.15 : 0.4) ? 1 : -1;
  if (Number.isInteger(number) && late < 0.6) return sign * (2 + Math.floor(random() * (size > 9 ? Math.min(size, 40) : 8)));
  if (Number.isInteger(number)) return (sign * (1 + Math.floor(random() * 30))) / 10;
  const unit = size < 0.1 ? 100 : 10;
  return (sign * (1 + Math.floor(random() * Math.max(9, Math.min(2 * size * unit, 40))))) / unit;
}

// How far the numbers of a run are from those of a good exercise; 0 would be the best.
function costOf(run) {
  const { graph, values, locals, steps } = run;
  const text = (number) => String(Number(number.toPrecision(graph.short)));
  const answers = new Map();
  let cost = 0;
  graph.nodes.forEach(({ parents, constant }, i) => {
    if (!parents.length) {
      if (!constant) count(answers, text(values[i]));
      return;
    }
    if (!Number.isFinite(values[i])) cost += COSTS.outside;
    if (Math.abs(values[i]) > HUGE) cost += COSTS.size;
    cost += COSTS.digit * text(values[i]).length;
    if (isTrivial(values[i])) cost += COSTS.size;
    if (sidesAt(run.operation(i), parents.map((p) => values[p]), values[i]).some((side) => Math.abs(side) < TINY)) cost += COSTS.kink;
    locals[i].forEach((local, slot) => run.sentAt.has(`e${i}-${slot}`) && isTrivial(local) && (cost += COSTS.degenerate));
    count(answers, text(values[i]));
  });
  for (const { phase, parent, after, term, terms } of steps) {
    if (phase === "forward" || parent === null || term !== terms) continue;
    if (!Number.isFinite(after)) cost += COSTS.outside;
    if (Math.abs(after) > HUGE) cost += COSTS.size;
    if (isTrivial(after)) cost += COSTS.degenerate;
    cost += COSTS.digit * text(after).length;
    count(answers, text(after));
  }
  for (const often of answers.values()) cost += COSTS.equal * (often - 1);
  return cost;
}

const count = (answers, text) => answers.set(text, (answers.get(text) ?? 0) + 1);
const isTrivial = (number) => Math.abs(number) < TINY || Math.abs(Math.abs(number) - 1) < TINY || number !== number;
