// The tab of the code: both passes as Python with the line of the step lit, and the line that was typed, where one was.

import { element } from "./elements.js";

const MARGIN = 3; // lines that stay in sight around the lit one

export class CodeTab {
  static key = "code";

  constructor(knowledge) {
    const { words } = knowledge;
    this.knowledge = knowledge;
    this.typed = element("pre", { class: "code typed", tabindex: 0, role: "group", "aria-label": words("page.code.typed") });
    this.lines = element("pre", { class: "code", tabindex: 0, role: "group", "aria-label": words("page.code") });
    const part = (title, list) => element("div", {}, element("h2", {}, words(title)), list);
    const typed = knowledge.typed.length ? [part("page.code.typed", this.typed)] : [];
    this.element = element("div", { class: "codes" }, part("page.code", this.lines), ...typed);
  }

  enter() {
    this.paint();
  }

  paint() {
    if (this.element.parentNode?.hidden) return;
    this.typed.replaceChildren(...this.knowledge.typed.map(drawn));
    this.lines.replaceChildren(...this.knowledge.code.map(drawn));
    for (const list of [this.typed, this.lines]) reveal(list);
  }
}

function drawn({ text, comment, isNow }) {
  const said = comment ? element("span", { class: "soft" }, `  # ${comment}`) : null;
  return element("div", isNow ? { class: "now", "aria-current": "step" } : {}, text || "\u200b", said);
}

// Scrolls a list, and nothing else, so that its lit lines are in sight.
function reveal(list) {
  const lit = [...list.querySelectorAll(".now")];
  if (!lit.length) return;
  const room = lit[0].offsetHeight * MARGIN;
  const [top, bottom] = [lit[0].offsetTop - room, lit.at(-1).offsetTop + lit.at(-1).offsetHeight + room];
  if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  if (top < list.scrollTop) list.scrollTop = Math.max(top, 0);
}
