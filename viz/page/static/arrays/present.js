// Presenter mode of arrays: the loss, the chain in large letters, and one equation with its shapes; of a number that is looked
// into, what makes it.

import { element } from "../elements.js";
import { Presenting } from "../presenting.js";

export class ArrayPresenter extends Presenting {
  constructor(page) {
    super(page, () => page.app);
  }

  get acts() {
    return this.page.known.looked ? { Escape: () => this.page.choose(null) } : {};
  }

  paint() {
    if (!this.isOn) return;
    this.line.replaceChildren(...this.lines());
    this.fit();
  }

  lines() {
    const { known, panel, words } = this.page;
    if (known.looked) return [element("p", {}, known.entry(known.looked).text)];
    if (!known.step) return [element("p", {}, words("page.label", { title: this.page.data.title }))];
    return [panel.equation(), known.open ? element("p", { class: "posed" }, known.question) : null].filter(Boolean);
  }
}
