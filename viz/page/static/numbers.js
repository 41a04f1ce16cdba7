// Numbers for people: how they are printed, read when a person types one, and judged. The same is written in Python
// (autograd/explain/numbers.py, autograd/handcheck); the cases of tests/data/numbers.json are run on both.

export const PRINTED_DIGITS = 6; // significant digits where nothing asks for more
const TRUE_DIGITS = 15; // to so many an equation that is printed with = is true

// --- printed numbers ---

// The digits of a float, rounded to `count` of them, halves to even (as few as tell it apart from others, without a
// count), and the power of ten of the first.
function digitsOf(a, count) {
  const parts = (text) => text.replace(".", "").split("e");
  if (!count) {
    const [digits, first] = parts(a.toExponential());
    return [digits, Number(first)];
  }
  const [[digits, first], [exact, below]] = [parts(a.toExponential(count - 1)), parts(a.toExponential(60))];
  const isTie = /^50*$/.test(exact.slice(count)) && "02468".includes(exact[count - 1]); // JavaScript rounds it up
  return isTie ? [exact.slice(0, count), Number(below)] : [digits, Number(first)];
}

// Digits with their point, or with a power of ten below 0.0001 and from 10**most on.
function placed(digits, first, most) {
  digits = digits.replace(/0+$/, "") || "0";
  if (first < -4 || first >= most) return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${first}`;
  if (first < 0) return `0.${"0".repeat(-first - 1)}${digits}`;
  const whole = digits.slice(0, first + 1).padEnd(first + 1, "0");
  return digits.length > first + 1 ? `${whole}.${digits.slice(first + 1)}` : whole;
}

// A number with at most `digits` significant digits (6); whole numbers below 10**15 in full.
export function numberText(a, digits = null) {
  if (!Number.isFinite(a)) return a !== a ? "nan" : a > 0 ? "inf" : "-inf";
  if (Number.isInteger(a) && Math.abs(a) < 1e15) return `${a || 0}`;
  const [size, most] = [Math.abs(a), digits || PRINTED_DIGITS];
  const [shortest, first] = digitsOf(size);
  const isShort = shortest.length <= Math.min(most, 15) && !(Number.isInteger(a) && first < 16);
  return (a < 0 ? "-" : "") + (isShort ? placed(shortest, first, 16) : placed(...digitsOf(size, most), most));
}

// A printed number with the minus signs and the infinity of the cards.
export const pretty = (text) => text.replace(/-/g, "−").replace("inf", "∞");

// The sign of a printed number; and the number with it, also where it is positive.
export const signOf = (text) => (text[0] === "-" ? -1 : text === "0" || text === "nan" ? 0 : 1);
export const signedText = (text) => (signOf(text) > 0 ? "+" : "") + pretty(text);

// A sentence or formula with the minus signs and infinities of the cards. What is typed, and code, keeps its hyphens.
export function readable(text) {
  return text
    .replace(/(?<![^\s(])-(?=[\s\d(∂\p{L}])/gu, "−")
    .replace(/(\d)e-(?=\d)/g, "$1e−")
    .replace(/(?<![\p{L}\d])inf(?![\p{L}\d])/gu, "∞");
}

// The float that a text stands for, as Python prints it: "1e-07", "inf", "2/3".
export function parseNumber(text) {
  const [top, bottom] = text.split("/");
  return bottom ? top / bottom : ({ inf: Infinity, "-inf": -Infinity }[text] ?? Number(text));
}

// Whether a printed text is the number, within the rounding of a float.
export function isExact(a, text) {
  const printed = parseNumber(text);
  return !Number.isFinite(printed) || Math.abs(printed - a) <= 2 ** -50 * Math.abs(a);
}

// Whether a result that was computed from printed numbers is the printed result; of a difference, `from` is the number from
// which was subtracted, whose rounding stays when little is left.
export function comesOut(computed, text, from = 0) {
  const printed = parseNumber(text);
  if (!Number.isFinite(printed) || Number(computed.toPrecision(TRUE_DIGITS)) === printed) return true;
  return Math.abs(computed - printed) <= 2 ** -50 * Math.abs(from);
}

// How many digits the inputs need so that whoever computes with them as printed gets the result as printed, up to one
// unit of its last digit.
export function digitsToRecompute(inputs, compute, result) {
  const due = parseNumber(numberText(result)) || result;
  const unit = Number.isFinite(due) && due ? Number(`1e${Number(due.toExponential().split("e")[1]) + 1 - PRINTED_DIGITS}`) : 0;
  for (let digits = PRINTED_DIGITS; digits < 17; digits += 1) {
    const got = compute(inputs.map((data) => parseNumber(numberText(data, digits))));
    if (Math.abs(got - due) <= 1.0001 * unit || got !== got || numberText(got) === numberText(result)) return digits;
  }
  return 17;
}

// --- what a person types ---

const LITERAL = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g;
const WORD = new RegExp(`${LITERAL.source}|\\*\\*|\\S`, "g");
const SPELLINGS = { "·": "*", "×": "*", "⋅": "*", "÷": "/", "^": "**", "−": "-" };
const LONGEST = 200; // characters of a number; what is longer is no answer
const LARGEST = 400; // the largest power of ten that is read at all

// A typed number ("3/4", "0,577", "-1.5e-2", "3*2", "2^3", "inf"): its data, how many digits are significant, and how far
// off it may be (its reach), both 0 for what is meant exactly; null for what is no number.
export function typed(text) {
  const shown = text.trim().replace(/,(?=\d)/g, ".").replace(/−/g, "-");
  const infinite = /^([+-]?)(?:inf|infinity|∞)$/i.exec(shown);
  if (infinite) return { data: infinite[1] === "-" ? -Infinity : Infinity, reach: 0, digits: 0 };
  const literals = shown.match(LITERAL) ?? [];
  const data = valueOf(shown, literals);
  if (!Number.isFinite(data)) return null;
  if (literals.length === 1) return { data, ...precisionOf(literals[0]) };
  const decimals = literals.filter((literal) => !/^\d+$/.test(literal)).map((literal) => precisionOf(literal).digits);
  const digits = decimals.length && data ? Math.min(...decimals) : 0;
  return { data, reach: digits && Math.abs(data) * Number(`1e${1 - Math.max(digits, FEWEST)}`), digits };
}

// The number that literals with + - * / ** ( ) stand for; NaN if it is something else, or undefined.
function valueOf(text, literals) {
  if (text.length > LONGEST || !/^[\s+\-*/^()·×⋅÷]*$/.test(text.replace(LITERAL, ""))) return NaN;
  if (literals.some((literal) => Math.abs(literal.toLowerCase().split("e")[1] ?? 0) > LARGEST)) return NaN;
  const words = (text.match(WORD) ?? []).map((word) => SPELLINGS[word] ?? word);
  const value = sum(words);
  return words.length ? NaN : value;
}

// Each reads from the front of the words what it is called after, and gives its number; NaN for what cannot be read.
function sum(words) {
  let value = product(words);
  while (words[0] === "+" || words[0] === "-") value += words.shift() === "-" ? -product(words) : product(words);
  return value;
}

function product(words) {
  let value = signed(words);
  while (words[0] === "*" || words[0] === "/") value = words.shift() === "*" ? value * signed(words) : value / signed(words);
  return value;
}

function signed(words) {
  if (words[0] !== "-" && words[0] !== "+") return power(words);
  return words.shift() === "-" ? -signed(words) : signed(words);
}

function power(words) {
  const base = atom(words);
  if (words[0] !== "**") return base;
  words.shift();
  const exponent = signed(words);
  const result = base ** exponent;
  const isRational = Number.isInteger(exponent) || (Number.isInteger(2 * exponent) && result ** (1 / exponent) === base);
  return isRational ? result : NaN; // 4^0.5 is 2, and 2^0.5 is no number that a person can write
}

function atom(words) {
  const word = words.shift() ?? "";
  if (word !== "(") return /^\.?\d/.test(word) ? Number(word) : NaN;
  const inner = sum(words);
  return words.shift() === ")" ? inner : NaN;
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
export function isRight(answer, due) {
  if (!Number.isFinite(due) || !Number.isFinite(answer.data)) return answer.data === due;
  const [off, floats] = [Math.abs(answer.data - due), ROUNDING * Math.abs(due) + TINY];
  return off <= floats || off < answer.reach - floats;
}
