// What a visitor types and chooses: the expression, a number for each leaf and whether it is data, language, question, η.

import { element } from "./elements.js";

const ASKS = ["no", "both", "forward", "backward", "locals", "vote", "blank", "order"];
const LANGUAGES = { en: "English", es: "Español", pt: "Português" };
const TYPING = 350; // milliseconds of rest before a text is read

export class Form {
  // `wish` is what the address carries; `on` has typed(text), go(), example(id), lang(code), ask(kind).
  constructor(words, examples, wish, on) {
    this.words = words;
    this.on = on;
    this.values = Object.assign(Object.create(null), wish.values); // a leaf may be called constructor
    this.constants = new Set(wish.constants);
    this.params = wish.params;
    this.text = element("textarea", { id: "expression", rows: 3, spellcheck: "false", autocapitalize: "off", autocomplete: "off", autocorrect: "off", oninput: () => this.typing() });
    this.text.value = this.read = wish.text; // `read` is the text whose leaves are shown
    this.text.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.go());
    this.leaves = element("div", { class: "leaves", role: "group", "aria-label": words.numbers });
    const ready = examples.map(({ id }) => element("option", { value: id }, words[`example.${id}`]));
    this.example = element("select", { onchange: () => this.example.value && on.example(this.example.value) }, element("option", { value: "" }, words["example.own"]), ...ready);
    this.lang = select(LANGUAGES, wish.lang, (code) => on.lang(code));
    this.ask = select(Object.fromEntries(ASKS.map((ask) => [ask, words[`ask.${ask}`]])), wish.ask, (kind) => on.ask(kind));
    this.lr = element("input", { class: "rate", value: wish.lr, autocomplete: "off", title: words["lr.help"], "aria-label": words["lr"], "aria-description": words["lr.help"] });
    this.state = element("p", { class: "state", role: "status" });
    this.element = element(
      "form",
      { onsubmit: (event) => (event.preventDefault(), this.go()) },
      element("div", {}, element("h2", {}, element("label", { for: "expression" }, words.expression)), this.text, this.state, element("p", { class: "help" }, words["expression.help"])),
      element("div", {}, element("h2", {}, words.numbers), this.leaves),
      element(
        "div",
        { class: "choices" },
        element("button", { class: "main", type: "submit" }, words.go),
        labelled(words.ask, this.ask),
        labelled(words.lr, this.lr),
        element("button", { type: "button", onclick: on.copy }, words.copy),
      ),
    );
    this.show(Object.keys(wish.values));
  }

  // What is typed and chosen now.
  get wish() {
    const names = [...this.leaves.querySelectorAll("[data-leaf]")].map((row) => row.dataset.leaf);
    return {
      text: this.text.value,
      values: Object.fromEntries(names.map((name) => [name, this.values[name] ?? ""])),
      constants: names.filter((name) => this.constants.has(name)),
      params: this.params.filter((name) => names.includes(name) && !this.constants.has(name)),
      lang: this.lang.value,
      ask: this.ask.value,
      lr: this.lr.value.trim(),
    };
  }

  go() {
    clearTimeout(this.rest);
    this.on.go();
  }

  typing() {
    clearTimeout(this.rest);
    this.example.value = "";
    this.rest = setTimeout(() => this.on.typed(this.text.value), TYPING);
  }

  // Shows a row for each leaf; `suggested` has a number for those that have none.
  show(names, suggested = {}) {
    for (const name of names) this.values[name] ??= suggested[name] ?? "";
    const rows = names.map((name) => this.row(name));
    this.leaves.replaceChildren(...(rows.length ? rows : [element("p", { class: "help" }, this.words["numbers.none"])]));
  }

  row(name) {
    const { words, values, constants } = this;
    const number = element("input", { type: "text", value: values[name], autocomplete: "off", "aria-label": `${name}: ${words.number}`, oninput: () => (values[name] = number.value) });
    const marked = () => (data.checked ? constants.add(name) : constants.delete(name));
    const data = element("input", { type: "checkbox", checked: constants.has(name), title: words["data.help"], "aria-label": `${name}: ${words.data}`, onchange: marked });
    const label = element("label", { title: words["data.help"] }, data, words.data);
    return element("div", { class: "leaf", "data-leaf": name }, element("span", { class: "name", title: name }, name), number, label);
  }

  // Says one sentence; a wrong one with the place in the text it is about, and how far Python is on its way.
  say(sentence, { wrong = false, column = null, percent = null } = {}) {
    this.state.classList.toggle("wrong", wrong);
    this.state.replaceChildren(sentence, ...(percent === null ? [] : [" ", element("progress", { max: 100, value: percent, "aria-label": sentence })]));
    this.text.setAttribute("aria-invalid", String(wrong && column !== null));
    if (column !== null && document.activeElement === this.text) this.text.setSelectionRange(column - 1, column);
  }
}

export function labelled(text, field) {
  return element("label", {}, element("span", {}, text), field);
}

export function select(options, chosen, then) {
  const made = element("select", { onchange: () => then(made.value) }, ...Object.entries(options).map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  return made;
}
