/** Numbers by time: a binary heap, the earliest first, and of the same time the one that was added first. */
export class EventQueue {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #values: number[] = [];
  #added = 0;

  get nextTime(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  add(time: number, value: number): void {
    let at = this.#times.length;
    const order = this.#added++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(time, order, this.#times[parent] as number, this.#orders[parent] as number)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, time, order, value);
  }

  /** Takes the earliest out; only when there is one. */
  take(): number {
    const value = this.#values[0] as number;
    const last = this.#times.length - 1;
    const [time, order, moved] = [this.#times.pop(), this.#orders.pop(), this.#values.pop()] as [
      number,
      number,
      number,
    ];
    if (last === 0) return value;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= last) break;
      const right = left + 1;
      const child = right < last && this.#isChildBefore(right, left) ? right : left;
      if (isBefore(time, order, this.#times[child] as number, this.#orders[child] as number)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, time, order, moved);
    return value;
  }

  #isChildBefore(a: number, b: number): boolean {
    return isBefore(
      this.#times[a] as number,
      this.#orders[a] as number,
      this.#times[b] as number,
      this.#orders[b] as number,
    );
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as number, this.#orders[from] as number, this.#values[from] as number);
  }

  #put(at: number, time: number, order: number, value: number): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#values[at] = value;
  }
}

function isBefore(time: number, order: number, otherTime: number, otherOrder: number): boolean {
  return time < otherTime || (time === otherTime && order < otherOrder);
}
