// What presenter modes have in common: entering and leaving, the whole screen, the curtain, and the keys of a clicker.

import { element } from "./elements.js";

const SIZES = [56, 50, 44, 38, 33, 28]; // of the equation, in pixels

export class Presenting {
  // `page` is the step-through, of which it moves the steps: it has {at, host, alone, go(k), next()}. `stage` gives the
  // element that becomes the slide.
  constructor(page, stage, ...inside) {
    Object.assign(this, { page, stage });
    this.isOn = false;
    this.line = element("div", { class: "slide-line" });
    this.curtain = element("div", { class: "curtain", hidden: true });
    this.element = element("div", { class: "slide" }, ...inside, this.line, this.curtain);
    document.addEventListener("fullscreenchange", () => this.isOn && this.isFull && !document.fullscreenElement && this.leave());
    new ResizeObserver(() => this.isOn && this.fit()).observe(this.element);
  }

  // --- entering and leaving ---

  enter() {
    if (this.isOn) return;
    this.isOn = true;
    this.stage().classList.add("presenting");
    this.entered?.();
    this.page.app.focus({ preventScroll: true });
    this.page.go(this.page.at);
  }

  leave() {
    if (!this.isOn) return;
    this.isOn = this.isFull = false;
    this.blank(false);
    this.stage().classList.remove("presenting");
    this.left?.();
    if (document.fullscreenElement) document.exitFullscreen();
    this.page.go(this.page.at);
  }

  toggle() {
    if (this.isOn) return this.leave();
    this.fill();
    this.enter();
  }

  // Takes the whole screen, which browsers allow only after a key or a click; where they do not, the window is filled.
  fill() {
    if (this.isFull || document.fullscreenElement) return;
    this.isFull = true;
    this.page.host.requestFullscreen?.().catch(() => (this.isFull = false));
  }

  blank(isBlank) {
    this.curtain.hidden = !isBlank;
    for (const part of this.stage().children) if (part !== this.element) part.inert = isBlank;
    for (const part of this.element.children) if (part !== this.curtain) part.inert = isBlank;
  }

  // --- keys; those of a clicker are PageUp, PageDown, "." or B, and Escape ---

  // Whether a key did something here.
  key(event) {
    const { page } = this;
    if (!this.isOn) return false;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!this.curtain.hidden && !["Control", "Shift", "Alt", "Meta"].includes(key)) {
      if (key === "Escape") this.leave();
      else this.blank(false);
      return true;
    }
    const acts = {
      ArrowRight: () => page.next(),
      PageDown: () => page.next(),
      ArrowLeft: () => page.go(page.at - 1),
      PageUp: () => page.go(page.at - 1),
      Escape: () => this.leave(),
      p: () => this.leave(),
      b: () => this.blank(true),
      ".": () => this.blank(true),
      h: () => {}, // a hint would have no place
      ...this.acts,
    };
    const act = event.shiftKey && key.startsWith("Arrow") ? null : acts[key];
    if (key !== "Escape") this.fill();
    act?.();
    return Boolean(act);
  }

  // The equation as large as it fits.
  fit() {
    if (!this.isOn) return;
    for (const size of SIZES) {
      this.element.style.fontSize = `${size}px`;
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.element;
      if (scrollWidth <= clientWidth && scrollHeight <= clientHeight) break;
    }
  }
}
