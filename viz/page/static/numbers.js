// Numbers as the engine has them: floats as IEEE 754 has it, and exact fractions. How they are printed, and read when a
// person types one. A number here is a JavaScript number, or a Fraction. The model is autograd/ieee.py.

export const PRINTED_DIGITS = 6; // significant digits where nothing asks for more
const EXACT_BITS = 4096; // a fraction that needs more becomes a float
const MOST_BITS = 2 ** 16; // of a power that is still worth computing exactly

const bitLength = (n) => {
  const hex = (n < 0n ? -n : n).toString(16);
  return n === 0n ? 0 : 4 * hex.length - Math.clz32(parseInt(hex[0], 16)) + 28;
};

const gcd = (a, b) => {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
};

// An exact fraction in lowest terms, with a positive denominator.
export class Fraction {
  constructor(numerator, denominator = 1n) {
    const shared = gcd(numerator, denominator) * (denominator < 0n ? -1n : 1n);
    this.numerator = numerator / shared;
    this.denominator = denominator / shared;
  }

  plus(other) {
    return new Fraction(this.numerator * other.denominator + other.numerator * this.denominator, this.denominator * other.denominator);
  }

  negated() {
    return new Fraction(-this.numerator, this.denominator);
  }

  minus(other) {
    return this.plus(other.negated());
  }

  times(other) {
    return new Fraction(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  over(other) {
    return new Fraction(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  // To a whole power; 0 only to one that is not negative.
  raised(exponent) {
    const size = exponent < 0n ? -exponent : exponent;
    const [top, bottom] = [this.numerator ** size, this.denominator ** size];
    return exponent < 0n ? new Fraction(bottom, top) : new Fraction(top, bottom);
  }

  // Negative, zero or positive, as this is less than, equal to or greater than the other.
  compare(other) {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  get bits() {
    return bitLength(this.numerator) + bitLength(this.denominator);
  }

  toString() {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`;
  }
}

export function isFraction(a) {
  return a instanceof Fraction;
}

// The nearest float; what is too large for one becomes an infinity.
export function asFloat(a) {
  if (!isFraction(a)) return a;
  const { numerator, denominator } = a;
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  let shift = Math.min(53 - (bitLength(size) - bitLength(denominator)), 1074); // so that the quotient has 53 bits or 54
  let quotient = quotientToEven(size, denominator, shift);
  if (bitLength(quotient) > 53) quotient = quotientToEven(size, denominator, --shift);
  const half = Math.trunc(shift / 2);
  return (numerator < 0n ? -1 : 1) * Number(quotient) * 2 ** -half * 2 ** -(shift - half);
}

// n * 2**shift / d, rounded to a whole number, halves to the even one.
function quotientToEven(n, d, shift) {
  return shift < 0 ? roundedToEven(n, d << BigInt(-shift)) : roundedToEven(n << BigInt(shift), d);
}

function roundedToEven(n, d) {
  const [quotient, twice] = [n / d, 2n * (n % d)];
  return quotient + (twice > d || (twice === d && quotient & 1n) ? 1n : 0n);
}

// A float as the fraction that it is.
function exactly(a) {
  let denominator = 1n;
  while (!Number.isInteger(a)) {
    a *= 2;
    denominator *= 2n;
  }
  return new Fraction(BigInt(a), denominator);
}

const settle = (a) => (isFraction(a) && a.bits > EXACT_BITS ? asFloat(a) : a);
const areFractions = (a, b) => isFraction(a) && isFraction(b);

export function add(a, b) {
  return areFractions(a, b) ? settle(a.plus(b)) : asFloat(a) + asFloat(b);
}

export function subtract(a, b) {
  return areFractions(a, b) ? settle(a.minus(b)) : asFloat(a) - asFloat(b);
}

export function times(a, b) {
  return areFractions(a, b) ? settle(a.times(b)) : asFloat(a) * asFloat(b);
}

// A fraction divided by zero becomes a float first.
export function divide(a, b) {
  return areFractions(a, b) && b.numerator !== 0n ? settle(a.over(b)) : asFloat(a) / asFloat(b);
}

export function negate(a) {
  return isFraction(a) ? a.negated() : -a;
}

// a ** b, never complex; exact for a fraction and a whole exponent. 1 ** nan and (-1) ** inf are 1, as C has it.
export function power(a, b) {
  if (areFractions(a, b) && b.denominator === 1n && (a.numerator !== 0n || b.numerator >= 0n)) {
    if ((a.bits - 2) * Math.abs(asFloat(b)) <= EXACT_BITS) return settle(a.raised(b.numerator));
  }
  const [base, exponent] = [asFloat(a), asFloat(b)];
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
}

// upstream * local, where a 0 on either side gives 0, even beside an infinity.
export function product(upstream, local) {
  if (isNumber(upstream, 0) || isNumber(local, 1)) return upstream;
  if (isNumber(local, 0) || isNumber(upstream, 1)) return local;
  return times(upstream, local);
}

const isNumber = (a, small) => (isFraction(a) ? a.denominator === 1n && a.numerator === BigInt(small) : a === small);

// A comparison of the formulas: "<", "<=", ">", ">=" or "==". nan is in no order.
export function holds(kind, a, b) {
  const order = areFractions(a, b) ? a.compare(b) : orderOf(asFloat(a), asFloat(b));
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0, "==": order === 0 }[kind];
}

const orderOf = (a, b) => (a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN);

// 1 and 0 of the same kind of number.
export function one(a) {
  return isFraction(a) ? new Fraction(1n) : 1;
}

export function zeroLike(a) {
  return isFraction(a) ? new Fraction(0n) : 0;
}

// A number from the data of the page: "5" and "1e-07" are floats, "5/1" is a fraction.
export function parseNumber(text) {
  if (text.includes("/")) return new Fraction(...text.split("/").map(BigInt));
  return { inf: Infinity, "-inf": -Infinity, nan: NaN }[text] ?? Number(text);
}

// --- printed numbers ---

// The digits of a float, rounded to `count` of them, halves to even (as few as tell it apart from others, without a
// count), and the power of ten of the first.
function digitsOf(a, count) {
  const [mantissa, exponent] = Math.abs(a).toExponential().split("e");
  let [digits, first] = [mantissa.replace(".", ""), Number(exponent)];
  if (count) {
    const { numerator, denominator } = exactly(Math.abs(a));
    const shift = count - 1 - first;
    const [up, down] = [10n ** BigInt(Math.max(shift, 0)), 10n ** BigInt(Math.max(-shift, 0))];
    digits = `${roundedToEven(numerator * up, denominator * down)}`;
    if (digits.length > count) first += 1; // 9.99 has become 10.0
    digits = digits.slice(0, count);
  }
  return [digits, first];
}

// Digits with their point, or with a power of ten below 0.0001 and from 10**most on.
function placed(digits, first, most) {
  digits = digits.replace(/0+$/, "") || "0";
  if (first < -4 || first >= most) return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${first}`;
  if (first < 0) return `0.${"0".repeat(-first - 1)}${digits}`;
  const whole = digits.slice(0, first + 1).padEnd(first + 1, "0");
  return digits.length > first + 1 ? `${whole}.${digits.slice(first + 1)}` : whole;
}

// A number with at most `digits` significant digits (6); fractions and whole numbers below 10**15 in full.
export function numberText(a, digits = null) {
  if (isFraction(a)) return `${a}`.length <= 24 ? `${a}` : numberText(asFloat(a), digits);
  if (!Number.isFinite(a)) return a !== a ? "nan" : a > 0 ? "inf" : "-inf";
  if (Number.isInteger(a) && Math.abs(a) < 1e15) return `${a + 0 || 0}`;
  const sign = a < 0 ? "-" : "";
  const [shortest, first] = digitsOf(a);
  const short = shortest.length <= Math.min(digits || PRINTED_DIGITS, 15) && !(Number.isInteger(a) && first < 16);
  return sign + (short ? placed(shortest, first, 16) : placed(...digitsOf(a, digits || PRINTED_DIGITS), digits || PRINTED_DIGITS));
}

// The exact number that a printed text stands for; null for inf and nan.
export function asPrinted(text) {
  const match = /^(-?)(\d+)(?:\/(\d+)|(?:\.(\d+))?(?:e([+-]?\d+))?)$/.exec(text);
  return match && fractionOf(match[1], match[2], match[4] ?? "", Number(match[5] ?? 0), match[3]);
}

function fractionOf(sign, whole, decimals, exponent, denominator = "1") {
  const shift = exponent - decimals.length;
  const [up, down] = [10n ** BigInt(Math.max(shift, 0)), 10n ** BigInt(Math.max(-shift, 0))];
  return new Fraction((sign ? -1n : 1n) * BigInt(whole + decimals) * up, BigInt(denominator) * down);
}

// Whether a printed text is the number: the same fraction, or a decimal within the rounding of a float.
export function isExact(a, text) {
  const printed = asPrinted(text);
  if (printed === null) return true;
  return isFraction(a) ? printed.compare(a) === 0 : Math.abs(asFloat(printed) - a) <= 4 * lastPlace(a);
}

// The distance to the next float.
function lastPlace(a) {
  if (!Number.isFinite(a)) return Math.abs(a);
  const [float, bits] = [new Float64Array(1), (array) => new BigInt64Array(array.buffer)];
  float[0] = Math.abs(a);
  bits(float)[0] += 1n;
  return float[0] - Math.abs(a);
}

// The value of a formula in exact arithmetic, where it is a fraction for certain; null where it is not. `operands` has a
// fraction, or a list of fractions, for each letter. Of a transcendental function only the value at its rational point
// is a fraction (theorem of Lindemann and Weierstrass).
export function exactValue(tree, operands, calls = {}) {
  const [kind, ...parts] = tree;
  if (kind === "number") return isFraction(parts[0]) ? parts[0] : new Fraction(BigInt(parts[0]));
  if (kind === "name") return Object.hasOwn(operands, parts[0]) ? operands[parts[0]] : null;
  if (kind === "call") return exactCall(parts[0], parts.slice(1), operands, calls);
  const [a, b] = parts.map((part) => exactValue(part, operands, calls));
  if (a === null || b === null) return null;
  if (kind === "negate") return a.negated();
  if (kind === "**") return exactPower(a, b);
  if (kind === "/") return b.numerator ? a.over(b) : null;
  if (kind === "+") return a.plus(b);
  if (kind === "-") return a.minus(b);
  return kind === "*" ? a.times(b) : new Fraction(holds(kind, a, b) ? 1n : 0n);
}

function exactPower(a, b) {
  if (b.denominator === 2n && a.numerator > 0n) {
    const root = exactRoot(a); // 25 ** 0.5 is 5
    return root && exactPower(root, new Fraction(b.numerator));
  }
  const small = a.bits * Math.abs(asFloat(b)) <= MOST_BITS;
  if (b.denominator === 1n && small && (a.numerator || b.numerator >= 0n)) return a.raised(b.numerator);
  return isNumber(a, 1) || (isNumber(a, 0) && b.numerator > 0n) ? a : null;
}

function exactCall(name, parts, operands, calls) {
  if (name === "where") {
    const condition = exactValue(parts[0], operands, calls);
    return condition && exactValue(parts[condition.numerator ? 1 : 2], operands, calls);
  }
  if (["sum", "max", "min"].includes(name)) {
    const terms = rowsOf(operands).map((items) => exactValue(parts[0], items, calls));
    if (terms.includes(null) || !(terms.length || name === "sum")) return null;
    if (name === "sum") return terms.reduce((total, term) => total.plus(term), new Fraction(0n));
    return terms.reduce((best, term) => (term.compare(best) * (name === "max" ? 1 : -1) > 0 ? term : best));
  }
  const found = parts.map((part) => exactValue(part, operands, calls));
  if (Object.hasOwn(calls, name)) return exactValue(calls[name].value, byLetter(calls[name], found), calls[name].calls);
  if (found.length !== 1 || found[0] === null) return null;
  if (name === "sqrt") return exactRoot(found[0]);
  if (!isNumber(found[0], name === "log" ? 1 : 0)) return null;
  return new Fraction(["exp", "cos", "cosh"].includes(name) ? 1n : 0n);
}

function exactRoot(a) {
  const root = a.numerator < 0n ? null : new Fraction(wholeRoot(a.numerator), wholeRoot(a.denominator));
  return root && root.times(root).compare(a) === 0 ? root : null;
}

// The largest whole number whose square is not above n (Newton's method, from above).
function wholeRoot(n) {
  if (n === 0n) return 0n;
  let root = 1n << BigInt(Math.ceil(bitLength(n) / 2));
  for (let next = (root + n / root) >> 1n; next < root; next = (root + n / root) >> 1n) root = next;
  return root;
}

// The operands of a node by the letters of the formulas: one by one, or one list for each letter.
export function byLetter(operation, operands) {
  const count = operands.length / operation.letters.length;
  const taken = (k) => (operation.nary ? operands.slice(k * count, (k + 1) * count) : operands[k]);
  return Object.fromEntries([...operation.letters].map((letter, k) => [letter, taken(k)]));
}

// What a sum over i runs over: the operands with a[i], b[i] for each place of their lists.
export function rowsOf(operands) {
  const lists = Object.entries(operands).filter(([, items]) => Array.isArray(items));
  const places = lists.length ? lists[0][1].map((_, i) => i) : [];
  return places.map((i) => ({ ...operands, ...Object.fromEntries(lists.map(([letter, items]) => [`${letter}[i]`, items[i]])) }));
}

// --- what a person types ---

const LITERAL = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g;
const WORD = new RegExp(`${LITERAL.source}|\\*\\*|\\S`, "g");
const LONGEST = 200; // characters of a number; what is longer is no answer
const LARGEST = 400; // the largest power of ten that is read at all

// A typed number ("3/4", "0,577", "-1.5e-2", "3*2", "2^3", "inf"): its data, how many digits are significant, and how far
// off it may be (its reach), both 0 for what is meant exactly; null for what is no number.
export function typed(text) {
  const shown = text.trim().replace(/(\d),(?=\d)/g, "$1.").replace(/−/g, "-");
  const infinite = /^([+-]?)(?:inf|infinity|∞)$/i.exec(shown);
  if (infinite) return { data: infinite[1] === "-" ? -Infinity : Infinity, reach: 0, digits: 0 };
  const literals = shown.match(LITERAL) ?? [];
  const exact = typedExactly(shown, literals);
  const data = exact === null ? NaN : asFloat(exact);
  if (!Number.isFinite(data)) return null;
  if (literals.length === 1) return { data, ...precisionOf(literals[0]) };
  const decimals = literals.filter((literal) => !/^\d+$/.test(literal)).map((literal) => precisionOf(literal).digits);
  const digits = decimals.length && data ? Math.min(...decimals) : 0;
  return { data, reach: digits && Math.abs(data) * Number(`1e${1 - Math.max(digits, FEWEST)}`), digits };
}

// The number that literals with + - * / ** ( ) stand for; null if it is something else, or undefined.
function typedExactly(text, literals) {
  if (text.length > LONGEST || !/^[\s+\-*/^()·×⋅÷]*$/.test(text.replace(LITERAL, ""))) return null;
  const exponents = literals.map((literal) => Number(literal.toLowerCase().split("e")[1] ?? 0));
  if (exponents.some((exponent) => Math.abs(exponent) > LARGEST)) return null;
  const words = text.match(WORD) ?? [];
  const spelt = words.map((word) => ({ "·": "*", "×": "*", "⋅": "*", "÷": "/", "^": "**" })[word] ?? word);
  const tree = readSum(spelt);
  return tree && !spelt.length ? exactValue(tree, {}) : null;
}

const readSum = (words) => readChain(words, ["+", "-"], (rest) => readChain(rest, ["*", "/"], readSigned));

// Operands with signs of one strength between them, from left to right; null for what cannot be read.
function readChain(words, signs, read) {
  let tree = read(words);
  while (tree && signs.includes(words[0])) {
    const sign = words.shift();
    const other = read(words);
    tree = other && [sign, tree, other];
  }
  return tree;
}

function readSigned(words) {
  if (words[0] !== "-" && words[0] !== "+") return readPower(words);
  const sign = words.shift();
  const inner = readSigned(words);
  return inner && (sign === "-" ? ["negate", inner] : inner);
}

function readPower(words) {
  const base = readAtom(words);
  if (!base || words[0] !== "**") return base;
  words.shift();
  const exponent = readSigned(words);
  return exponent && ["**", base, exponent];
}

function readAtom(words) {
  const word = words.shift();
  if (word === "(") {
    const inner = readSum(words);
    return words.shift() === ")" ? inner : null;
  }
  const match = /^(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(word ?? "");
  return match && ["number", fractionOf("", match[1], match[2], Number(match[3] ?? 0))];
}

const FEWEST = 2; // significant digits, or decimals: nobody rounds to fewer
const HALF = 0.501; // of a unit, the half itself included

// The precision of a typed literal: what it stands for is less than a unit of its last digit away. Zeros at its end may
// have been left out: two digits, or two decimals, are meant at least, to half a unit. The zeros at the end of a whole
// number may be rounded ones. The model is autograd/handcheck/precision.py.
function precisionOf(literal) {
  const [mantissa, exponent] = literal.toLowerCase().split("e");
  const [whole, decimals] = mantissa.split(".");
  const written = (whole + (decimals ?? "")).replace(/^0+/, "");
  const kept = decimals === undefined ? written.replace(/0+$/, "") : written;
  const last = Number(exponent ?? 0) - (decimals ?? "").length + written.length - kept.length; // the power of the last digit
  if (!kept) return decimals === undefined ? { digits: 0, reach: 0 } : { digits: 1, reach: HALF * ten(Math.min(last, -FEWEST)) };
  let meant = last + kept.length - Math.max(kept.length, FEWEST);
  if (last < 0) meant = Math.max(meant, Math.min(last, -FEWEST));
  return { digits: kept.length, reach: (meant < last ? HALF : 1) * ten(meant) };
}

const ten = (power) => Number(`1e${Math.max(-300, Math.min(308, power))}`);

const ROUNDING = 1e-9; // what is smaller than this, relatively, is the rounding of floats
const TINY = 1e-12; // and so is this, absolutely

// Whether a typed number can stand for the true one: the one rule of the hand-check, `agrees` of precision.py.
export function isRight(answer, truth) {
  const due = asFloat(truth);
  if (!Number.isFinite(due) || !Number.isFinite(answer.data)) return answer.data === due;
  const [off, floats] = [Math.abs(answer.data - due), ROUNDING * Math.abs(due) + TINY];
  return off <= floats || off < answer.reach - floats;
}
