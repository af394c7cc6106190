/** Two sums over the last `windowMs`, kept in slices that age out whole: ten by default. */
export class WindowCounts {
  readonly #sliceMs: number;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  #current = 0;
  #sliceStartMs: number;

  constructor(windowMs: number, nowMs: number, sliceCount = 10) {
    this.#sliceMs = windowMs / sliceCount;
    this.#first = new Float64Array(sliceCount);
    this.#second = new Float64Array(sliceCount);
    this.#sliceStartMs = nowMs;
  }

  add(first: number, second: number, nowMs: number): void {
    this.#roll(nowMs);
    this.#first[this.#current] = (this.#first[this.#current] ?? 0) + first;
    this.#second[this.#current] = (this.#second[this.#current] ?? 0) + second;
  }

  /** Both sums of what is not older than the window, to a slice. */
  sums(nowMs: number): readonly [first: number, second: number] {
    this.#roll(nowMs);
    return [sum(this.#first), sum(this.#second)];
  }

  reset(nowMs: number): void {
    this.#first.fill(0);
    this.#second.fill(0);
    this.#current = 0;
    this.#sliceStartMs = nowMs;
  }

  #roll(nowMs: number): void {
    const count = this.#first.length;
    const steps = Math.floor((nowMs - this.#sliceStartMs) / this.#sliceMs);
    if (steps <= 0) return;
    for (let step = 1; step <= Math.min(steps, count); step++) {
      const slice = (this.#current + step) % count;
      this.#first[slice] = 0;
      this.#second[slice] = 0;
    }
    this.#current = (this.#current + steps) % count;
    // Anchored on a slice's edge, so that fractions of slices do not add up.
    this.#sliceStartMs += steps * this.#sliceMs;
  }
}

function sum(slices: Float64Array): number {
  let total = 0;
  for (const slice of slices) total += slice;
  return total;
}
