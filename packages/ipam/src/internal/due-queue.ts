/** Below so many entries the queue is never cleaned of those that mean nothing any more. */
const FEW = 64;

interface Due {
  readonly at: number;
  readonly key: string;
}

/**
 * Keys by time, the earliest first: a binary heap. What was put under a key before stays inside until it is met, so
 * whoever takes must ask whether it still means something.
 */
export class DueQueue {
  #heap: Due[] = [];
  readonly #isMeant: (key: string, at: number) => boolean;
  #cleanAbove = FEW;

  /** @param isMeant - whether a key still stands under a time */
  constructor(isMeant: (key: string, at: number) => boolean) {
    this.#isMeant = isMeant;
  }

  clear(): void {
    this.#heap = [];
    this.#cleanAbove = FEW;
  }

  /** O(log n), and now and then O(n), but never more often than n were put since. */
  push(key: string, at: number): void {
    if (this.#heap.length > this.#cleanAbove) this.#clean();
    const heap = this.#heap;
    let place = heap.length;
    const due = { at, key };
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const parent = heap[above] as Due;
      if (!isBefore(due, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = due;
  }

  /** The earliest key that still means something; it stays inside. */
  first(): Due | undefined {
    for (;;) {
      const due = this.#heap[0];
      if (due === undefined || this.#isMeant(due.key, due.at)) return due;
      this.shift();
    }
  }

  /** Takes the earliest out. */
  shift(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (let below = 1; below < heap.length; below = 2 * place + 1) {
      const [left, right] = [heap[below] as Due, heap[below + 1]];
      const least = right !== undefined && isBefore(right, left) ? below + 1 : below;
      if (!isBefore(heap[least] as Due, last)) break;
      heap[place] = heap[least] as Due;
      place = least;
    }
    heap[place] = last;
  }

  #clean(): void {
    const kept = new Map<string, Due>();
    for (const due of this.#heap) if (this.#isMeant(due.key, due.at)) kept.set(due.key, due);
    // A sorted list is a heap.
    this.#heap = [...kept.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#cleanAbove = Math.max(FEW, 2 * this.#heap.length);
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}
