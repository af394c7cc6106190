import { addToAddress, firstAddress, lastAddress, parseAddress, parsePrefix, stride } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families, prefixesOf } from "../test/arbitraries.js";
import { bitsOf, numberOf } from "../test/reference.js";

describe("stride", () => {
  const plans = families
    .chain(prefixesOf)
    .chain((pool) =>
      fc.tuple(fc.constant(pool), fc.integer({ min: pool.length, max: bitsOf(pool.family) }), fc.nat(3), fc.nat(3)),
    )
    .filter(([pool, length, first, last]) => 1n << BigInt(length - pool.length) > BigInt(first + last));

  it("puts unit n at base + (first + n - 1) * 2^(W - length), and inverts it", () => {
    fc.assert(
      fc.property(plans, fc.bigInt({ min: 0n, max: 1n << 128n }), ([pool, length, first, last], drawn) => {
        const plan = stride(pool, length, { first, last });
        const step = 1n << BigInt(bitsOf(pool.family) - length);
        expect(plan.capacity).toBe((1n << BigInt(length - pool.length)) - BigInt(first + last));
        for (const n of [1n, plan.capacity, 1n + (drawn % plan.capacity)]) {
          const unit = plan.unit(n);
          expect(numberOf(firstAddress(unit))).toBe(numberOf(firstAddress(pool)) + (BigInt(first) + n - 1n) * step);
          expect(unit.length).toBe(length);
          expect([plan.inverse(firstAddress(unit)), plan.inverse(lastAddress(unit))]).toEqual([n, n]);
        }
        expect(() => plan.unit(0n)).toThrow(RangeError);
        expect(() => plan.unit(plan.capacity + 1n)).toThrow(RangeError);
      }),
    );
  });

  it("takes numbers as it takes bigints, and only whole ones", () => {
    const plan = stride(parsePrefix("2001:db8::/32"), 96);
    expect(plan.unit(2 ** 52)).toEqual(plan.unit(2n ** 52n));
    expect(String(plan.unit(2n ** 64n))).toBe("2001:db8:ffff:ffff:ffff:ffff::/96");
    expect(String(plan.unit(2n ** 53n + 1n))).toBe("2001:db8:20::/96");
    const skipping = stride(parsePrefix("2001:db8::/32"), 96, { first: 2 });
    expect(String(skipping.unit(2 ** 53 - 1))).toBe("2001:db8:20::/96");
    for (const n of [1.5, Number.NaN, 2 ** 60, -1]) expect(() => plan.unit(n)).toThrow(`got ${n}`);
  });

  it("answers nothing for units left out and addresses outside", () => {
    const plan = stride(parsePrefix("10.0.0.0/29"), 32, { first: 2, last: 1 });
    const found = Array.from({ length: 10 }, (_, i) => plan.inverse(addToAddress(parseAddress("10.0.0.0"), i)));
    expect(found).toEqual([undefined, undefined, 1n, 2n, 3n, 4n, 5n, undefined, undefined, undefined]);
    expect(plan.inverse(parseAddress("::1"))).toBeUndefined();
    expect(plan.inverse(parseAddress("9.255.255.255"))).toBeUndefined();
  });

  it("refuses plans without a unit", () => {
    const pool = parsePrefix("10.0.0.0/30");
    expect(() => stride(pool, 32, { first: 2, last: 2 })).toThrow(
      new RangeError("first: 2 and last: 2 leave no /32 in 10.0.0.0/30"),
    );
    expect(() => stride(pool, 29)).toThrow("length: expected an integer from 30 to 32 for IPv4, got 29");
    expect(() => stride(pool, 32, { first: -1 })).toThrow("first: expected a non-negative safe integer, got -1");
    expect(() => stride(pool, 32, { last: 0.5 })).toThrow("last: expected a non-negative safe integer, got 0.5");
  });
});
