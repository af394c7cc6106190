import {
  comparePrefixes,
  containsAddress,
  containsPrefix,
  equalPrefixes,
  firstAddress,
  lastAddress,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixOf,
  subnets,
} from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf, families, neighboursOf, prefixes, prefixesOf } from "../test/arbitraries.js";
import { addressOfValue, bitsOf, numberOf } from "../test/reference.js";

interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** The numbers a prefix stands for. */
function intervalOf(prefix: Prefix): Interval {
  const size = 1n << BigInt(bitsOf(prefix.family) - prefix.length);
  const first = numberOf(firstAddress(prefix));
  return { first, last: first + size - 1n };
}

describe("prefixOf, firstAddress and lastAddress", () => {
  it("mask by division", () => {
    const inputs = families.chain((family) => fc.tuple(addressesOf(family), fc.nat(bitsOf(family))));
    fc.assert(
      fc.property(inputs, ([address, length]) => {
        const prefix = prefixOf(address, length);
        const size = 1n << BigInt(bitsOf(address.family) - length);
        const first = (numberOf(address) / size) * size;
        expect(prefix.length).toBe(length);
        expect(firstAddress(prefix)).toEqual(addressOfValue(address.family, first));
        expect(lastAddress(prefix)).toEqual(addressOfValue(address.family, first + size - 1n));
      }),
    );
  });

  it.each([
    ["10.0.0.0", 33, 32],
    ["10.0.0.0", -1, 32],
    ["::", 129, 128],
    ["::", 1.5, 128],
    ["::", Number.NaN, 128],
  ])("refuse %s/%d", (text, length, most) => {
    const address = parseAddress(text);
    expect(() => prefixOf(address, length)).toThrow(
      new RangeError(`length: expected an integer from 0 to ${most} for IPv${address.family}, got ${length}`),
    );
  });
});

describe("relations of prefixes", () => {
  const pairs = families.chain((family) =>
    fc.oneof(neighboursOf(family), fc.tuple(prefixesOf(family), prefixesOf(family))),
  );

  it("are those of the sets of numbers", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [x, y] = [intervalOf(a), intervalOf(b)];
        expect(containsPrefix(a, b)).toBe(x.first <= y.first && y.last <= x.last);
        expect(overlaps(a, b)).toBe(x.first <= y.last && y.first <= x.last);
        expect(equalPrefixes(a, b)).toBe(x.first === y.first && x.last === y.last);
        expect(containsAddress(a, firstAddress(b))).toBe(x.first <= y.first && y.first <= x.last);
        expect(containsAddress(a, lastAddress(b))).toBe(x.first <= y.last && y.last <= x.last);
      }),
      { numRuns: 2_000 },
    );
  });

  it("sort by first address, then outer first", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [x, y] = [intervalOf(a), intervalOf(b)];
        const differences = [x.first - y.first, y.last - x.last];
        const difference = differences.find((each) => each !== 0n) ?? 0n;
        expect(comparePrefixes(a, b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
    expect(comparePrefixes(parsePrefix("::/0"), parsePrefix("255.0.0.0/8"))).toBe(1);
    expect(comparePrefixes(parsePrefix("255.0.0.0/8"), parsePrefix("::/0"))).toBe(-1);
  });

  it("never hold across families", () => {
    const [all4, all6] = [parsePrefix("0.0.0.0/0"), parsePrefix("::/0")];
    expect(containsAddress(all6, parseAddress("10.0.0.1"))).toBe(false);
    expect(containsAddress(all4, parseAddress("::1"))).toBe(false);
    expect(containsPrefix(all6, parsePrefix("10.0.0.0/8"))).toBe(false);
    expect(overlaps(all4, all6)).toBe(false);
    expect(equalPrefixes(parsePrefix("0.0.0.0/8"), parsePrefix("::/8"))).toBe(false);
  });
});

describe("subnets", () => {
  it("are complete and in order", () => {
    const inputs = prefixes.chain((prefix) =>
      fc.tuple(fc.constant(prefix), fc.integer({ min: 0, max: Math.min(6, bitsOf(prefix.family) - prefix.length) })),
    );
    fc.assert(
      fc.property(inputs, ([prefix, more]) => {
        const found = [...subnets(prefix, prefix.length + more)];
        const { first, last } = intervalOf(prefix);
        const size = (last - first + 1n) >> BigInt(more);
        const expected = Array.from({ length: 2 ** more }, (_, i) => first + BigInt(i) * size);
        expect(found.map((each) => numberOf(firstAddress(each)))).toEqual(expected);
        expect(found.every((each) => each.length === prefix.length + more)).toBe(true);
      }),
    );
  });

  it("come one at a time", () => {
    const [first, second] = subnets(parsePrefix("::/0"), 128);
    expect([String(first), String(second)]).toEqual(["::/128", "::1/128"]);
  });

  it("stop at the top of the family", () => {
    expect([...subnets(parsePrefix("255.255.255.254/31"), 32)].map(String)).toEqual([
      "255.255.255.254/32",
      "255.255.255.255/32",
    ]);
  });

  it("refuse at the call", () => {
    expect(() => subnets(parsePrefix("10.0.0.0/8"), 7)).toThrow(
      "length: expected an integer from 8 to 32 for IPv4, got 7",
    );
    expect(() => subnets(parsePrefix("10.0.0.0/8"), 33)).toThrow(RangeError);
  });
});
