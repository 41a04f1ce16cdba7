// Both passes in numbers, for whatever numbers the leaves have: values, local derivatives, contributions, totals; and
// how a change of one leaf runs forward. The order of the steps comes from Python; nothing here walks the graph for it.

import { add, asFloat, one, parseNumber, product, subtract, zeroLike } from "./numbers.js";
import { partialsAt, valueAt } from "./formulas.js";

// The numbers of the leaves as they were when the page was made, by place.
export function leafNumbers(graph) {
  const numbers = new Map();
  graph.nodes.forEach((node, i) => node.parents.length || numbers.set(i, parseNumber(node.data)));
  return numbers;
}

// The value of every node.
export function valuesOf(graph, leaves) {
  const values = [];
  graph.nodes.forEach((node, i) => {
    values.push(node.parents.length ? valueAt(graph.operations[node.op], node.parents.map((p) => values[p])) : leaves.get(i));
  });
  return values;
}

// The local derivative of every node for each of its operands.
export function localsOf(graph, values) {
  return graph.nodes.map((node, i) =>
    node.parents.length ? partialsAt(graph.operations[node.op], node.parents.map((p) => values[p]), values[i]) : [],
  );
}

// The steps with their numbers. `records` are [phase, node, parent, slot, term, terms], null where one does not apply.
export function stepsOf(graph, records, values, locals) {
  const seed = one(values[graph.root]);
  const totals = graph.nodes.map(() => zeroLike(seed));
  const arrived = [];
  return records.map(([phase, node, parent, slot, term, terms], k) => {
    const operands = graph.nodes[node].parents.map((p) => values[p]);
    const step = { index: k + 1, phase, node, parent, slot, term, terms, value: values[node], operands };
    if (phase === "forward") return step;
    const receiver = parent ?? node;
    step.before = totals[receiver];
    if (parent === null) {
      totals[receiver] = seed;
    } else {
      step.upstream = totals[node];
      step.local = locals[node][slot];
      step.contribution = product(step.upstream, step.local);
      totals[receiver] = add(step.before, step.contribution);
      (arrived[receiver] ??= []).push(step.contribution);
      if (term === terms && terms > 1) step.contributions = arrived[receiver];
    }
    step.after = totals[receiver];
    return step;
  });
}

// How a change h of one leaf runs forward: at every node the change predicted by the local derivatives, and the real one.
export function changesOf(graph, leaves, values, locals, leaf, h) {
  const predicted = [];
  graph.nodes.forEach((node, i) => {
    const sum = node.parents.reduce((total, p, slot) => (predicted[p] ? total + predicted[p] * asFloat(locals[i][slot]) : total), 0);
    predicted.push(i === leaf ? h : sum);
  });
  const moved = new Map(leaves).set(leaf, asFloat(leaves.get(leaf)) + h);
  const real = valuesOf(graph, moved).map((value, i) => asFloat(subtract(value, values[i])));
  return { predicted, real };
}
