// A small curve of the root over the updates so far, with the change that was predicted for the last of them: an SVG of our
// own, whose numbers are texts and titles.

import { numberText, pretty } from "./numbers.js";
import { svgElement } from "./elements.js";

const [WIDE, TALL] = [300, 162];
const [LEFT, RIGHT, TOP, BOTTOM] = [80, 12, 30, 40]; // room for the axes
const MOST = 60; // points that are drawn; of more only the last ones
const MOST_TICKS = 5; // below the axis

// `path` as Knowledge.descent has it; `words(key, texts)`, with the name of the root.
export function curve(path, root, words) {
  const first = Math.max(path.length - MOST, 0);
  const points = path.map((one, k) => ({ ...one, k })).slice(first);
  const said = points.map(({ k, text }) => words("page.update.point", { round: k, root, value: text }));
  const last = points.at(-1);
  const expected = points.length > 1 ? points.at(-2).value + last.expected : NaN;
  const drawn = points.filter(({ value }) => Number.isFinite(value));
  const [low, high] = bounds([...drawn.map(({ value }) => value), expected].filter(Number.isFinite));
  const [from, to] = [first, Math.max(path.length - 1, first + 4)];
  const x = (k) => LEFT + ((WIDE - LEFT - RIGHT) * (k - from)) / (to - from);
  const y = (value) => TOP + ((TALL - TOP - BOTTOM) * (high - value)) / (high - low);
  const axis = svgElement("path", { class: "axis", d: `M${LEFT} ${TOP - 6}V${TALL - BOTTOM}H${WIDE - RIGHT}` });
  const every = Math.ceil((to - from) / MOST_TICKS);
  const ticks = [];
  for (let k = from; k <= to; k += every) ticks.push(label(x(k), TALL - BOTTOM + 18, `${k}`, "middle"));
  for (const value of new Set([high, low])) ticks.push(label(LEFT - 6, y(value) + 5, pretty(numberText(value, 3)), "end"));
  const line = svgElement("polyline", { class: "line", points: drawn.map(({ k, value }) => `${x(k)},${y(value)}`).join(" ") });
  const marks = drawn.map(({ k, value, outcome }) => {
    const mark = svgElement("circle", { class: `point ${outcome ?? ""}`, cx: x(k), cy: y(value), r: 4.5, "data-value": value });
    mark.append(svgElement("title"));
    mark.firstChild.textContent = said[k - first];
    return mark;
  });
  return svgElement(
    "svg",
    { class: "curve", viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": `${words("page.update.curve", { root })}: ${said.join("; ")}` },
    axis,
    label(LEFT - 6, TOP - 11, root.length > 8 ? `${root.slice(0, 7)}…` : root, "end", "name"),
    label(WIDE - RIGHT, TALL - 5, words("page.update.updates"), "end"),
    ...ticks,
    ...predicted(points, expected, x, y),
    line,
    ...marks,
  );
}

// From the last point but one to where the slope would have led.
function predicted(points, expected, x, y) {
  if (!Number.isFinite(expected) || !Number.isFinite(points.at(-2).value)) return [];
  const [before, last] = points.slice(-2);
  const d = `M${x(before.k)} ${y(before.value)}L${x(last.k)} ${y(expected)}`;
  return [svgElement("path", { class: "expected", d }), svgElement("circle", { class: "expected", cx: x(last.k), cy: y(expected), r: 4.5 })];
}

// The ends of the axis: those of the numbers, and never one point.
function bounds(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (!numbers.length) return [0, 1];
  if (low > -high / 50 && low < high / 2) return [0, high];
  const middle = Math.max(Math.abs(high), Math.abs(low)) || 1;
  return high - low > 1e-12 * middle ? [low, high] : [low - middle / 2, high + middle / 2];
}

function label(x, y, text, anchor, kind = "") {
  const made = svgElement("text", { x, y, "text-anchor": anchor, class: kind });
  made.textContent = text;
  return made;
}
