// The panel beside the picture: its tabs, and how a reader turns from one to another.

import { TABS } from "./tabs.js";
import { element } from "./elements.js";

export class Panel {
  // `act` has what a reader can do in a tab; each tab takes what it needs of it.
  constructor(knowledge, act) {
    const { words } = knowledge;
    this.tabs = TABS.map((Tab) => {
      const tab = new Tab(knowledge, act);
      const [id, controls] = [`tab-${Tab.key}`, `panel-${Tab.key}`];
      const turn = () => this.turnTo(this.tabs.find((one) => one.tab === tab));
      const button = element("button", { type: "button", role: "tab", id, "aria-controls": controls, onclick: turn }, words(`page.tab.${Tab.key}`));
      return { tab, button, pane: element("div", { role: "tabpanel", id: controls, "aria-labelledby": id }, tab.element) };
    });
    const list = element("div", { role: "tablist", class: "tabs", onkeydown: (event) => this.key(event) }, ...this.tabs.map(({ button }) => button));
    this.element = element("section", { class: "panel" }, list, ...this.tabs.map(({ pane }) => pane));
    this.show(this.tabs[0]);
  }

  show(chosen) {
    this.chosen = chosen;
    for (const one of this.tabs) {
      one.button.setAttribute("aria-selected", one === chosen);
      one.button.tabIndex = one === chosen ? 0 : -1;
      one.pane.hidden = one !== chosen;
    }
  }

  turnTo(chosen) {
    const left = this.chosen;
    this.show(chosen);
    left.tab.leave?.();
    chosen.tab.enter?.();
  }

  key(event) {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    this.turnTo(this.tabs[(this.tabs.indexOf(this.chosen) + way + this.tabs.length) % this.tabs.length]);
    this.chosen.button.focus();
  }

  paint() {
    for (const { tab } of this.tabs) tab.paint();
  }
}
