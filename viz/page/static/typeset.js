// Layouts: formulas as they stand on the page, in nested arrays, as autograd/explain/typeset.py describes them. Python
// sends them with holes for names and numbers; here the holes are filled, and what comes out is set as text or MathML.

import { numberText } from "./numbers.js";
import { element } from "./elements.js";

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
  return tag("math", setter(marks)(layout));
}

function setter(marks) {
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
    if (kind === "call" && parts[0] === "abs") return tag("mrow", fence("|", "prefix"), set(parts[1]), fence("|", "postfix"));
    if (kind === "call") return tag("mrow", tag("mi", parts[0]), paren(["list", ...parts.slice(1)]));
    const inside = parts.map(set);
    if (kind === "list") return tag("mrow", ...inside.flatMap((part) => [tag("mo", ","), part]).slice(1));
    return tag("mrow", ...(kind === "negate" ? [tag("mo", "−")] : []), ...inside);
  };
  const paren = (inner) => tag("mrow", fence("(", "prefix"), set(inner), fence(")", "postfix"));
  const marksOf = (name) => (Object.hasOwn(marks, name) ? marks[name] : null);
  // As a base: 1e-9, which is written as a product, and z⁽¹⁾, which has a mark where the exponent stands.
  const needsParen = ([kind, text]) => kind === "paren" || (kind === "number" && text.includes("e")) || (kind === "name" && marksOf(text)?.[2]);
  const setName = (name) => {
    if (!marksOf(name)) return tag("mtext", name);
    const [letters, below, above] = marksOf(name);
    const around = [below && sunk(tag(/^[\d,]*$/.test(below) ? "mn" : "mi", below)), above && tag("mtext", above)].filter(Boolean);
    return around.length ? tag(below && above ? "msubsup" : below ? "msub" : "msup", tag("mi", letters), ...around) : tag("mi", letters);
  };
  return set;
}

// What stands below a name, lower than a font without measures for mathematics would put it.
function sunk(below) {
  const made = tag("mpadded", below);
  for (const [name, value] of [["voffset", "-0.25em"], ["depth", "0.12em"]]) made.setAttribute(name, value);
  return made;
}

// A bracket or a bar, no higher than a letter: one that grows with what it holds is taller than the line.
function fence(text, form) {
  const made = tag("mo", text);
  made.setAttribute("form", form);
  made.setAttribute("stretchy", "false");
  return made;
}

// --- lines ---

const LEVELS = [["=", "≈", "<", "<=", ">", ">="], ["+", "-"], ["·", "/"]]; // signs before which a line may end, the best first
const LONG = 30; // letters of what is not broken by itself: a fraction or a root with more is written in a line, with brackets

// An element that shows a layout and breaks into lines where it is wider than its room: before a relation if that is enough,
// else before a sum's sign, else before a product's, inside brackets too; what is too wide even then gets smaller letters.
export function lines(layout, marks) {
  const set = setter(marks);
  const fits = (part) => plain(part).length <= LONG;
  // Either {nodes}, MathML that stays in one line, or {parts}, which need not.
  const broken = (layout) => {
    const [kind, ...parts] = layout;
    if (kind === "row") return splitRow(parts, 0);
    if (kind === "list") return { parts: parts.map(broken).map((part, k) => (k < parts.length - 1 ? behind(part, [tag("mo", ",")]) : part)) };
    if (kind === "negate") return before([tag("mo", "−")], broken(parts[0]));
    if (kind === "paren" && !(parts[0][0] === "frac" && fits(parts[0])) && !isFraction(parts[0])) return bracketed([], parts[0], fence(")", "postfix"));
    if (kind === "frac" && !parts.every((part) => fits(bare(part)))) return splitRow([held(parts[0]), ["sign", "/"], held(parts[1])], 0);
    if (kind === "power" && !fits(parts[0])) return raised(broken(parts[0]), set(bare(parts[1])));
    if (kind === "call" && parts[0] === "abs" && !fits(parts[1])) return before([fence("|", "prefix")], behind(broken(parts[1]), [fence("|", "postfix")]));
    if (kind === "call" && parts[0] === "sqrt" && !fits(parts[1])) return bracketed([tag("mo", "√")], parts[1], fence(")", "postfix"));
    if (kind === "call" && !["abs", "sqrt"].includes(parts[0])) return bracketed([tag("mi", parts[0])], ["list", ...parts.slice(1)], fence(")", "postfix"));
    return { nodes: [set(layout)] };
  };
  const held = (part) => (["row", "negate"].includes(bare(part)[0]) ? ["paren", bare(part)] : part);
  const bracketed = (name, inner, end) => before([...name, fence("(", "prefix")], behind(broken(inner), [end]));
  const splitRow = (parts, level) => {
    if (level === LEVELS.length) return parts.map(broken).reduce(joined);
    const isSign = ([kind, text]) => kind === "sign" && LEVELS[level].includes(text);
    const pieces = [];
    for (const part of parts) {
      if (!pieces.length || isSign(part)) pieces.push([part]);
      else pieces.at(-1).push(part);
    }
    const made = pieces.map((piece) => {
      if (!isSign(piece[0])) return splitRow(piece, level + 1);
      return before([infix(set(piece[0]))], piece.length > 1 ? splitRow(piece.slice(1), level + 1) : { nodes: [] });
    });
    return made.length === 1 ? made[0] : { parts: made };
  };
  const ruler = element("i", { class: "ruler" });
  const made = element("div", { class: "equation" }, ruler, shown({ parts: [broken(layout)] }));
  RULERS.observe(ruler);
  return made;
}

// An equation is broken anew when its room, which a ruler in it measures, gets another width.
const RULERS = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (target.isConnected) breakLines(target.parentNode, contentRect.width);
    else RULERS.unobserve(target);
  }
});
const INDENT = 30; // of a further line, as in step.css
const SMALLEST = 7; // letters of what cannot be broken,
const MANY = 16; // and of what takes many lines:
const TALLEST = 90; // more pixels than this

function breakLines(equation, room) {
  if (!room) return; // on a tab that is not shown
  const fit = (part, room) => {
    part.classList.remove("open");
    if (part.offsetWidth <= room) return;
    part.classList.add("open");
    for (const child of part.children) if (child.matches(".part")) fit(child, room - INDENT);
  };
  const whole = equation.querySelector(".part");
  equation.style.fontSize = "";
  fit(whole, room);
  const widest = () => Math.max(...[...equation.querySelectorAll("math")].map((math) => math.getBoundingClientRect().right)) - ruleLeft(equation);
  let size = parseFloat(getComputedStyle(equation).fontSize);
  const write = (smaller) => {
    size = smaller;
    equation.style.fontSize = `${size}px`;
    fit(whole, room);
  };
  // More than once, as what a line is indented by does not shrink with its letters.
  for (let wide = widest(); wide > room + 1 && size > SMALLEST; wide = widest()) write(Math.max(SMALLEST, (size * room) / wide - 0.5));
  while (equation.offsetHeight > TALLEST && size > MANY) write(size - 2);
}

const ruleLeft = (equation) => equation.querySelector(".ruler").getBoundingClientRect().left;

function infix(sign) {
  sign.setAttribute("form", "infix"); // also where it begins a line
  return sign;
}

// With more MathML before the first, or behind the last, of its pieces.
function before(nodes, made) {
  return made.nodes ? { nodes: [...nodes, ...made.nodes] } : { parts: [before(nodes, made.parts[0]), ...made.parts.slice(1)] };
}

function behind(made, nodes) {
  return made.nodes ? { nodes: [...made.nodes, ...nodes] } : { parts: [...made.parts.slice(0, -1), behind(made.parts.at(-1), nodes)] };
}

// With an exponent on its last sign, which is a bracket.
function raised(made, exponent) {
  if (!made.nodes) return { parts: [...made.parts.slice(0, -1), raised(made.parts.at(-1), exponent)] };
  return { nodes: [...made.nodes.slice(0, -1), tag("msup", made.nodes.at(-1), exponent)] };
}

// Two that stand side by side, with no end of a line between them.
function joined(one, other) {
  if (one.nodes) return before(one.nodes, other);
  if (other.nodes) return behind(one, other.nodes);
  return { parts: [...one.parts.slice(0, -1), joined(one.parts.at(-1), other.parts[0]), ...other.parts.slice(1)] };
}

function shown(made) {
  if (made.nodes) {
    const math = tag("math", ...made.nodes);
    math.setAttribute("displaystyle", "true");
    return math;
  }
  return element("span", { class: "part" }, ...made.parts.map(shown));
}

function setNumber(text) {
  if (text[0] === "-") return tag("mrow", tag("mo", "−"), setNumber(text.slice(1)));
  if (text === "inf" || text === "nan") return tag("mi", text === "inf" ? "∞" : text);
  if (text.includes("/")) return tag("mfrac", ...text.split("/").map((part) => tag("mn", part)));
  const [mantissa, exponent] = text.split("e");
  if (exponent === undefined) return tag("mn", text);
  return tag("mrow", tag("mn", mantissa), tag("mo", "·"), tag("msup", tag("mn", "10"), setNumber(`${Number(exponent)}`)));
}
