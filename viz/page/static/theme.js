// The switch between light and dark: as the page around it is, light, dark, and again.

import { element, icon } from "./elements.js";
import { followTheme } from "../../static/theme.js";

export const THEMES = ["auto", "light", "dark"];

export class ThemeSwitch {
  // `alone` tells that the page is nothing else, and goes with the switch; `changed()` is called after a turn.
  constructor(host, alone, words, changed) {
    Object.assign(this, { alone, words, changed });
    this.follow = followTheme(host);
    this.word = element("span", {});
    this.element = element("button", { type: "button", class: "theme", onclick: () => this.turn() }, icon("theme"), this.word);
    this.choose("auto");
  }

  choose(theme) {
    this.chosen = theme;
    if (this.alone) document.documentElement.dataset.theme = theme; // first: what follows the page looks at it
    this.follow(theme);
    this.word.textContent = this.words("page.theme", { theme: this.words(`page.theme.${theme}`) });
    this.element.title = `${this.word.textContent} (T)`;
  }

  turn() {
    this.choose(THEMES[(THEMES.indexOf(this.chosen) + 1) % THEMES.length]);
    this.changed();
  }
}
