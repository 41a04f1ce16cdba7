// The formulas of the table of operations: computed, and written with names or numbers put in. A formula is a tree, as
// autograd/dialects.py makes it; what is written is a layout, as in autograd/explain/typeset.py, and becomes plain text
// or MathML. The model is autograd/explain/formulas.py.

import { Fraction, add, asFloat, asPrinted, byLetter, divide, holds, isFraction, negate, numberText, parseNumber, power, rowsOf, subtract, times } from "./numbers.js";

const PRIMITIVES = ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"]; // Math has these
const ARITHMETIC = { "+": add, "-": subtract, "*": times, "/": divide, "**": power };

// --- computing ---

// The number of a formula; `operands` has a number, or a list of them, for each letter, `calls` the operations it calls.
export function evaluate(tree, operands, calls = {}) {
  const [kind, ...parts] = tree;
  if (kind === "number") return new Fraction(BigInt(parts[0]));
  if (kind === "name") return parts[0] === "pi" ? Math.PI : operands[parts[0]];
  if (kind === "call") return evaluateCall(parts[0], parts.slice(1), operands, calls);
  const [a, b] = parts.map((part) => evaluate(part, operands, calls));
  if (kind === "negate") return negate(a);
  return ARITHMETIC[kind] ? ARITHMETIC[kind](a, b) : holds(kind, a, b);
}

function evaluateCall(name, parts, operands, calls) {
  if (name === "where") return evaluate(parts[evaluate(parts[0], operands, calls) ? 1 : 2], operands, calls);
  const numbers = inTurn(name, parts, operands).map(([part, scope]) => evaluate(part, scope, calls));
  return applied(name, numbers, calls);
}

const REDUCING = ["sum", "max", "min"]; // over i

// The arguments of a call, each with the operands it reads: those of a sum over i are one formula, once for each place.
function inTurn(name, parts, operands) {
  return REDUCING.includes(name) ? rowsOf(operands).map((items) => [parts[0], items]) : parts.map((part) => [part, operands]);
}

// A function of the formulas at numbers. A sum of comparisons counts those that hold.
function applied(name, numbers, calls) {
  if (name === "sum") return numbers.map((a) => (typeof a === "boolean" ? new Fraction(a ? 1n : 0n) : a)).reduce(add, new Fraction(0n));
  if (name === "max" || name === "min") {
    const better = name === "max" ? ">" : "<";
    return numbers.find((a) => a !== a) ?? numbers.reduce((best, a) => (holds(better, a, best) ? a : best));
  }
  return PRIMITIVES.includes(name) ? Math[name](asFloat(numbers[0])) : valueAt(calls[name], numbers);
}

// Operands as one kind of number: a float among fractions makes floats.
function alike(operands) {
  return operands.every(isFraction) ? operands : operands.map(asFloat);
}

// The value of an operation at its operands.
export function valueAt(operation, operands) {
  const [same, exact] = [alike(operands), operands.every(isFraction)];
  const value = evaluate(operation.value, byLetter(operation, same), operation.calls);
  return exact ? value : asFloat(value);
}

// Its local derivatives at the operands, where its value is y.
export function partialsAt(operation, operands, y) {
  return operands.map((_, slot) => partialAt(operation, operands, y, slot));
}

export function partialAt(operation, operands, y, slot) {
  const exact = operands.every(isFraction);
  const [letter, scope] = inSlot(operation, alike(operands), slot);
  const partial = evaluate(operation.partials[letter], { ...scope, y: exact ? y : asFloat(y) }, operation.calls);
  return exact ? partial : asFloat(partial);
}

// On which side of each of its kinks an operation is: -1, 0 or 1; [] where it has none.
export function sidesAt(operation, operands, y) {
  const scope = { ...byLetter(operation, alike(operands)), y: operands.every(isFraction) ? y : asFloat(y) };
  const scopes = operation.nary ? rowsOf(scope) : [scope];
  return operation.kinks.flatMap((kink) => scopes.map((each) => sideOf(asFloat(evaluate(kink, each, operation.calls)))));
}

const sideOf = (distance) => (distance > 0 ? 1 : distance < 0 ? -1 : 0);

// Which partial belongs to a slot, and the operands by letter; in a list, a[i] is the entry at the place of the slot.
export function inSlot(operation, operands, slot) {
  const scope = byLetter(operation, operands);
  if (!operation.nary) return [slot, scope];
  const count = operands.length / operation.letters.length;
  return [Math.floor(slot / count), { ...scope, ...rowsOf(scope)[slot % count] }];
}

// --- writing: layouts ---

export const SUM = 2; // how tightly a piece of formula holds together
export const PRODUCT = 3;
const SIGNED = 4;
const POWER = 5;
const ATOM = 6;
const STRENGTH = { "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER };
const NUMERAL = /^(?:-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\d+\/\d+|inf)|nan)$/;
export const LONGEST_LIST = 6; // a longer sum is shortened to its first terms and the last

// What a node is called, as a layout: a constant may be called by its number.
export function asLayout(text) {
  return [NUMERAL.test(text) ? "number" : "name", text];
}

// Layouts side by side; a text among them is a sign.
export function row(...parts) {
  return ["row", ...parts.map((part) => (typeof part === "string" ? ["sign", part] : part))];
}

// An operand as it is to be shown, and its number, which decides the branch of a where().
export function operand(text, data) {
  return { text, data };
}

export function putIn(data, digits = null) {
  return operand(numberText(data, digits), data);
}

// A negative number binds like a sign, a fraction like a quotient.
function strengthOf(text) {
  return text[0] === "-" ? SIGNED : text.includes("/") && /^\d+$/.test(text.replaceAll("/", "")) ? PRODUCT : ATOM;
}

const piece = (layout, strength, data) => ({ layout, strength, data, text: plain(layout) });
const held = (item, strength) => (item.strength >= strength ? item.layout : ["paren", item.layout]);

// The formula with its operands put in: its layout, how tightly it holds together, its number and its plain text.
export function write(tree, operands, calls = {}) {
  const [kind, ...parts] = tree;
  if (kind === "number") return piece(["number", `${parts[0]}`], parts[0] < 0 ? SIGNED : ATOM, new Fraction(BigInt(parts[0])));
  if (kind === "name" && parts[0] === "pi") return piece(["name", "π"], ATOM, Math.PI);
  if (kind === "name") return piece(asLayout(operands[parts[0]].text), strengthOf(operands[parts[0]].text), operands[parts[0]].data);
  if (kind === "call") return writeCall(parts[0], parts.slice(1), operands, calls);
  const [left, other] = parts.map((part) => write(part, operands, calls));
  if (kind === "negate") return piece(["negate", held(left, SIGNED + 1)], SIGNED, negate(left.data));
  return writeBinary(kind, left, other, parts[1][0] === "call" && parts[1][1] === "sum");
}

function writeBinary(kind, left, right, isShare) {
  if (kind === "/" && isShare && asFloat(right.data) === 1) return left; // shared by one: 1, not 1 / 1
  if (kind === "**" && /^[\d.+ -]+$/.test(right.text)) {
    if (asFloat(right.data) === 1) return left; // an exponent of numbers alone: x^2 for x^(3 - 1), x for x^(2 - 1)
    right = piece(["number", exponentText(right.text)], asFloat(right.data) < 0 ? SIGNED : ATOM, right.data);
  }
  if (!STRENGTH[kind]) return piece(row(left.layout, kind, right.layout), 1, holds(kind, left.data, right.data));
  const strength = STRENGTH[kind];
  const first = held(left, kind === "**" ? strength + 1 : strength);
  let other = held(right, kind === "**" ? SIGNED : strength + 1);
  if (right.text[0] === "-" && other[0] !== "paren") other = ["paren", other];
  const layouts = { "**": ["power", first, other], "/": ["frac", first, other], "*": row(first, "·", other) };
  return piece(layouts[kind] ?? row(first, kind, other), strength, ARITHMETIC[kind](...alike([left.data, right.data])));
}

// What a sum or difference of printed numbers comes to: "2" for "3 - 1".
function exponentText(text) {
  const terms = text.replaceAll(" - ", " + -").split(" + ").map((word) => asPrinted(word));
  return `${asFloat(terms.reduce((sum, term) => sum.plus(term)))}`;
}

function writeCall(name, parts, operands, calls) {
  if (name === "where") return write(parts[write(parts[0], operands, calls).data ? 1 : 2], operands, calls);
  const pieces = inTurn(name, parts, operands).map(([part, scope]) => write(part, scope, calls));
  const layouts = pieces.map((item) => item.layout);
  const data = applied(name, pieces.map((item) => item.data), calls);
  if (name !== "sum") return piece(["call", name, ...(REDUCING.includes(name) ? shortened(layouts) : layouts)], ATOM, data);
  if (typeof pieces[0]?.data === "boolean") return piece(["number", `${data}`], ATOM, data);
  const terms = pieces.map((item, k) => (k && item.text[0] === "-" ? ["paren", item.layout] : held(item, SUM + (k > 0))));
  return piece(added(terms), pieces.length > 1 ? SUM : ATOM, data);
}

// Layouts with a + between them; a long sum is shortened.
export function added(layouts) {
  if (layouts.length < 2) return layouts[0] ?? ["number", "0"];
  return row(...shortened(layouts).flatMap((layout) => ["+", layout]).slice(1));
}

// A long list by its first entries and its last.
export function shortened(layouts) {
  return layouts.length <= LONGEST_LIST ? layouts : [...layouts.slice(0, 3), ["sign", "…"], layouts.at(-1)];
}

// An operation, called by its name, applied to its operands.
export function writeValue(name, operation, operands) {
  if (operation.shown) return write(operation.shown, byLetter(operation, operands), operation.calls);
  return piece(["call", name, ...shortened(operands.map((shown) => asLayout(shown.text)))], ATOM, null);
}

// The local derivative for one operand. A float makes floats of all, for ties too.
export function writePartial(operation, slot, operands, y) {
  if (![...operands, y].every((each) => isFraction(each.data))) {
    operands = operands.map((each) => operand(each.text, asFloat(each.data)));
    y = operand(y.text, asFloat(y.data));
  }
  const [letter, scope] = inSlot(operation, operands, slot);
  return write(operation.partials[letter], { ...scope, y }, operation.calls);
}

// The operands of node number i by their names; a constant that has none by its number.
export function namedOperands(graph, i, numbers, digits) {
  const isNumber = (node) => node.quiet && NUMERAL.test(node.name); // a notation may have a name for it, too
  return graph.nodes[i].parents.map((p, k) => (isNumber(graph.nodes[p]) ? putIn(numbers[k], digits) : operand(graph.nodes[p].name, numbers[k])));
}

// The formula of the value of node number i, by the names of its operands.
export function writtenValue(graph, i) {
  const node = graph.nodes[i];
  const numbers = node.parents.map((p) => parseNumber(graph.nodes[p].data));
  return writeValue(node.op, graph.operations[node.op], namedOperands(graph, i, numbers, graph.digits)).layout;
}

// --- plain text ---

// A layout in one line of text.
export function plain(layout) {
  const [kind, ...parts] = layout;
  if (["number", "name", "sign"].includes(kind)) return parts[0];
  if (kind === "derivative") return `∂${parts[0]}/∂${parts[1]}`;
  if (kind === "call") return `${parts[0]}(${parts.slice(1).map(plain).join(", ")})`;
  const texts = parts.map(plain);
  if (kind === "negate") return `-${texts[0]}`;
  return kind === "paren" ? `(${texts[0]})` : texts.join({ row: " ", list: ", ", frac: " / ", power: "^" }[kind]);
}

// --- MathML ---

const MATHML = "http://www.w3.org/1998/Math/MathML";
const MATHML_SIGNS = { "-": "−", "<=": "≤", ">=": "≥" };
const LETTER = "[A-Za-zÀ-ÖØ-öø-ɏͰ-ϿḀ-ỿ][\u0300-\u036f]*"; // with the accents that stand on it
const NAME = new RegExp(
  `^((?:${LETTER})+)(\\d*|[₀-₉]+(?:,[₀-₉]+)*)((?:_[0-9A-Za-z]+(?:,\\d+)*)*)([⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]*|\\^\\(\\d+\\)|\\^\\[\\d+\\])(['′]*)$`,
);
const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾";
const GREEK_WORDS = [
  ..."alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(" "),
  ..."Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(" "),
];
const GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ";

// A math element that shows a layout.
export function mathml(layout) {
  return tag("math", mathmlOf(layout));
}

function tag(name, ...children) {
  const made = document.createElementNS(MATHML, name);
  made.append(...children);
  return made;
}

const bare = (layout) => (layout[0] === "paren" ? layout[1] : layout);

// Whether parentheses around a layout are needless where quotients have a bar.
const needsNone = (layout) => layout[0] === "frac" || (layout[0] === "number" && layout[1].includes("/") && layout[1][0] !== "-");

function mathmlOf(layout) {
  const [kind, ...parts] = layout;
  if (kind === "number") return mathmlNumber(parts[0]);
  if (kind === "name") return mathmlName(parts[0]);
  if (kind === "sign") return tag("mo", MATHML_SIGNS[parts[0]] ?? parts[0]);
  if (kind === "derivative") return tag("mfrac", ...parts.map((part) => tag("mrow", tag("mo", "∂"), mathmlName(part))));
  if (kind === "frac") return tag("mfrac", ...parts.map((part) => mathmlOf(bare(part))));
  if (kind === "power") return tag("msup", mathmlBase(parts[0]), mathmlOf(bare(parts[1])));
  if (kind === "paren") return needsNone(parts[0]) ? mathmlOf(parts[0]) : mathmlParen(parts[0]);
  if (kind === "call") return mathmlCall(parts[0], parts.slice(1));
  const inside = parts.map(mathmlOf);
  if (kind === "list") return tag("mrow", ...inside.flatMap((part) => [tag("mo", ","), part]).slice(1));
  return tag("mrow", ...(kind === "negate" ? [tag("mo", "−")] : []), ...inside);
}

const mathmlParen = (inner) => tag("mrow", tag("mo", "("), mathmlOf(inner), tag("mo", ")"));

// What is raised to a power; 1e-9, which is written as a product, takes parentheses, and so does z⁽¹⁾, which has a mark there.
const mathmlBase = (layout) => {
  if (layout[0] === "paren") return mathmlParen(layout[1]);
  const marks = (layout[0] === "name" && NAME.exec(layout[1])) || [];
  const isProduct = layout[0] === "number" && layout[1].includes("e");
  return isProduct || marks[4] || marks[5] ? mathmlParen(layout) : mathmlOf(layout);
};

function mathmlCall(name, layouts) {
  if (name === "sqrt") return tag("msqrt", mathmlOf(layouts[0]));
  if (name !== "abs") return tag("mrow", tag("mi", name), mathmlParen(["list", ...layouts]));
  const [before, after] = ["prefix", "postfix"].map((form) => {
    const bar = tag("mo", "|");
    bar.setAttribute("form", form);
    return bar;
  });
  return tag("mrow", before, mathmlOf(layouts[0]), after);
}

function mathmlNumber(text) {
  if (text[0] === "-") return tag("mrow", tag("mo", "−"), mathmlNumber(text.slice(1)));
  if (text === "inf" || text === "nan") return tag("mi", text === "inf" ? "∞" : text);
  if (text.includes("/")) return tag("mfrac", ...text.split("/").map((part) => tag("mn", part)));
  const [mantissa, exponent] = text.split("e");
  if (exponent === undefined) return tag("mn", text);
  return tag("mrow", tag("mn", mantissa), tag("mo", "·"), tag("msup", tag("mn", "10"), mathmlNumber(`${Number(exponent)}`)));
}

// A name: its letters, with what stands below and above them; one of another shape is text.
function mathmlName(name) {
  const match = NAME.exec(name);
  if (!match) return tag("mtext", name.trim().split(/\s+/).join(" "));
  const [, letters, digits, more, above, primes] = match;
  const low = onTheLine([digits, ...more.split("_")].filter(Boolean).join(","));
  const high = onTheLine(above.replace(/^\^/, "") + primes);
  const text = tag("mi", GREEK_LETTERS[GREEK_WORDS.indexOf(letters)] ?? letters);
  const marks = [low && tag(/^[\d,]*$/.test(low) ? "mn" : "mi", low), high && tag("mtext", high)].filter(Boolean);
  return marks.length ? tag(low && high ? "msubsup" : low ? "msub" : "msup", text, ...marks) : text;
}

const onTheLine = (text) =>
  text.replace(/./gu, (sign) => {
    if (sign === "'") return "′";
    const [low, high] = [LOWERED.indexOf(sign), RAISED.indexOf(sign)];
    return low >= 0 ? `${low}` : high >= 0 ? "0123456789()"[high] : sign;
  });
