import { BitTree } from "./internal/bit-tree.js";
import { OrdinalQueue } from "./internal/ordinal-queue.js";
import type { AllocationOrder } from "./pool.js";

/** Numbers from 0 to `size - 1`, each free or taken: VNIs, ports, VLANs, ordinals of addresses. */
export interface Bitmap {
  readonly size: number;
  readonly freeCount: number;
  /** Takes the next free number; `undefined` when none is free. */
  take(): number | undefined;
  /** Takes this number; `false` when it is taken already. */
  takeExact(ordinal: number): boolean;
  /** Gives a number back; `false` when it is free already. */
  release(ordinal: number): boolean;
}

/** Options of `createBitmap`. */
export interface BitmapOptions {
  /** How many numbers: 1 to 2^30. All are free first. */
  readonly size: number;
  /**
   * Which free number is next: `"oldest"` (default) those never taken, ascending, then the one free longest; `"lowest"`
   * the smallest; `"next"` the first one after the one taken last, starting over at the end. `"oldest"` needs 4 bytes more
   * for each number that was given back.
   */
  readonly order?: AllocationOrder;
}

const SIZE_LIMIT = 2 ** 30;

/**
 * Makes a set of free numbers in a bit each, with summary levels above: taking and giving back touch at most one word a
 * level, whatever the size and however full it is.
 *
 * @example
 * ```ts
 * import { createBitmap } from "@netmason/ipam";
 *
 * const vnis = createBitmap({ size: 1 << 24, order: "lowest" });
 * vnis.takeExact(0); // => true
 * vnis.take(); // => 1
 * vnis.release(0); // => true
 * vnis.take(); // => 0
 * vnis.freeCount; // => 16777214
 * ```
 */
export function createBitmap({ size, order = "oldest" }: BitmapOptions): Bitmap {
  if (!Number.isInteger(size) || size < 1 || size > SIZE_LIMIT) {
    throw new RangeError(`size: ${size} is no integer from 1 to ${SIZE_LIMIT}`);
  }
  switch (order) {
    case "oldest":
      return new OldestBitmap(size);
    case "lowest":
      return new AscendingBitmap(size, false);
    case "next":
      return new AscendingBitmap(size, true);
    default:
      throw new TypeError(`order: ${String(order satisfies never)} is not "oldest", "lowest" or "next"`);
  }
}

function checkOrdinal(ordinal: number, size: number): void {
  if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= size) {
    throw new RangeError(`ordinal: ${ordinal} is no integer from 0 to ${size - 1}`);
  }
}

class AscendingBitmap implements Bitmap {
  readonly size: number;
  freeCount: number;
  readonly #free: BitTree;
  readonly #cyclic: boolean;
  #cursor = 0;

  constructor(size: number, cyclic: boolean) {
    this.size = size;
    this.#cyclic = cyclic;
    this.freeCount = size;
    this.#free = new BitTree(size, true);
  }

  take(): number | undefined {
    let ordinal = this.#cyclic ? this.#free.firstFrom(this.#cursor) : -1;
    if (ordinal < 0) ordinal = this.#free.first();
    if (ordinal < 0) return undefined;
    this.#free.delete(ordinal);
    this.freeCount--;
    this.#cursor = ordinal + 1 === this.size ? 0 : ordinal + 1;
    return ordinal;
  }

  takeExact(ordinal: number): boolean {
    checkOrdinal(ordinal, this.size);
    if (!this.#free.has(ordinal)) return false;
    this.#free.delete(ordinal);
    this.freeCount--;
    return true;
  }

  release(ordinal: number): boolean {
    checkOrdinal(ordinal, this.size);
    if (this.#free.has(ordinal)) return false;
    this.#free.add(ordinal);
    this.freeCount++;
    return true;
  }
}

class OldestBitmap implements Bitmap {
  readonly size: number;
  freeCount: number;
  /** Never taken. */
  readonly #fresh: BitTree;
  /** Given back: the set, as plain bits, and its order. */
  readonly #returned: Int32Array;
  readonly #queue = new OrdinalQueue();

  constructor(size: number) {
    this.size = size;
    this.freeCount = size;
    this.#fresh = new BitTree(size, true);
    this.#returned = new Int32Array(Math.ceil(size / 32));
  }

  take(): number | undefined {
    if (this.freeCount === 0) return undefined;
    let ordinal = this.#fresh.first();
    if (ordinal >= 0) this.#fresh.delete(ordinal);
    else {
      ordinal = this.#queue.shift();
      this.#flip(ordinal);
    }
    this.freeCount--;
    return ordinal;
  }

  takeExact(ordinal: number): boolean {
    checkOrdinal(ordinal, this.size);
    if (this.#fresh.has(ordinal)) this.#fresh.delete(ordinal);
    else if (this.#isReturned(ordinal)) {
      this.#flip(ordinal);
      this.#queue.delete(ordinal);
    } else return false;
    this.freeCount--;
    return true;
  }

  release(ordinal: number): boolean {
    checkOrdinal(ordinal, this.size);
    if (this.#fresh.has(ordinal) || this.#isReturned(ordinal)) return false;
    this.#flip(ordinal);
    this.#queue.push(ordinal);
    this.freeCount++;
    return true;
  }

  #isReturned(ordinal: number): boolean {
    return (((this.#returned[ordinal >>> 5] as number) >>> (ordinal & 31)) & 1) === 1;
  }

  #flip(ordinal: number): void {
    const index = ordinal >>> 5;
    this.#returned[index] = (this.#returned[index] as number) ^ (1 << (ordinal & 31));
  }
}
