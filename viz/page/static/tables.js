// What stands below the picture: the table of all nodes so far, the list of all steps, the legend; and the help.

import { element, svgElement } from "./elements.js";

const OPEN = 12; // nodes up to which the table is open at first

function folding(kind, text, opened, content, open = false) {
  const inside = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": text }, content);
  return element("details", { class: kind, open, ontoggle: opened }, element("summary", {}, text), inside);
}

export class NodeTable {
  // `jump(i)` goes to where a node is computed.
  constructor(knowledge, jump) {
    this.knowledge = knowledge;
    const { words } = knowledge;
    const heads = ["node", "rule", "value", "gradient", "sum"].map((head) =>
      element("th", { scope: "col", class: head }, words(`page.head.${head}`, { root: knowledge.name(knowledge.root) })),
    );
    this.rows = new Map();
    const body = element("tbody");
    for (const i of knowledge.named.reverse()) {
      const name = element("button", { type: "button", class: "name link", onclick: () => jump(i) }, knowledge.name(i));
      const cells = heads.slice(1).map(() => element("td"));
      const row = element("tr", {}, element("th", { scope: "row" }, name), ...cells);
      this.rows.set(i, { row, cells });
      body.append(row);
    }
    const caption = element("caption", { class: "unseen" }, words("page.nodes"));
    const table = element("table", {}, caption, element("thead", {}, element("tr", {}, ...heads)), body);
    this.element = folding("nodes", words("page.nodes"), () => this.paint(), table, knowledge.nodeCount <= OPEN);
  }

  paint() {
    if (!this.element.open) return;
    const { knowledge, painted } = this;
    const { at, written: current, version } = knowledge;
    this.painted = { at, current, version };
    // A step changes its own row and that of the step before; a jump, or another number, may change all of them.
    const few = painted?.version === version && Math.abs(painted.at - at) <= 1 && this.rows.size > OPEN;
    for (const i of few ? new Set([painted.current, current]) : this.rows.keys()) {
      if (!this.rows.has(i)) continue;
      const { row, cells } = this.rows.get(i);
      row.className = i === current ? "current" : "";
      knowledge.cells(i).forEach((text, k) => cells[k].textContent !== text && (cells[k].textContent = text));
    }
  }
}

export class StepList {
  // `go(k)` goes to a step.
  constructor(knowledge, go) {
    Object.assign(this, { knowledge, go });
    const { words } = knowledge;
    this.body = element("tbody");
    const heads = ["step", "sentence"].map((head) => element("th", { scope: "col" }, words(`page.head.${head}`)));
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), this.body);
    this.element = folding("all", words("page.all"), () => this.paint(), table);
  }

  // All steps, or as many as are known where something is asked for.
  paint() {
    if (!this.element.open) return;
    const { listed, at, version } = this.knowledge;
    if (this.version !== version) this.body.replaceChildren();
    this.version = version;
    while (this.body.rows.length > listed) this.body.lastChild.remove();
    for (let k = this.body.rows.length; k < listed; k++) this.body.append(this.row(k + 1));
    this.body.querySelector(".current")?.classList.remove("current");
    this.body.rows[at - 1]?.classList.add("current");
  }

  row(at) {
    const jump = element("button", { type: "button", class: "link", onclick: () => this.go(at) }, String(at));
    return element("tr", { class: "" }, element("th", { scope: "row" }, jump), element("td", {}, this.knowledge.sentence(at)));
  }
}

export function legend(words) {
  const chip = (state) => svgElement("g", { class: state }, svgElement("rect", { class: "chip", x: 2, y: 1, width: 36, height: 16, rx: 5 }));
  const wire = (kind) => svgElement("g", { class: `wire ${kind}` }, svgElement("path", { class: "line", d: "M2 9h36" }));
  const card = (kind) => svgElement("g", { class: `card ${kind}` }, svgElement("rect", { class: "frame", x: 3, y: 2, width: 34, height: 14, rx: 4 }));
  const signs = {
    now: card("now"),
    read: card("read"),
    local: svgElement("rect", { class: "pill", x: 4, y: 1, width: 32, height: 16, rx: 8 }),
    unknown: [svgElement("rect", { class: "pill", x: 4, y: 1, width: 32, height: 16, rx: 8 }), svgElement("text", { x: 20, y: 13, "text-anchor": "middle" }, "–")],
    none: chip("none"),
    partial: chip("partial"),
    complete: chip("complete"),
    zero: chip("zero"),
    positive: wire("positive"),
    negative: wire("negative"),
    nothing: wire("zero"),
    constant: card("constant"),
  };
  const entries = Object.entries(signs).map(([key, sign]) =>
    element("li", {}, svgElement("svg", { viewBox: "0 0 40 18", class: "sample", "aria-hidden": "true" }, ...[sign].flat()), words(`page.legend.${key}`)),
  );
  return element("details", { class: "legend" }, element("summary", {}, words("page.legend")), element("ul", {}, ...entries));
}

export const KEYS = {
  "← →": "page.help.arrows",
  "Home End": "page.help.ends",
  Space: "page.help.space",
  "+ − 0": "page.help.zoom",
  "Shift ← → ↑ ↓": "page.help.pan",
  Enter: "page.help.enter",
  H: "page.help.hint",
  "A B C D": "page.help.vote",
  "↑ ↓": "page.help.choose",
  N: "page.help.again",
  T: "page.help.theme",
  P: "page.help.present",
  "PageUp PageDown": "page.help.clicker",
  B: "page.help.blank",
  V: "page.help.votenow",
  R: "page.help.round",
  "?": "page.help.help",
};

// The help: what the keys do, by their names, and what stands below.
export function helpDialog(words, keys = KEYS, more = "page.help.mouse") {
  const rows = Object.entries(keys).flatMap(([key, text]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, words(text))]);
  const close = element("button", { type: "button", class: "main", onclick: () => dialog.close() }, words("page.close"));
  const dialog = element(
    "dialog",
    { "aria-label": words("page.help") },
    element("h2", {}, words("page.help")),
    element("dl", {}, ...rows),
    element("p", {}, words(more)),
    close,
  );
  return dialog;
}
