// What a wrong answer can come from: the numbers that the misconceptions of the table give at a step, with the numbers that
// the leaves have now. Their formulas come from autograd/handcheck/misconceptions.py; the model is its dialogues.py.

import { EDGES, NODES, OF_LOCAL, RULES, VALUES } from "./misconceptions.js"; // written by slips.py from the table
import { hintsFor } from "./hints.js";
import { isRight, numberText } from "./numbers.js";
import { product } from "./operate.js";
import { fill, gradientOf, nameOf } from "./words.js";
import { plain } from "./typeset.js";

const MOST_TERMS = 10; // of which subsets are tried

// What the misconceptions give instead of the right number of a part of a step ("result", "local", or the "total" of a
// sum), the likeliest first: {code, family, number, reply, hints, say(got)}. Equal numbers are one slip, the likeliest.
export function slipsFor(run, step, part = "result") {
  const right = run.due(step, part);
  const found = [];
  const candidates = [...rulesAt(run, step, part, right), ...(part === "result" ? passedOn(run, step) : [])];
  for (const [{ code, family }, number, say] of candidates) {
    if (Number.isNaN(number) || isSame(number, right) || found.some((slip) => isSame(number, slip.number))) continue;
    found.push({
      ...{ code, family, number, say },
      get reply() {
        return say(numberText(number, run.graph.short));
      },
      get hints() {
        return hintsFor(run, step, part, number);
      },
    });
  }
  return found;
}

// What is said to a typed number that nothing in the table gives.
export function unexplained(run, step, part, got) {
  const kind = step.phase === "forward" ? ".value" : step.parent === null ? ".root" : { local: ".local", total: ".shared" }[part];
  return fill(run, `slip.UNEXPLAINED${kind ?? ""}`, { ...placesOf(run, step), got });
}

const isSame = (a, b) => isRight({ data: a, reach: 0 }, b);

// What a reply can say: the names of the nodes of an edge, and what the consumer does.
function placesOf(run, { node, parent }) {
  const names = { node: nameOf(run, node), parent: nameOf(run, parent ?? node), root: nameOf(run, run.root) };
  return { ...names, op: run.writing(node)?.called ?? "" };
}

// --- the numbers: each with its rule, and what is said to it ---

function* rulesAt(run, step, part, right) {
  const { node, parent, phase } = step;
  const places = placesOf(run, step);
  const said = (rule, number) => [rule, number, (got) => fill(run, `slip.${rule.code}${variantOf(run, step, rule)}`, { ...places, got })];
  const all = (places, numbers) => places.map((place) => said(RULES[place], RULES[place].number(numbers)));
  const { op } = run.graph.nodes[node];
  if (phase === "forward") {
    for (const [place, ...inside] of VALUES[op]) yield* all(insideOf(run, step, inside) ? [place] : [], { ...numbersAt(run, step), ...insideOf(run, step, inside) });
  } else if (parent === null) {
    yield* all(NODES.root, { ...numbersAt(run, step), total: right, product: right });
  } else if (part === "total") {
    const numbers = { total: right, value: run.values[parent], n: run.graph.examples, product: step.contributions.reduce((a, b) => a * b, 1) };
    for (const place of NODES.shared) yield* leftOut(step.contributions, RULES[place]).flatMap((left_out) => all([place], { ...numbers, left_out }));
  } else {
    const alone = part === "local" ? { upstream: 1, contribution: step.local } : {}; // as if 1 arrived
    const letter = Math.floor((step.slot * run.operation(node).letters) / step.operands.length);
    const known = EDGES[op][letter].filter((place) => part !== "local" || OF_LOCAL.includes(RULES[place].code));
    yield* all(known, { ...numbersAt(run, step), ...alone });
    yield* all(NODES.edge, { total: right, product: right, value: run.values[parent] });
  }
}

// A slip at the step before, with which a reader went on correctly: at a node that one consumer alone sends a gradient to.
function passedOn(run, step) {
  const arrivals = step.parent === null || step.phase === "forward" ? [] : run.arrivals[step.node];
  const earlier = arrivals.length === 1 ? run.step(arrivals[0]) : { parent: null };
  if (earlier.parent === null) return [];
  const [what, source] = [step.parent, step.node].map((i) => plain(gradientOf(run, i)));
  const before = (say) => (got) => fill(run, "check.behind", { what, got, reply: say(source) });
  const found = [...rulesAt(run, earlier, "result", earlier.contribution)];
  return found.map(([rule, number, say]) => [rule, product(number, step.local), step.local === 1 ? say : before(say)]);
}

// What a formula can read of a step.
function numbersAt(run, step) {
  const { node, slot, operands, value, upstream, local, contribution } = step;
  const byName = run.operation(node)?.isNary === false ? { a: operands[0], b: operands[1], c: operands[2] } : {};
  return { ...byName, upstream, local, contribution, value, operand: operands[slot], n: run.graph.examples ?? NaN };
}

// The operands of an operand that a rule speaks of, where that was made as the rule has it; null where not.
function insideOf(run, { node }, [letter, madeBy]) {
  if (!letter) return {};
  const inner = run.graph.nodes[run.graph.nodes[node].parents["abc".indexOf(letter)]];
  if (inner?.op !== madeBy) return null;
  const [first, second] = inner.parents.map((p) => run.values[p]);
  return { first, second };
}

// The sums of what may be left out of several contributions, the more of them the likelier; one nothing for a rule that
// leaves none out.
function leftOut(contributions, { leavesOut }) {
  if (!leavesOut) return [0];
  const all = contributions.length <= MOST_TERMS ? [...Array(2 ** contributions.length - 2)].map((_, k) => k + 1) : [];
  const chosen = all.map((bits) => contributions.filter((_, k) => (bits >> k) & 1)).sort((a, b) => b.length - a.length);
  const few = [...contributions.map((_, k) => contributions.filter((_, each) => each !== k)), ...contributions.map((one) => [one])];
  return (all.length ? chosen : few).map((some) => some.reduce((a, b) => a + b, 0));
}

function variantOf(run, { phase, parent }, { code }) {
  if (code === "SIGN" && phase === "forward") return ".value";
  const consumers = code === "MISSING_PATH" ? run.arrivals[parent].map((at) => run.step(at).node) : [];
  return consumers.length && consumers.every((one) => one === consumers[0]) ? ".operands" : "";
}
