// The tab of the practice log: every question that was tried, how it was answered, and which slips there were; to be copied.

import { element } from "./elements.js";

export class Practice {
  static key = "practice";

  // Of `act`: {copy()}, which copies the log.
  constructor(knowledge, act) {
    const { words } = knowledge;
    this.knowledge = knowledge;
    this.log = element("pre", { class: "log", tabindex: 0, "aria-label": words("page.tab.practice") });
    this.about = element("p", {});
    this.button = element("button", { type: "button", onclick: () => act.copy() }, words("page.copy"));
    this.element = element("div", {}, this.about, this.log, this.button);
  }

  paint() {
    const { log, words } = this.knowledge;
    this.about.textContent = words(log ? "page.practice" : "page.practice.none");
    this.log.textContent = log;
    this.log.hidden = this.button.hidden = !log;
  }
}

// Copies a text, also where a page has no right to the clipboard; whether it could.
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const held = document.activeElement;
    const area = element("textarea", { readonly: true, "aria-hidden": "true", style: "position:fixed;opacity:0" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    held?.focus();
    return done;
  }
}
