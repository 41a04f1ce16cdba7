// What Python found, in tabs: the step-through in a frame of its own, the drawing, a check, the derivation, the code.

import { element } from "./elements.js";
import { labelled, select } from "./form.js";

const TABS = ["step", "drawing", "check", "derive", "code"];
const STYLES = { steps: "style.steps", "one line": "style.one", paths: "style.paths" };

export class Result {
  // `on` has tab(name), moved(hash), check(answers) and derive(leaf, style), both of which promise an answer.
  constructor(words, on) {
    this.words = words;
    this.on = on;
    this.panes = Object.fromEntries(TABS.map((name) => [name, element("div", { class: "pane", role: "tabpanel", id: `pane-${name}`, "aria-labelledby": `tab-${name}` })]));
    this.tabs = Object.fromEntries(TABS.map((name) => [name, this.tab(name)]));
    this.save = element("a", { class: "save" }, words.save);
    this.whole = element("a", { class: "whole", target: "_blank", rel: "noopener" }, words.whole);
    const strip = element("div", { class: "tabs", role: "tablist", onkeydown: (event) => this.key(event) }, ...Object.values(this.tabs));
    this.element = element("section", { hidden: true, "aria-label": words.page }, strip, ...Object.values(this.panes));
  }

  tab(name) {
    return element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}`, onclick: () => this.open(name) }, this.words[`tab.${name}`]);
  }

  key(event) {
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!turn) return;
    const next = TABS[(TABS.indexOf(this.now) + turn + TABS.length) % TABS.length];
    this.open(next);
    this.tabs[next].focus();
  }

  open(name, tell = true) {
    this.now = TABS.includes(name) ? name : "step";
    for (const each of TABS) {
      const isNow = each === this.now;
      this.tabs[each].setAttribute("aria-selected", String(isNow));
      this.tabs[each].tabIndex = isNow ? 0 : -1;
      this.panes[each].hidden = !isNow;
    }
    if (this.now === "derive") this.derive();
    if (tell) this.on.tab(this.now);
  }

  // Shows what was found. `url` is the step-through page, `hash` where to open it.
  show(found, url, hash) {
    const { words, panes } = this;
    this.element.hidden = false;
    this.derived = null;
    // A new frame each time: another page in the same frame would put itself between the steps of the browser's back button.
    this.frame = element("iframe", { title: words.page, src: url + hash });
    this.frame.addEventListener("load", () => this.listen());
    this.whole.href = url + hash;
    Object.assign(this.save, { href: url, download: `${found.name.replace(/[^\p{L}\p{N}_-]/gu, "_") || "steps"}.html` });
    panes.step.replaceChildren(this.frame, element("p", { class: "actions" }, this.save, this.whole));
    const drawing = URL.createObjectURL(new Blob([found.drawing], { type: "image/svg+xml" }));
    panes.drawing.replaceChildren(element("div", { class: "drawing" }, element("img", { src: drawing, alt: found.steps })));
    const text = element("details", {}, element("summary", {}, words["steps.words"]), element("pre", { tabindex: 0 }, found.steps));
    panes.code.replaceChildren(element("pre", { tabindex: 0 }, found.code), text);
    panes.check.replaceChildren(this.checking());
    panes.derive.replaceChildren(this.deriving(found.leaves));
    this.open(this.now ?? "step", false);
  }

  listen() {
    const { contentDocument } = this.frame;
    contentDocument?.addEventListener("chalkgrad-step", ({ detail }) => {
      this.whole.href = this.frame.src.replace(/#.*/, "") + detail;
      this.on.moved(detail);
    });
  }

  // Opens the page in the frame at another place, without a step for the browser's back button.
  go(hash) {
    this.frame?.contentWindow?.location.replace(this.frame.src.replace(/#.*/, "") + hash);
  }

  checking() {
    const answers = element("input", { type: "text", id: "answers", size: 40, autocomplete: "off" });
    const verdict = element("pre", { class: "verdict", role: "status", hidden: true });
    const judged = async (event) => {
      event.preventDefault();
      const found = await this.on.check(answers.value);
      verdict.hidden = false;
      verdict.textContent = found.text ?? found.error ?? "";
    };
    const button = element("button", { type: "submit", class: "main" }, this.words["check.go"]);
    return element("form", { class: "checking", onsubmit: judged }, labelled(this.words["check.label"], answers), element("div", {}, button), verdict);
  }

  deriving(leaves) {
    this.wrt = select(Object.fromEntries(leaves.map((leaf) => [leaf, leaf])), leaves[0], () => this.derive());
    this.style = select(Object.fromEntries(Object.entries(STYLES).map(([style, key]) => [style, this.words[key]])), "steps", () => this.derive());
    this.style.setAttribute("aria-label", this.words["tab.derive"]);
    this.formula = element("div", { class: "formula", tabindex: 0 });
    return element("div", {}, element("div", { class: "choices" }, labelled(this.words["derive.label"], this.wrt), this.style), this.formula);
  }

  async derive() {
    const asked = `${this.wrt?.value} ${this.style?.value}`;
    if (!this.wrt?.value || this.derived === asked) return;
    this.derived = asked;
    const found = await this.on.derive(this.wrt.value, this.style.value);
    if (this.derived !== asked) return;
    if (!found.mathml) return void (this.formula.textContent = found.error ?? "");
    this.formula.replaceChildren(document.importNode(new DOMParser().parseFromString(found.mathml, "application/xml").documentElement, true));
  }
}
