/** Members in the order in which they take slots. */
export interface MaglevTurns {
  /** What is written into a slot the member takes. */
  readonly owners: Int32Array;
  /** The first slot of each one's permutation. */
  readonly places: Int32Array;
  /** How far apart the slots of a permutation are. */
  readonly skips: Int32Array;
  /** Parts of 1; undefined if all are the same. */
  readonly shares: Float64Array | undefined;
}

/**
 * Members take slots in turn, each the next one of its permutation that is free: one of the largest share in every round,
 * the others as often as their shares say. `table` must have a prime number of slots.
 */
export function fillMaglev(table: Uint32Array, turns: MaglevTurns): void {
  const { owners, shares } = turns;
  const most = shares?.reduce((a, b) => Math.max(a, b)) ?? 0;
  const targets = new Float64Array(shares === undefined ? 0 : owners.length);
  const slots = new Slots(table, turns);
  let member = shares === undefined ? slots.takeInTurn() : -1;
  for (let round = 1; slots.left > 0; ) {
    if (++member === owners.length) {
      member = 0;
      round++;
    }
    if (shares !== undefined) {
      const target = targets[member] as number;
      if (round * (shares[member] as number) < target) continue;
      targets[member] = target + most;
    }
    slots.take(member);
  }
}

/**
 * The slots of a table while it is filled. To step through a permutation until it meets one of the last f of m slots
 * takes m / f steps, more than half of all steps of a fill; to compute for each of them how many steps away it is takes
 * f. So that is done once no more than √(m / 3) are free.
 */
class Slots {
  /** How many are free. */
  left: number;
  readonly #table: Uint32Array;
  readonly #turns: MaglevTurns;
  readonly #fewEnough: number;
  /** A bit a slot that is taken, so that what is read most stays in the nearest cache. */
  readonly #taken: Int32Array;
  /** Of each skip modulo the size; 0: not computed yet. */
  readonly #inverses: Int32Array;
  /** The last free slots, once there are few. */
  #free: number[] | undefined;

  constructor(table: Uint32Array, turns: MaglevTurns) {
    this.left = table.length;
    this.#table = table;
    this.#turns = turns;
    this.#fewEnough = Math.floor(Math.sqrt(table.length / 3));
    this.#taken = new Int32Array((table.length >> 5) + 1);
    this.#inverses = new Int32Array(turns.owners.length);
  }

  /** Each member takes a slot in turn until few are free; answers which was the last. */
  takeInTurn(): number {
    const table = this.#table;
    const taken = this.#taken;
    const { owners, places, skips } = this.#turns;
    const size = table.length;
    for (let left = this.left - this.#fewEnough; ; ) {
      for (let member = 0; member < owners.length; member++) {
        const skip = skips[member] as number;
        let place = places[member] as number;
        while (((taken[place >> 5] as number) & (1 << place)) !== 0) {
          place += skip;
          if (place >= size) place -= size;
        }
        taken[place >> 5] = (taken[place >> 5] as number) | (1 << place);
        table[place] = owners[member] as number;
        place += skip;
        places[member] = place >= size ? place - size : place;
        if (--left > 0) continue;
        this.left = this.#fewEnough;
        return member;
      }
    }
  }

  /** The member takes the next free slot of its permutation. */
  take(member: number): void {
    const place = this.left <= this.#fewEnough ? this.#nearest(member) : this.#next(member);
    this.#table[place] = this.#turns.owners[member] as number;
    this.left--;
  }

  #next(member: number): number {
    const taken = this.#taken;
    const { places, skips } = this.#turns;
    const size = this.#table.length;
    const skip = skips[member] as number;
    let place = places[member] as number;
    while (((taken[place >> 5] as number) & (1 << place)) !== 0) {
      place += skip;
      if (place >= size) place -= size;
    }
    taken[place >> 5] = (taken[place >> 5] as number) | (1 << place);
    places[member] = place + skip >= size ? place + skip - size : place + skip;
    return place;
  }

  #nearest(member: number): number {
    this.#free ??= this.#collect();
    const free = this.#free;
    const size = this.#table.length;
    const place = this.#turns.places[member] as number;
    const inverse = this.#inverseOf(member);
    let nearest = 0;
    let fewest = size;
    for (let i = 0; i < free.length; i++) {
      const away = (free[i] as number) - place;
      const product = (away < 0 ? away + size : away) * inverse;
      const steps = product - Math.floor(product / size) * size;
      if (steps >= fewest) continue;
      fewest = steps;
      nearest = i;
    }
    const slot = free[nearest] as number;
    free[nearest] = free[free.length - 1] as number;
    free.pop();
    return slot;
  }

  #collect(): number[] {
    const free: number[] = [];
    for (let slot = 0; slot < this.#table.length; slot++) {
      if (((this.#taken[slot >> 5] as number) & (1 << slot)) === 0) free.push(slot);
    }
    return free;
  }

  #inverseOf(member: number): number {
    const known = this.#inverses[member] as number;
    if (known !== 0) return known;
    const inverse = inverseModulo(this.#turns.skips[member] as number, this.#table.length);
    this.#inverses[member] = inverse;
    return inverse;
  }
}

/** By Euclid; the modulus is prime and does not divide the value. */
function inverseModulo(value: number, modulus: number): number {
  let [rest, before] = [value, modulus];
  let [factor, factorBefore] = [1, 0];
  while (rest !== 1) {
    const quotient = Math.floor(before / rest);
    [before, rest] = [rest, before - quotient * rest];
    [factorBefore, factor] = [factor, factorBefore - quotient * factor];
  }
  return factor < 0 ? factor + modulus : factor;
}
