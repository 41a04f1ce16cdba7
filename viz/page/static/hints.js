// Help with the number that is asked for, in three grades: which rule, the line with a blank, and the number with a test to
// believe it by. The sentences come with the page; the model is autograd/handcheck/dialogues.py.

import { isExact, isRight, numberText } from "./numbers.js";
import { added, bare, number, plain } from "./typeset.js";
import { equations, fill, gradientOf, lines, nameOf, sentence } from "./words.js";

const BLANK = "▢";
const SMALL = 0.001; // how far an operand is moved in a test, where 1 would be too much
const TEST_DIGITS = 9;

const sign = (isTrue) => (isTrue ? "=" : "≈");
const held = (text) => (text.startsWith("-") ? `(${text})` : text);

// The three sentences about a part of a step; `wrong` is a wrong answer to it, where there is one.
export function hintsFor(run, step, part, wrong = null) {
  const say = (key, texts) => fill(run, key, texts);
  if (step.phase === "forward") return hintsOfValue(run, step, say);
  if (step.phase === "update") return hintsOfUpdate(run, step, say);
  if (step.parent === null) {
    const texts = { gradient: plain(gradientOf(run, step.node)), root: nameOf(run, run.root) };
    return [1, 2, 3].map((grade) => say(`hint.seed.${grade}`, texts));
  }
  if (part === "total") return hintsOfTotal(run, step, wrong, say);
  const texts = textsOf(run, step);
  const first = say(run.writing(step.node).isLinear ? "hint.edge.1.by_one" : "hint.edge.1", texts);
  if (part === "local") return [first, say("hint.local.2", texts), say("hint.local.3", { ...texts, rule: texts.known })];
  const last = say("hint.edge.3", { ...texts, rule: texts.known });
  return [first, say(step.terms > 1 ? "hint.edge.2.term" : "hint.edge.2", texts), step.terms > 1 ? last : `${last} ${test(run, step, say)}`];
}

function hintsOfValue(run, step, say) {
  const formula = plain(equations(run, step)[0]);
  const { nodes } = run.graph;
  const needed = [...new Set(nodes[step.node].parents)].filter((p) => !(nodes[p].constant && !nodes[p].parents.length));
  const operands = needed.map((p) => `${nameOf(run, p)} ${run.value(p)[0]} ${run.value(p).slice(1)}`).join(", ");
  const texts = { node: nameOf(run, step.node), formula, operands: operands || formula };
  return [say("hint.value.1", texts), say("hint.value.2", texts), say("hint.value.3", { line: sentence(run, step) })];
}

function hintsOfUpdate(run, step, say) {
  const [{ kind, texts }] = lines(run, step);
  const rule = plain(equations(run, step)[0]);
  if (kind === "after") return [1, 2, 3].map((grade) => say(`hint.after.${grade}`, texts));
  return [1, 2, 3].map((grade) => say(`hint.moved.${grade}`, { ...texts, rule, line: sentence(run, step) }));
}

// What is said to a wrong number of an update, whose cause cannot be seen.
export function unexplainedUpdate(run, step, got) {
  const [{ kind, texts }] = lines(run, step);
  return fill(run, `slip.UNEXPLAINED.${kind}`, { ...texts, got, node: nameOf(run, step.node), root: nameOf(run, run.root) });
}

// What can be said of an edge.
function textsOf(run, step) {
  const { node, parent, term, terms, upstream, local, contribution } = step;
  const [above, factor, result] = [upstream, local, contribution].map((each) => numberText(each, run.graph.digits));
  const [{ texts: line }] = lines(run, step);
  const [derivative, rule] = [plain(line.derivative), plain(bare(line.local))];
  const isNamed = [factor, derivative].includes(rule); // the rule says no more than the number, or the name
  return {
    ...{ term, terms, node: nameOf(run, node), parent: nameOf(run, parent), upstream: above, number: factor, result, local: derivative },
    formula: plain(equations(run, run.step(run.computedAt[node]))[0]),
    gradient: plain(gradientOf(run, parent)),
    above: plain(gradientOf(run, node)),
    rule: isNamed ? "=" : `= ${rule} =`,
    known: isNamed ? sign(isExact(local, factor)) : `= ${rule} ${sign(isExact(local, factor))}`,
    numbers: `${above} · ${held(factor)}`,
    sign: sign(isExact(upstream, above) && isExact(local, factor) && isExact(contribution, result)),
  };
}

// A sum: of its terms the first is left blank that is not the wrong answer.
function hintsOfTotal(run, step, wrong, say) {
  const { digits } = run.graph;
  const terms = run.arrivals[step.parent].map((at) => run.step(at));
  const place = wrong === null ? 0 : terms.findIndex(({ contribution }) => !isRight({ data: wrong, reach: 0 }, contribution));
  const factors = terms.map(({ upstream, local }, k) => `${k === Math.max(place, 0) ? BLANK : held(numberText(upstream, digits))} · ${held(numberText(local, digits))}`);
  const contributions = terms.map(({ contribution }) => numberText(contribution, digits));
  const result = numberText(step.after, digits);
  const isTrue = isExact(step.after, result) && terms.every(({ contribution }, k) => isExact(contribution, contributions[k]));
  const texts = { gradient: plain(gradientOf(run, step.parent)), result, sign: sign(isTrue) };
  const last = say("hint.shared.3", { ...texts, sum: plain(added(contributions.map(number))) });
  return [say("hint.shared.1", {}), say("hint.shared.2", { ...texts, sum: factors.join(" + ") }), `${last} ${test(run, step, say)}`];
}

// A test of a gradient: the operand moved by 1, where the root then changes by just the gradient, else by a little.
function test(run, { parent, after }, say) {
  const [start, root] = [run.values[parent], run.values[run.root]];
  const isStraight = isRight({ data: run.rootWith(parent, start + 1) - root, reach: 0 }, after);
  const moved = start + (isStraight ? 1 : SMALL);
  const value = run.rootWith(parent, moved);
  const text = numberText(value, isStraight ? null : TEST_DIGITS);
  const change = numberText(value - root, isStraight ? null : 3);
  const names = { parent: nameOf(run, parent), root: nameOf(run, run.root) };
  return say("hint.test", { ...names, moved: numberText(moved, TEST_DIGITS), value: text, change, sign: sign(isExact(value, text)) });
}
