// A number that goes along its wires in the picture: a value forward into a card, a contribution back to its receiver. Until it
// arrives, the card does not show it. Who wants no motion sees it at once.

import { svgElement } from "./elements.js";

const LASTS = 800; // milliseconds

export class Traveller {
  constructor() {
    this.runs = [];
  }

  // `way` is {wires: [{key, text}], isBack, card}, as knowledge.travelling tells it; null for nothing.
  go(view, way) {
    if (!way || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const size = Math.max(...[...view.svg.querySelectorAll(".card .value")].slice(0, 1).map((text) => parseFloat(getComputedStyle(text).fontSize)), 14);
    this.runs = way.wires.flatMap(({ key, text }) => {
      const line = view.wires.get(key)?.element.querySelector(".line");
      if (!line) return [];
      const wide = size * (0.62 * text.length + 1);
      const box = svgElement("rect", { x: -wide / 2, y: -size * 0.8, width: wide, height: size * 1.6, rx: size * 0.8 });
      const number = svgElement("text", { y: size * 0.36, "text-anchor": "middle" }, text);
      number.style.fontSize = `${size}px`;
      const group = svgElement("g", { class: "traveller", "aria-hidden": "true" }, box, number);
      line.closest(".wire").parentNode.append(group);
      return [{ line, group, long: line.getTotalLength() }];
    });
    if (!this.runs.length) return;
    this.receiver = view.cards.get(way.card)?.element;
    this.receiver?.setAttribute("data-awaits", way.isBack ? "gradient" : "value");
    const start = performance.now();
    const move = (now) => {
      const part = Math.min(Math.max((now - start) / LASTS, 0), 1);
      const eased = part * part * (3 - 2 * part);
      for (const { line, group, long } of this.runs) {
        const { x, y } = line.getPointAtLength(long * (way.isBack ? 1 - eased : eased));
        group.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      }
      if (part < 1) this.frame = requestAnimationFrame(move);
      else this.stop();
    };
    move(start);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    for (const { group } of this.runs) group.remove();
    this.runs = [];
    this.receiver?.removeAttribute("data-awaits");
    this.receiver = null;
  }
}
