import { type AllocationOrder, type Bitmap, createBitmap } from "@netmason/ipam";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const ORDERS: readonly AllocationOrder[] = ["oldest", "lowest", "next"];

/** The slow obvious version: the free numbers in the order in which they are taken. */
class ListBitmap implements Bitmap {
  readonly size: number;
  readonly #order: AllocationOrder;
  readonly #free: number[];
  #cursor = 0;

  constructor(size: number, order: AllocationOrder) {
    this.size = size;
    this.#order = order;
    this.#free = Array.from({ length: size }, (_, i) => i);
  }

  get freeCount(): number {
    return this.#free.length;
  }

  take(): number | undefined {
    let at = 0;
    if (this.#order === "lowest") at = this.#free.indexOf(Math.min(...this.#free));
    if (this.#order === "next") {
      const after = this.#free.filter((ordinal) => ordinal >= this.#cursor);
      at = this.#free.indexOf(Math.min(...(after.length > 0 ? after : this.#free)));
    }
    const [taken] = this.#free.splice(at, 1);
    if (taken !== undefined) this.#cursor = taken + 1;
    return taken;
  }

  takeExact(ordinal: number): boolean {
    const at = this.#free.indexOf(ordinal);
    if (at >= 0) this.#free.splice(at, 1);
    return at >= 0;
  }

  release(ordinal: number): boolean {
    if (this.#free.includes(ordinal)) return false;
    this.#free.push(ordinal);
    return true;
  }
}

describe("createBitmap", () => {
  it.each(ORDERS)("agrees with a list in the order %s", (order) => {
    const step = fc.tuple(fc.constantFrom("take", "take", "exact", "release", "release"), fc.nat(1_100));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_100 }), fc.array(step, { maxLength: 300 }), (size, steps) => {
        const bitmap = createBitmap({ size, order });
        const list = new ListBitmap(size, order);
        for (const [kind, number] of steps) {
          const ordinal = number % size;
          if (kind === "take") expect(bitmap.take()).toBe(list.take());
          else if (kind === "exact") expect(bitmap.takeExact(ordinal)).toBe(list.takeExact(ordinal));
          else expect(bitmap.release(ordinal)).toBe(list.release(ordinal));
          expect(bitmap.freeCount).toBe(list.freeCount);
        }
        const rest = Array.from({ length: list.freeCount + 1 }, () => list.take());
        expect(rest.map(() => bitmap.take())).toEqual(rest);
      }),
    );
  });

  it.each(ORDERS)("hands out every number once, in the order %s", (order) => {
    for (const size of [1, 31, 32, 33, 1_023, 1_024, 1_025, 32_768, 32_769]) {
      const bitmap = createBitmap({ size, order });
      for (let i = 0; i < size; i++) expect(bitmap.take()).toBe(i);
      expect(bitmap.take()).toBeUndefined();
      expect(bitmap.freeCount).toBe(0);
    }
  });

  it("gives back the number that is free longest by default", () => {
    const bitmap = createBitmap({ size: 4 });
    for (let i = 0; i < 4; i++) bitmap.take();
    for (const ordinal of [2, 0, 3]) bitmap.release(ordinal);
    expect([bitmap.take(), bitmap.take(), bitmap.take(), bitmap.take()]).toEqual([2, 0, 3, undefined]);
  });

  it("keeps the order of any number of numbers that were given back", () => {
    const size = 1_000;
    const bitmap = createBitmap({ size });
    for (let i = 0; i < size; i++) bitmap.take();
    const returned = Array.from({ length: size }, (_, i) => (i * 387) % size);
    for (const ordinal of returned) bitmap.release(ordinal);
    for (let i = 0; i < 300; i++) {
      expect(bitmap.take()).toBe(returned[i]);
      bitmap.release(returned[i] as number);
    }
    const rest = [...returned.slice(300), ...returned.slice(0, 300)];
    expect(rest.map(() => bitmap.take())).toEqual(rest);
  });

  it("puts a number that was taken exactly and given back to the end of the queue", () => {
    const bitmap = createBitmap({ size: 3 });
    for (let i = 0; i < 3; i++) bitmap.take();
    for (const ordinal of [1, 2, 0]) bitmap.release(ordinal);
    for (let i = 0; i < 200; i++) {
      expect(bitmap.takeExact(1)).toBe(true);
      expect(bitmap.takeExact(1)).toBe(false);
      expect(bitmap.release(1)).toBe(true);
    }
    expect([bitmap.take(), bitmap.take(), bitmap.take(), bitmap.take()]).toEqual([2, 0, 1, undefined]);
  });

  it("finds the last free number of 16 million", () => {
    for (const order of ORDERS) {
      const bitmap = createBitmap({ size: 1 << 24, order });
      for (let i = 0; i < (1 << 24) - 1; i++) bitmap.take();
      expect(bitmap.take()).toBe((1 << 24) - 1);
      expect(bitmap.release(77)).toBe(true);
      expect(bitmap.take()).toBe(77);
    }
  });

  it("refuses sizes, orders and ordinals that are none", () => {
    for (const size of [0, -1, 1.5, Number.NaN, 2 ** 30 + 1]) expect(() => createBitmap({ size })).toThrow(RangeError);
    expect(() => createBitmap({ size: 0 })).toThrow("size: 0 is no integer from 1 to 1073741824");
    expect(() => createBitmap({ size: 1, order: "last" as "next" })).toThrow(TypeError);
    for (const order of ORDERS) {
      const bitmap = createBitmap({ size: 10, order });
      for (const ordinal of [-1, 10, 0.5, Number.NaN]) {
        expect(() => bitmap.takeExact(ordinal)).toThrow(RangeError);
        expect(() => bitmap.release(ordinal)).toThrow("is no integer from 0 to 9");
      }
      expect(bitmap.freeCount).toBe(10);
    }
  });
});
