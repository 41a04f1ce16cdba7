// The playground: from an address or a form to a step-through that can be shared. Ready examples are files of this site;
// Python is loaded only for another expression.

import { LONGEST, address, readAddress } from "./address.js";
import { element } from "./elements.js";
import { Form, labelled } from "./form.js";
import { PATIENCE, Python } from "./python.js";
import { Result } from "./result.js";

const LANGUAGES = ["en", "es", "pt"];
const PLAIN = { ask: "no", lr: "", step: "", tab: "step" };

const arrived = new Map(); // the files of this site that are here or on their way, by name

// What stands in a file of this site; one that does not arrive is asked for again the next time.
function json(name) {
  if (!arrived.has(name)) arrived.set(name, load(name).catch((error) => (arrived.delete(name), Promise.reject(error))));
  return arrived.get(name);
}

async function load(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.json();
}

const filled = (text, places) => text.replace(/\{(\w+)\}/g, (_, name) => places[name] ?? "");

class Playground {
  constructor(host, examples) {
    this.host = host;
    this.examples = examples;
    this.turn = 0;
    this.python = new Python((kind, value) => this.hear(kind, value));
    addEventListener("popstate", () => this.hash === location.hash || this.open());
  }

  // Builds the page from the address and shows what it carries.
  async open() {
    let given, damage;
    try {
      given = readAddress(location.hash);
    } catch (error) {
      [given, damage] = [{ text: null, lang: /[#&]lang=(\w+)/.exec(location.hash)?.[1] }, error instanceof RangeError ? "link.long" : "link.wrong"];
    }
    const lang = LANGUAGES.includes(given.lang) ? given.lang : (LANGUAGES.find((code) => navigator.language.startsWith(code)) ?? "en");
    const wish = { ...PLAIN, ...given, ...(given.text === null && this.readyWish(this.examples[0])), lang };
    await this.rebuild(wish, { damage, inView: given.text !== null }); // who follows a link wants what it shows, not the form
  }

  // Builds the page for a wish and shows what it carries. What is seen stays where a file of this site does not arrive.
  async rebuild(wish, { damage, push = false, inView = push }) {
    const turn = (this.turn += 1);
    const ready = this.readyOf(wish);
    let words;
    try {
      [words] = await Promise.all([`words/${wish.lang}.json`, ...(ready ? [`ready/${ready.id}.${wish.lang}.json`] : [])].map(json));
    } catch {
      if (turn === this.turn) this.stay();
      return;
    }
    if (turn !== this.turn) return;
    this.build(wish, words);
    if (damage) this.form.say(filled(words[damage], { most: LONGEST }), { wrong: true });
    await this.run(wish, { push, inView });
  }

  // Says that a file is out of reach, beside what is seen.
  stay() {
    const { form, wish } = this;
    if (!form) return; // the page itself says what to do
    form.say(this.words.away, { wrong: true });
    form.lang.value = document.documentElement.lang;
    form.example.value = (wish && this.readyOf(wish)?.id) ?? "";
    if (wish) this.write(false);
  }

  build(wish, words) {
    this.words = words;
    document.documentElement.lang = wish.lang;
    document.title = words.title;
    this.form = new Form(words, this.examples, wish, {
      typed: (text) => this.typed(text),
      go: () => this.submit(),
      example: (id) => this.choose(id),
      lang: (code) => this.speak(code),
      ask: () => this.ask(),
      copy: () => this.copy(),
    });
    this.result = new Result(words, {
      tab: (tab) => this.keep({ tab }),
      moved: (hash) => this.moved(hash),
      ask: (request) => this.question(request),
    });
    this.result.open(wish.tab, false);
    const head = element("div", { class: "head" }, element("h1", {}, words.title), element("p", { class: "lead" }, words.lead));
    const first = element("div", { class: "choices" }, labelled(words.example, this.form.example), labelled(words.lang, this.form.lang));
    this.host.replaceChildren(head, first, this.form.element, this.result.element);
  }

  readyWish({ text, values, constants, params }) {
    return { text, values: { ...values }, constants, params };
  }

  // The ready example that a wish is, if it is one; with the rate of its learning step, if one is asked for.
  readyOf({ text, values, constants, params, lr }) {
    const same = (one, other) => one.length === other.length && one.every((name) => other.includes(name));
    return this.examples.find(
      (each) =>
        each.text.trim() === text.trim() &&
        same(Object.keys(each.values), Object.keys(values)) &&
        Object.entries(each.values).every(([name, number]) => values[name].trim() === number) &&
        same(each.constants, constants) &&
        (!lr || (lr === each.lr && (!params.length || same(each.params, params)))),
    );
  }

  // Shows what a wish asks for: a ready page, or one that Python makes. `push` makes it a step for the back button.
  async run(wish, { push = false, inView = push } = {}) {
    const turn = (this.turn += 1);
    const { words, form } = this;
    const ready = this.readyOf(wish);
    form.example.value = ready?.id ?? "";
    let found, url, chosen;
    if (ready) {
      const name = `ready/${ready.id}.${wish.lang}`;
      found = await json(`${name}.json`).catch(() => ({ refused: "away" }));
      url = wish.lr ? `${name}.learn.html` : `${name}.html`;
    } else {
      if (this.python.isReady) form.say(words.working);
      found = await this.python.ask({ task: "show", ...wish });
      if (turn === this.turn && found.refused === "number.missing" && !Object.hasOwn(wish.values, found.texts.name)) {
        const named = Object.keys(wish.values);
        if (!(await this.typed(form.text.value)) || turn !== this.turn) return;
        wish = { ...wish, ...form.wish };
        chosen = filled(words["number.chosen"], { names: Object.keys(wish.values).filter((name) => !named.includes(name)).join(", ") });
        found = await this.python.ask({ task: "show", ...wish });
      }
    }
    if (turn !== this.turn) return;
    if (!found.name) return this.refuse(found);
    if (push || !ready) form.say([chosen, this.noted(found)].filter(Boolean).join(" ") || (ready ? "" : words.ready));
    if (this.made) URL.revokeObjectURL(this.made);
    this.made = ready ? null : URL.createObjectURL(new Blob([found.page], { type: "text/html" }));
    this.more = ready ? json(`ready/${ready.id}.${wish.lang}.more.json`).catch(() => null) : null; // of the other tabs
    this.wish = { ...PLAIN, ...wish, step: wish.step ?? "", tab: this.result.now };
    this.write(push);
    this.result.show(found, url ?? this.made, this.place());
    if (inView) this.result.enter();
  }

  refuse(found) {
    this.form.say(this.sentence(found), { wrong: true, column: found.column ?? null });
  }

  // How a spelling was read.
  noted({ notes }) {
    return notes.map((note) => this.sentence(note)).join(" ");
  }

  // Why there is no answer, or what is to be noted of one.
  sentence({ error, line, refused, texts, kind }) {
    if (line > 1) return `${filled(this.words["error.line"], { line })} ${error}`;
    return error ?? filled(this.words[refused ?? kind], texts ?? { seconds: PATIENCE });
  }

  // What a tab asks about what is seen: from the files of a ready example, else from Python. A refusal is its sentence.
  async question(request) {
    const ready = (await this.more)?.[request.task];
    if (ready) return request.task === "derive" ? ready[request.wrt][request.style] : ready;
    const found = await this.python.ask({ ...request, ...this.wish });
    return found.kind || found.refused ? { error: this.sentence(found) } : found;
  }

  // Shows the leaves of what is typed, or why it cannot be read; whether it can.
  async typed(text) {
    const { form } = this;
    const found = await this.python.ask({ task: "read", text, lang: form.lang.value });
    if (text !== form.text.value) return false; // more has been typed since
    if (!found.leaves) return void this.refuse(found);
    form.read = text;
    form.show(Object.keys(found.leaves), found.leaves);
    form.say(this.noted(found));
    return true;
  }

  // Reads what was typed since, and shows it.
  async submit() {
    const { form } = this;
    clearTimeout(form.rest); // it is read now, and not once more behind what is said then
    if (form.text.value !== form.read && !(await this.typed(form.text.value))) return;
    await this.run(form.wish, { push: true });
  }

  // Whether the form asks for another page than the one that is seen.
  get isNew() {
    const page = ({ text, values, constants, lr }) => JSON.stringify([text, values, constants, lr]);
    return !this.wish || page(this.form.wish) !== page(this.wish);
  }

  choose(id) {
    const example = this.examples.find((each) => each.id === id);
    const wish = { ...this.form.wish, ...this.readyWish(example), lr: "" };
    return this.remake(wish);
  }

  speak(lang) {
    return this.remake({ ...this.form.wish, lang, step: this.wish?.step });
  }

  remake(wish) {
    return this.rebuild({ ...PLAIN, ...wish, tab: this.result.now }, { push: true });
  }

  ask() {
    this.keep({ ask: this.form.ask.value, step: "" });
    this.result.go(this.place());
  }

  // --- the address ---

  // Where the page in the frame stands.
  place() {
    const { step, ask } = this.wish;
    return `#step=${step || 0}${ask === "no" ? "" : `&ask=${ask}`}`;
  }

  moved(hash) {
    const { step = "", ask = "no" } = readAddress(hash);
    this.form.ask.value = ask;
    this.keep({ step: step === "0" ? "" : step, ask });
  }

  keep(change) {
    if (!this.wish) return;
    Object.assign(this.wish, change);
    this.write(false);
  }

  write(push) {
    this.hash = address(this.wish);
    if (this.hash === location.hash) return;
    history[push ? "pushState" : "replaceState"](null, "", this.hash);
  }

  async copy() {
    const { words, form } = this;
    if (this.isNew) await this.submit(); // the link is that of what was typed
    if (this.isNew) return; // which cannot be read: that is said already
    if (location.hash.length > LONGEST) return form.say(filled(words["link.far"], { most: LONGEST }), { wrong: true });
    try {
      await navigator.clipboard.writeText(location.href);
      form.say(words.copied);
    } catch {
      form.say(words["copy.by_hand"]);
    }
  }

  // --- Python on its way ---

  hear(kind, value) {
    const { words, form } = this;
    if (!form) return;
    if (kind === "loading") form.say(filled(words.loading, { percent: value }), { percent: value });
    else if (kind === "starting") form.say(words.starting);
    else if (kind === "ready") form.say(words.ready);
    else if (kind === "offline") form.say(words.offline, { wrong: true });
  }
}

const examples = await json("examples.json").catch(() => null); // without them, what the page itself says stays
if (examples) new Playground(document.getElementById("playground"), examples).open();
