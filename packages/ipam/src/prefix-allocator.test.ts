import { createPrefixAllocator, type PrefixAllocator } from "@netmason/ipam";
import {
  addToAddress,
  comparePrefixes,
  containsPrefix,
  createAddressSet,
  createRange,
  firstAddress,
  overlaps,
  type Prefix,
  parsePrefix,
  prefixOf,
} from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The slow obvious version: the free set is computed anew from what is live. */
class ListAllocator implements PrefixAllocator {
  readonly live = new Map<string, Prefix>();
  readonly #space: readonly Prefix[];

  constructor(space: readonly Prefix[]) {
    this.#space = space;
  }

  free(): readonly Prefix[] {
    return createAddressSet(this.#space).subtract(createAddressSet(this.live.values())).prefixes();
  }

  allocate(length: number): Prefix | undefined {
    const fitting = this.free().filter((prefix) => prefix.length <= length);
    const best = fitting.sort((a, b) => b.length - a.length || comparePrefixes(a, b))[0];
    if (best === undefined) return undefined;
    const taken = prefixOf(firstAddress(best), length);
    this.live.set(String(taken), taken);
    return taken;
  }

  allocateExact(prefix: Prefix): boolean {
    if (!this.free().some((free) => containsPrefix(free, prefix))) return false;
    this.live.set(String(prefix), prefix);
    return true;
  }

  release(prefix: Prefix): boolean {
    return this.live.delete(String(prefix));
  }
}

/** Spaces in which everything happens within a few bits; one with gaps, one of the longest prefixes, one of a whole family. */
const SPACES = {
  "one /16": [parsePrefix("10.1.0.0/16")],
  "scattered prefixes": ["10.0.1.0/24", "10.0.4.0/22", "10.0.9.0/28", "10.0.15.255/32"].map((text) =>
    parsePrefix(text),
  ),
  "everything IPv4": [parsePrefix("0.0.0.0/0")],
  "an IPv6 /112": [parsePrefix("2001:db8::a:0/112")],
  "everything IPv6": [parsePrefix("::/0")],
};

function prefixesIn(space: readonly Prefix[], longest: number): fc.Arbitrary<Prefix> {
  const outer = space[0] as Prefix;
  const bits = outer.family === 4 ? 32 : 128;
  const offset = fc.bigInt({ min: 0n, max: (1n << BigInt(Math.min(12, bits - outer.length))) - 1n });
  return fc.tuple(offset, fc.integer({ min: Math.max(0, longest - 9), max: longest })).map(([n, length]) => {
    const unit = 1n << BigInt(Math.min(bits - longest, bits - outer.length - Math.min(12, bits - outer.length)));
    return prefixOf(addToAddress(firstAddress(outer), n * unit), length);
  });
}

describe("createPrefixAllocator", () => {
  it.each(Object.entries(SPACES))("agrees with brute force over %s", (_, space) => {
    const first = space[0] as Prefix;
    const bits = first.family === 4 ? 32 : 128;
    const longest = Math.min(bits, first.length + 12);
    const length = fc.integer({ min: Math.max(0, longest - 9), max: longest });
    const step = fc.oneof(
      { weight: 4, arbitrary: length },
      { weight: 2, arbitrary: prefixesIn(space, longest) },
      { weight: 3, arbitrary: fc.record({ released: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [allocator, model] = [createPrefixAllocator(space), new ListAllocator(space)];
        for (const it of steps) {
          if (typeof it === "number") expect(String(allocator.allocate(it))).toBe(String(model.allocate(it)));
          else if ("released" in it) {
            const live = [...model.live.values()];
            const prefix = live[it.released % Math.max(1, live.length)] ?? first;
            expect(allocator.release(prefix)).toBe(model.release(prefix));
          } else expect(allocator.allocateExact(it)).toBe(model.allocateExact(it));
        }
        expect(allocator.free().map(String)).toEqual(model.free().map(String));
        const again = createPrefixAllocator(space, model.live.values());
        expect(again.free().map(String)).toEqual(model.free().map(String));
      }),
      { numRuns: process.env.SOAK === "1" ? 2_000 : 60 },
    );
  });

  it("hands out disjoint prefixes inside its space until it is full", () => {
    const space = parsePrefix("10.0.0.0/22");
    const allocator = createPrefixAllocator([space]);
    const live: Prefix[] = [];
    for (const length of [24, 26, 23, 30, 32, 25, 28]) live.push(allocator.allocate(length) as Prefix);
    for (let taken = allocator.allocate(32); taken !== undefined; taken = allocator.allocate(32)) live.push(taken);
    expect(createAddressSet(live).prefixes().map(String)).toEqual(["10.0.0.0/22"]);
    const sorted = live.sort(comparePrefixes);
    for (const [i, prefix] of sorted.entries()) {
      expect(containsPrefix(space, prefix)).toBe(true);
      expect(overlaps(prefix, sorted[i + 1] ?? parsePrefix("::/0"))).toBe(false);
    }
    expect(allocator.free()).toEqual([]);
  });

  it("is whole again when everything was released, in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 48, max: 64 }), { minLength: 1, maxLength: 200 }),
        fc.nat(),
        (lengths, seed) => {
          const space = parsePrefix("2001:db8::/40");
          const allocator = createPrefixAllocator([space]);
          const live = lengths.map((length) => allocator.allocate(length)).filter((taken) => taken !== undefined);
          const order = live.map((prefix, i) => ({ prefix, rank: Math.imul(i + 1, seed | 1) >>> 0 }));
          for (const { prefix } of order.sort((a, b) => a.rank - b.rank)) expect(allocator.release(prefix)).toBe(true);
          expect(allocator.free().map(String)).toEqual(["2001:db8::/40"]);
          expect(String(allocator.allocate(40))).toBe("2001:db8::/40");
        },
      ),
    );
  });

  it("keeps a prefix apart from those inside it and around it", () => {
    const allocator = createPrefixAllocator([parsePrefix("10.0.0.0/8")]);
    expect(allocator.allocateExact(parsePrefix("10.1.0.0/16"))).toBe(true);
    for (const text of [
      "10.1.0.0/16",
      "10.1.2.0/24",
      "10.0.0.0/8",
      "10.0.0.0/15",
      "11.0.0.0/16",
      "9.0.0.0/8",
      "fd00::/16",
    ]) {
      expect(allocator.allocateExact(parsePrefix(text))).toBe(false);
    }
    for (const text of ["10.1.0.0/17", "10.0.0.0/15", "10.2.0.0/16", "11.1.0.0/16", "fd00::/16"]) {
      expect(allocator.release(parsePrefix(text))).toBe(false);
    }
    expect(allocator.release(parsePrefix("10.1.0.0/16"))).toBe(true);
    expect(allocator.release(parsePrefix("10.1.0.0/16"))).toBe(false);
  });

  it("takes a whole family apart to its last address", () => {
    const allocator = createPrefixAllocator([parsePrefix("::/0")]);
    const last = parsePrefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
    expect(allocator.allocateExact(last)).toBe(true);
    expect(allocator.free()).toHaveLength(128);
    expect(String(allocator.allocate(128))).toBe("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128");
    expect(allocator.release(last)).toBe(true);
    expect(allocator.allocate(0)).toBeUndefined();
  });

  it("counts neighbours and overlaps of its space as one", () => {
    const texts = ["10.0.1.0/24", "10.0.0.0/24", "10.0.0.128/25", "10.0.2.0/23"];
    const allocator = createPrefixAllocator(texts.map((text) => parsePrefix(text)));
    expect(allocator.free().map(String)).toEqual(["10.0.0.0/22"]);
    expect(String(allocator.allocate(22))).toBe("10.0.0.0/22");
  });

  it("hands out nothing of an empty space", () => {
    const allocator = createPrefixAllocator([]);
    expect(allocator.allocate(32)).toBeUndefined();
    expect(allocator.allocateExact(parsePrefix("10.0.0.0/32"))).toBe(false);
    expect(allocator.release(parsePrefix("10.0.0.0/32"))).toBe(false);
    expect(allocator.free()).toEqual([]);
  });

  it("refuses two families, impossible lengths and live prefixes that cannot be", () => {
    const [four, six] = [parsePrefix("10.0.0.0/8"), parsePrefix("fd00::/8")];
    expect(() => createPrefixAllocator([four, six])).toThrow("space: prefixes of both families");
    expect(() => createPrefixAllocator([four]).allocate(33)).toThrow("length: 33 is no integer from 0 to 32");
    expect(() => createPrefixAllocator([six]).allocate(1.5)).toThrow(RangeError);
    expect(createPrefixAllocator([four]).allocate(7)).toBeUndefined();
    expect(() => createPrefixAllocator([four], [four, parsePrefix("10.0.0.0/9")])).toThrow(
      "live: 10.0.0.0/9 is not free",
    );
    expect(() => createPrefixAllocator([four], [six])).toThrow(RangeError);
  });

  it("carves the lowest free part of what a set of addresses leaves over", () => {
    const used = createAddressSet([
      createRange(firstAddress(parsePrefix("10.0.0.0/32")), firstAddress(parsePrefix("10.0.0.9/32"))),
    ]);
    const free = createAddressSet([parsePrefix("10.0.0.0/27")]).subtract(used);
    const allocator = createPrefixAllocator(free.prefixes());
    expect([30, 30, 31, 28].map((length) => String(allocator.allocate(length)))).toEqual([
      "10.0.0.12/30",
      "10.0.0.16/30",
      "10.0.0.10/31",
      "undefined",
    ]);
  });
});
