// What Python found, in tabs: the step-through in a frame of its own, the drawing, a check, the derivation, the code.

import { element } from "./elements.js";
import { labelled, select } from "./form.js";
import { small } from "./saving.js";

const TABS = ["step", "drawing", "check", "derive", "code"];
const STYLES = { steps: "style.steps", "one line": "style.one", paths: "style.paths" };

export class Result {
  // `on` has tab(name), moved(hash), and ask(request), which promises an answer.
  constructor(words, on) {
    this.words = words;
    this.on = on;
    this.panes = Object.fromEntries(TABS.map((name) => [name, element("div", { class: "pane", role: "tabpanel", id: `pane-${name}`, "aria-labelledby": `tab-${name}` })]));
    this.tabs = Object.fromEntries(TABS.map((name) => [name, this.tab(name)]));
    this.save = element("button", { type: "button", class: "save", onclick: () => this.download() }, words.save);
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
    this.fill();
    if (tell) this.on.tab(this.now);
  }

  // Shows what was found. `url` is the step-through page, `hash` where to open it.
  show(found, url, hash) {
    const { words, panes } = this;
    this.element.hidden = false;
    this.derived = null;
    if (this.drawing) URL.revokeObjectURL(this.drawing);
    this.drawing = null;
    // A new frame each time: another page in the same frame would put itself between the steps of the browser's back button.
    this.frame = element("iframe", { title: words.page, src: url + hash });
    this.frame.addEventListener("load", () => this.listen());
    this.whole.href = url + hash;
    this.url = url;
    panes.step.replaceChildren(this.frame, element("p", { class: "actions" }, this.save, this.whole));
    panes.drawing.replaceChildren();
    panes.code.replaceChildren();
    panes.check.replaceChildren(this.checking());
    panes.derive.replaceChildren(this.deriving(found.leaves));
    this.found = found;
    this.open(this.now ?? "step", false);
  }

  // Asks for what stands in the open tab, when it is first seen.
  async fill() {
    const { words, panes, found, now } = this;
    if (!found) return;
    if (now === "derive") return this.derive();
    const task = { drawing: "draw", code: "code" }[now];
    if (!task || panes[now].childNodes.length) return;
    panes[now].replaceChildren(element("p", { class: "help", role: "status" }, words.working));
    const more = await this.on.ask({ task });
    if (found !== this.found) return; // another page is shown by now
    if (more.error) return void panes[now].replaceChildren(element("p", { class: "help" }, more.error));
    const text = element("details", {}, element("summary", {}, words["steps.words"]), element("pre", { tabindex: 0 }, more.steps));
    if (now === "code") return void panes.code.replaceChildren(element("pre", { tabindex: 0 }, more.code), text);
    this.drawing = URL.createObjectURL(new Blob([more.drawing], { type: "image/svg+xml" }));
    panes.drawing.replaceChildren(element("div", { class: "drawing", tabindex: 0 }, element("img", { src: this.drawing, alt: more.steps })));
  }

  listen() {
    const { contentDocument } = this.frame;
    contentDocument?.addEventListener("chalkgrad-step", ({ detail }) => {
      this.whole.href = this.frame.src.replace(/#.*/, "") + detail;
      this.on.moved(detail);
    });
  }

  // The page as a file of its own.
  async download() {
    const page = await small(await (await fetch(this.url)).text());
    const href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
    element("a", { href, download: `${this.found.name.replace(/[^\p{L}\p{N}_-]/gu, "_") || "steps"}.html` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }

  // Opens the page in the frame at another place, without a step for the browser's back button.
  go(hash) {
    this.frame?.contentWindow?.location.replace(this.frame.src.replace(/#.*/, "") + hash);
  }

  // Brings the result into view; the keys and a clicker are for its steps.
  enter() {
    this.element.scrollIntoView({ behavior: "auto", block: "start" });
    const { frame } = this;
    frame.addEventListener("load", () => frame.checkVisibility() && frame.focus({ preventScroll: true }));
  }

  checking() {
    const answers = element("input", { type: "text", id: "answers", autocomplete: "off" });
    const verdict = element("pre", { class: "verdict", role: "status", hidden: true });
    const judged = async (event) => {
      event.preventDefault();
      verdict.hidden = false;
      verdict.textContent = this.words.working; // for a ready example Python is loaded now
      const found = await this.on.ask({ task: "check", answers: answers.value });
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
    const found = await this.on.ask({ task: "derive", wrt: this.wrt.value, style: this.style.value });
    if (this.derived !== asked) return;
    if (!found.mathml) return void (this.formula.textContent = found.error ?? "");
    this.formula.replaceChildren(document.importNode(new DOMParser().parseFromString(found.mathml, "application/xml").documentElement, true));
  }
}
