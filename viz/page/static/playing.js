// Playing: goes on by itself, a step in so many milliseconds, until it is over.

export class Playing {
  // `beat()` are the milliseconds of a step; of `act`: {next(), isOver(), paint()}, the last after each start and stop.
  constructor(beat, act) {
    Object.assign(this, { beat, act, timer: null });
  }

  get isOn() {
    return this.timer !== null;
  }

  start() {
    const wait = () => setTimeout(tick, this.beat());
    const tick = () => {
      this.act.next();
      this.timer = this.act.isOver() ? null : wait();
      if (!this.timer) this.stop();
    };
    this.timer = wait();
    this.act.paint();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.act.paint();
  }
}
