const PLACE_BITS = 20;
const MOST_SMALL_PLACES = 1 << PLACE_BITS;
const GENERATIONS = 2_048;

/** Endpoint slot of a call that counts nowhere. */
export const NOWHERE = -1;

/**
 * Calls in flight, by ticket: `place | generation << 20`. A place's generation changes when its call ends, so a second
 * end is told from the first, and places are used again first in, first out, so that a stale ticket is known as one for
 * at least 2,047 uses of its place. Beyond 2²⁰ calls at once tickets are numbers above 2³², which are objects to the
 * engine; everything below allocates nothing once the table has grown.
 */
export class CallTable {
  slots: Int32Array;
  probes: Int32Array;
  startsMs: Float64Array;
  /** Set at the first report. */
  reported: Uint8Array;
  /** Set where one of the thresholds was taken. */
  holds: Uint8Array;
  /** By place: the last outcome that was reported. */
  readonly outcomes: unknown[] = [];
  #generations: Int32Array;
  #inUse: Uint8Array;
  #free: Int32Array;
  #head = 0;
  #freeCount = 0;
  #capacity = 0;
  #openCount = 0;

  constructor(capacity = 64) {
    this.slots = new Int32Array(0);
    this.probes = new Int32Array(0);
    this.startsMs = new Float64Array(0);
    this.reported = new Uint8Array(0);
    this.holds = new Uint8Array(0);
    this.#generations = new Int32Array(0);
    this.#inUse = new Uint8Array(0);
    this.#free = new Int32Array(0);
    this.#grow(capacity);
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** Takes a place; the caller fills in its columns. */
  open(): number {
    if (this.#freeCount === 0) this.#grow(this.#capacity * 2);
    const place = this.#free[this.#head] as number;
    this.#head = this.#head + 1 === this.#capacity ? 0 : this.#head + 1;
    this.#freeCount--;
    this.#openCount++;
    this.#inUse[place] = 1;
    this.reported[place] = 0;
    this.holds[place] = 0;
    this.probes[place] = 0;
    return place;
  }

  ticketOf(place: number): number {
    const generation = this.#generations[place] as number;
    if (place < MOST_SMALL_PLACES) return place | (generation << PLACE_BITS);
    return place + (generation + 1) * 2 ** 32;
  }

  /** The place of a call that has not ended; -1 for any other number. */
  placeOf(ticket: number): number {
    const isSmall = (ticket | 0) === ticket;
    const place = isSmall ? ticket & (MOST_SMALL_PLACES - 1) : ticket % 2 ** 32;
    const generation = isSmall ? (ticket >> PLACE_BITS) & (GENERATIONS - 1) : Math.floor(ticket / 2 ** 32) - 1;
    if (this.#inUse[place] !== 1 || this.#generations[place] !== generation) return -1;
    return place;
  }

  close(place: number): void {
    this.#inUse[place] = 0;
    this.#generations[place] = ((this.#generations[place] as number) + 1) & (GENERATIONS - 1);
    this.outcomes[place] = undefined;
    const tail = this.#head + this.#freeCount;
    this.#free[tail < this.#capacity ? tail : tail - this.#capacity] = place;
    this.#freeCount++;
    this.#openCount--;
  }

  /** Only when no place is free, so the queue can be laid out anew. */
  #grow(capacity: number): void {
    this.slots = grown(this.slots, new Int32Array(capacity));
    this.probes = grown(this.probes, new Int32Array(capacity));
    this.startsMs = grown(this.startsMs, new Float64Array(capacity));
    this.reported = grown(this.reported, new Uint8Array(capacity));
    this.holds = grown(this.holds, new Uint8Array(capacity));
    this.#generations = grown(this.#generations, new Int32Array(capacity));
    this.#inUse = grown(this.#inUse, new Uint8Array(capacity));
    this.#free = new Int32Array(capacity);
    for (let place = this.#capacity; place < capacity; place++) this.#free[place - this.#capacity] = place;
    this.#head = 0;
    this.#freeCount = capacity - this.#capacity;
    this.#capacity = capacity;
  }
}

/** Typed arrays that can be copied into a longer one of their kind. */
interface Column extends ArrayLike<number> {
  set(from: ArrayLike<number>): void;
}

function grown<T extends Column>(from: T, into: T): T {
  into.set(from);
  return into;
}
