// The page's side of Python: one worker, loaded when it is first needed, stopped when an answer takes too long.

export const PATIENCE = 12; // seconds for one answer; then the worker is stopped
const LOADING = 120; // seconds without any progress, after which Python counts as unreachable

export class Python {
  // `report(kind, value)` hears "loading" with a percentage, "starting", "ready" and "offline".
  constructor(report) {
    this.report = report;
    this.worker = null;
    this.waiting = new Map();
    this.count = 0;
  }

  start() {
    if (this.worker) return;
    this.isReady = false;
    this.worker = new Worker("worker.js", { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = () => this.stop({ kind: "offline" });
    this.alarm(LOADING, "offline");
  }

  // What Python answers to a request; {kind: "slow"}, "broken" or "offline" where it does not.
  ask(request) {
    return new Promise((resolve) => {
      this.count += 1;
      this.waiting.set(this.count, resolve);
      try {
        this.start();
      } catch {
        return this.stop({ kind: "offline" }); // a browser without workers
      }
      this.worker.postMessage({ number: this.count, request });
      if (this.isReady && this.waiting.size === 1) this.alarm(PATIENCE, "slow");
    });
  }

  hear({ kind, value }) {
    if (kind === "answer") {
      this.waiting.get(value.number)?.(value.answer);
      this.waiting.delete(value.number);
      if (this.waiting.size) this.alarm(PATIENCE, "slow");
      else clearTimeout(this.timer);
      return;
    }
    if (kind === "offline" || kind === "broken") return this.stop({ kind });
    if (kind === "loading") this.alarm(LOADING, "offline");
    if (kind === "ready") {
      this.isReady = true;
      clearTimeout(this.timer);
      if (this.waiting.size) this.alarm(PATIENCE, "slow");
    }
    this.report(kind, value);
  }

  alarm(seconds, kind) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop({ kind }), 1000 * seconds);
  }

  // Ends the worker and all that waits for it; the next request starts another.
  stop(answer) {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = null;
    for (const resolve of this.waiting.values()) resolve(answer);
    this.waiting.clear();
    if (answer.kind === "offline") this.report("offline", null);
  }
}
