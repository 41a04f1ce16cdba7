// Layouts: formulas as they stand on the page, in nested arrays, as autograd/explain/typeset.py describes them. Python
// sends them with holes for names and numbers; here the holes are filled, and what comes out is set as text or MathML.

import { numberText } from "./numbers.js";

// Layouts side by side; a text among them is a sign.
export function row(...parts) {
  return ["row", ...parts.map((part) => (typeof part === "string" ? ["sign", part] : part))];
}

export const number = (text) => ["number", text];
export const bare = (layout) => (layout[0] === "paren" || layout[0] === "held" ? layout[1] : layout);
export const isNegative = (layout) => plain(layout).startsWith("-");
const isFraction = ([kind, text]) => kind === "number" && text.includes("/") && text[0] !== "-";

// A skeleton with its holes filled: `holes` has a layout for each, by its place or name.
export function filled(skeleton, holes, isAlone = true) {
  const [kind, ...parts] = skeleton;
  if (kind === "hole") return holes[parts[0]];
  if (kind === "held") {
    const [inner, needs] = [filled(parts[0], holes), parts[1]];
    return (needs.includes("n") && isNegative(inner)) || (needs.includes("f") && isFraction(inner)) ? ["paren", inner] : inner;
  }
  const layouts = parts.map((part) => (Array.isArray(part) ? filled(part, holes, false) : part));
  return kind === "power" ? power(...layouts, isAlone) : [kind, ...layouts];
}

// A power whose exponent consists of numbers alone is written with what they come to: x^2 for x^(3 - 1), x for x^(2 - 1).
function power(base, exponent, isAlone) {
  const text = plain(bare(exponent));
  if (!/^[\d.+ -]+$/.test(text)) return ["power", base, exponent];
  const value = sumOfDecimals(text.replaceAll(" - ", " + -").split(" + "));
  if (value === 1) return isAlone ? bare(base) : base;
  const written = number(numberText(value, 15));
  return ["power", base, value < 0 ? ["paren", written] : written];
}

// What printed decimals come to: exactly, as on paper, and then as a float.
function sumOfDecimals(terms) {
  const places = Math.max(...terms.map((term) => (term.split(".")[1] ?? "").length));
  const whole = (term) => BigInt(term.replace(".", "") + "0".repeat(places - (term.split(".")[1] ?? "").length));
  return Number(`${terms.map(whole).reduce((sum, term) => sum + term)}e-${places}`);
}

// The places of the holes in a skeleton.
export function holesIn([kind, ...parts]) {
  return kind === "hole" ? parts : parts.filter(Array.isArray).flatMap(holesIn);
}

// Layouts with a + between them.
export function added(layouts) {
  const terms = layouts.map((layout, k) => (k && isNegative(layout) ? ["paren", layout] : layout));
  return terms.length === 1 ? terms[0] : row(...terms.flatMap((term) => ["+", term]).slice(1));
}

// A short name as small letters below the line, where there are such.
const SMALL = Object.fromEntries([..."aehijklmnoprstuvx0123456789"].map((letter, k) => [letter, [..."ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₀₁₂₃₄₅₆₇₈₉"][k]]));
const lowered = (name) => ([...name].every((letter) => SMALL[letter]) ? [...name].map((letter) => SMALL[letter]).join("") : name);

// A layout in one line of text.
export function plain([kind, ...parts]) {
  if (["number", "name", "sign"].includes(kind)) return parts[0];
  if (kind === "derivative") return `∂${parts[0]}/∂${parts[1]}${parts.slice(2).map((name) => `|${lowered(name)}`).join("")}`;
  if (kind === "call") return `${parts[0]}(${parts.slice(1).map(plain).join(", ")})`;
  const texts = parts.map(plain);
  if (kind === "negate") return `-${texts[0]}`;
  return kind === "paren" ? `(${texts[0]})` : texts.join({ row: " ", list: ", ", frac: " / ", power: "^" }[kind]);
}

// --- MathML ---

const MATHML = "http://www.w3.org/1998/Math/MathML";
const SIGNS = { "-": "−", "<=": "≤", ">=": "≥" };

function tag(name, ...children) {
  const made = document.createElementNS(MATHML, name);
  made.append(...children);
  return made;
}

// A math element that shows a layout. `marks` has the letters of a name, what stands below them, and what above.
export function mathml(layout, marks) {
  const set = ([kind, ...parts]) => {
    if (kind === "number") return setNumber(parts[0]);
    if (kind === "name") return setName(parts[0]);
    if (kind === "sign") return tag("mo", SIGNS[parts[0]] ?? parts[0]);
    if (kind === "derivative") {
      const quotient = tag("mfrac", ...parts.slice(0, 2).map((part) => tag("mrow", tag("mo", "∂"), setName(part))));
      return parts[2] ? tag("mrow", quotient, tag("msub", tag("mo", "|"), setName(parts[2]))) : quotient;
    }
    if (kind === "frac") return tag("mfrac", ...parts.map((part) => set(bare(part))));
    if (kind === "power") return tag("msup", needsParen(parts[0]) ? paren(bare(parts[0])) : set(parts[0]), set(bare(parts[1])));
    if (kind === "paren") return parts[0][0] === "frac" || isFraction(parts[0]) ? set(parts[0]) : paren(parts[0]);
    if (kind === "call" && parts[0] === "sqrt") return tag("msqrt", set(parts[1]));
    if (kind === "call" && parts[0] === "abs") return tag("mrow", bar("prefix"), set(parts[1]), bar("postfix"));
    if (kind === "call") return tag("mrow", tag("mi", parts[0]), paren(["list", ...parts.slice(1)]));
    const inside = parts.map(set);
    if (kind === "list") return tag("mrow", ...inside.flatMap((part) => [tag("mo", ","), part]).slice(1));
    return tag("mrow", ...(kind === "negate" ? [tag("mo", "−")] : []), ...inside);
  };
  const paren = (inner) => tag("mrow", tag("mo", "("), set(inner), tag("mo", ")"));
  const marksOf = (name) => (Object.hasOwn(marks, name) ? marks[name] : null);
  // As a base: 1e-9, which is written as a product, and z⁽¹⁾, which has a mark where the exponent stands.
  const needsParen = ([kind, text]) => kind === "paren" || (kind === "number" && text.includes("e")) || (kind === "name" && marksOf(text)?.[2]);
  const setName = (name) => {
    if (!marksOf(name)) return tag("mtext", name);
    const [letters, below, above] = marksOf(name);
    const around = [below && tag(/^[\d,]*$/.test(below) ? "mn" : "mi", below), above && tag("mtext", above)].filter(Boolean);
    return around.length ? tag(below && above ? "msubsup" : below ? "msub" : "msup", tag("mi", letters), ...around) : tag("mi", letters);
  };
  return tag("math", set(layout));
}

function bar(form) {
  const made = tag("mo", "|");
  made.setAttribute("form", form);
  return made;
}

function setNumber(text) {
  if (text[0] === "-") return tag("mrow", tag("mo", "−"), setNumber(text.slice(1)));
  if (text === "inf" || text === "nan") return tag("mi", text === "inf" ? "∞" : text);
  if (text.includes("/")) return tag("mfrac", ...text.split("/").map((part) => tag("mn", part)));
  const [mantissa, exponent] = text.split("e");
  if (exponent === undefined) return tag("mn", text);
  return tag("mrow", tag("mn", mantissa), tag("mo", "·"), tag("msup", tag("mn", "10"), setNumber(`${Number(exponent)}`)));
}
