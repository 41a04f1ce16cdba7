// What is known at a step: which arrays have their shapes and numbers, which entries are lit, what the step says. Whoever
// shows something gets this, and nothing of what comes later or is still asked for.

export class Known {
  #data;
  #asking;

  constructor(data, asking, words) {
    this.#data = data;
    this.#asking = asking;
    this.words = words;
    this.at = 0;
    this.form = 0; // with how many digits the numbers stand on the cards
    this.chosen = null; // [array, row, column], an entry that the reader looks into
    // the arrays whose names have raised or lowered marks, the longest names first
    this.marked = data.arrays.filter(({ name }) => /[_^]/.test(name)).sort((one, other) => other.name.length - one.name.length);
    this.border = data.steps.filter(({ phase }) => phase === "forward").length;
    this.version = 0; // of the lines of the list, which never change
  }

  get count() {
    return this.#data.steps.length;
  }

  get step() {
    return this.at ? this.#data.steps[this.at - 1] : null;
  }

  // "shape" or "entry" while that is asked for, else null.
  get open() {
    return this.#asking.open(this.at);
  }

  get phase() {
    return this.step?.phase ?? "start";
  }

  // The array that the step makes; null before the first one.
  get current() {
    return this.step ? this.step.array : null;
  }

  // How an array stands there: "none" (not computed yet), "asked", or "known".
  state(k) {
    const { at } = this.#data.arrays[k];
    if (at === null || at < this.at) return "known";
    return at > this.at ? "none" : this.open ? "asked" : "known";
  }

  // Whether the shape of an array is told; while one is asked for, that of no array beside it.
  tellsShape(k) {
    return this.open !== "shape" && (this.state(k) === "known" || (this.state(k) === "asked" && this.open === "entry"));
  }

  texts(k) {
    return this.state(k) === "known" ? this.numbers(k) : null;
  }

  // All numbers of an array as they stand on its card.
  numbers(k) {
    return this.#data.arrays[k].texts[this.form];
  }

  // How many forms there are, from the one with most digits.
  get forms() {
    return this.#data.arrays[0].texts.length;
  }

  // The place of the entry that is asked for, or null.
  get asked() {
    return this.open === "entry" ? [this.current, ...this.step.asked] : null;
  }

  // The entry that is looked into, as long as its number is known.
  get looked() {
    return this.chosen && this.state(this.chosen[0]) === "known" ? this.chosen : null;
  }

  // An entry as an address names it, "dW1,1,2": its array, its row and its column, from 1.
  named([k, i, j]) {
    return [this.#data.arrays[k].key, i + 1, j + 1].join();
  }

  // The place of an entry that is named so, as long as its number is known; else null.
  placeOf(name) {
    const [key, row, column] = (name ?? "").split(",");
    const k = this.#data.arrays.findIndex((array) => array.key === key);
    if (k < 0 || this.state(k) !== "known" || this.#data.entries[k][row - 1]?.[column - 1] === undefined) return null;
    return [k, row - 1, column - 1];
  }

  entry([k, i, j]) {
    return this.#data.entries[k][i][j];
  }

  // The entries that are lit: those that make the one looked into; for the asked one, after the first hint.
  get lit() {
    if (this.looked) return this.entry(this.looked).reads ?? [];
    if (this.asked && this.#asking.hints(this.at).length) return this.entry(this.asked).reads ?? [];
    return [];
  }

  // The arrays that the step reads.
  get read() {
    return this.step ? this.readAt(this.at) : [];
  }

  readAt(at) {
    return this.#data.steps[at - 1].parts.filter((part) => part.array !== undefined).map((part) => part.array);
  }

  // The arrays that a step is about: what it makes and reads; before the first one what that one reads.
  about(at) {
    if (!at) return new Set(this.readAt(1));
    return new Set([this.#data.steps[at - 1].array, ...this.readAt(at)]);
  }

  array(k) {
    return this.#data.arrays[k];
  }

  // Whether the page has the scalar graph of an example.
  get hasScalars() {
    return this.#data.scalars !== null;
  }

  // --- questions ---

  get hints() {
    return this.open ? this.#asking.hints(this.at) : [];
  }

  // The reply to the last wrong answer to what is open.
  get reply() {
    return this.open ? (this.#asking.answer(this.at, this.open).wrong.at(-1)?.reply ?? "") : "";
  }

  // What was answered at this step, of each part: {wrong, outcome, right}.
  get outcomes() {
    return this.#asking.parts(this.at).map((part) => {
      const { wrong, outcome } = this.#asking.answer(this.at, part);
      const struck = part === this.open ? wrong.slice(0, -1) : wrong;
      return { wrong: struck.map(({ text }) => text), outcome, right: outcome && this.#asking.truth(this.at, part) };
    });
  }

  get score() {
    return this.#asking.score();
  }

  get question() {
    const what = this.#data.arrays[this.current].name;
    if (this.open === "shape") return this.words("array.question.shape", { what });
    const [i, j] = this.step.asked;
    return this.words("array.question.entry", { what, i: i + 1, j: j + 1 });
  }

  // --- the list of all steps ---

  get listed() {
    const asks = this.#data.steps.findIndex((_, k) => this.#asking.open(k + 1));
    return asks < 0 ? this.count : Math.min(asks, this.at);
  }

  sentence(at) {
    return this.#data.steps[at - 1].line;
  }
}
