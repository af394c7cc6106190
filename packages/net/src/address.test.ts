import { addToAddress, compareAddresses, distance, equalAddresses, parseAddress, unmapAddress } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addresses, addressesOf, families, valuesOf } from "../test/arbitraries.js";
import { addressOfValue, bitsOf, numberOf } from "../test/reference.js";

describe("compareAddresses and equalAddresses", () => {
  it("order by family, then by unsigned value", () => {
    fc.assert(
      fc.property(addresses, addresses, (a, b) => {
        const keyOf = (address: typeof a): bigint => (BigInt(address.family) << 128n) + numberOf(address);
        const order = keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0;
        expect([compareAddresses(a, b), equalAddresses(a, b)]).toEqual([order, order === 0]);
        expect([compareAddresses(a, a), equalAddresses(a, parseAddress(String(a)))]).toEqual([0, true]);
      }),
    );
  });

  it("keep an IPv4 address apart from its mapped form", () => {
    const [plain, mapped] = [parseAddress("10.0.0.1"), parseAddress("::ffff:10.0.0.1")];
    expect([equalAddresses(plain, mapped), compareAddresses(plain, mapped)]).toEqual([false, -1]);
    expect(equalAddresses(parseAddress("0.0.0.1"), parseAddress("::1"))).toBe(false);
  });
});

describe("addToAddress and distance", () => {
  it("are exact, and inverse to each other", () => {
    const pair = families.chain((family) => fc.tuple(addressesOf(family), addressesOf(family)));
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const steps = distance(from, to);
        expect(steps).toBe(numberOf(to) - numberOf(from));
        expect(addToAddress(from, steps)).toEqual(to);
      }),
    );
  });

  it("take numbers as they take bigints", () => {
    fc.assert(
      fc.property(addressesOf(6), fc.maxSafeInteger(), (address, offset) => {
        const sum = numberOf(address) + BigInt(offset);
        fc.pre(sum >= 0n && sum < 1n << 128n);
        expect(addToAddress(address, offset)).toEqual(addressOfValue(6, sum));
      }),
    );
  });

  it("refuse to leave the family, by one or by far", () => {
    const pairs = families.chain((family) =>
      fc.tuple(fc.constant(family), valuesOf(family), fc.bigInt({ min: 1n, max: 1n << 130n })),
    );
    fc.assert(
      fc.property(pairs, ([family, value, beyond]) => {
        const address = addressOfValue(family, value);
        const above = (1n << BigInt(bitsOf(family))) - 1n - value + beyond;
        expect(() => addToAddress(address, above)).toThrow(RangeError);
        expect(() => addToAddress(address, -value - beyond)).toThrow(RangeError);
      }),
    );
    expect(() => addToAddress(parseAddress("255.255.255.255"), 1)).toThrow(
      new RangeError("offset: 255.255.255.255 + 1 is not an IPv4 address"),
    );
    expect(() => addToAddress(parseAddress("::"), -1)).toThrow("offset: :: + -1 is not an IPv6 address");
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuse the offset %d", (offset) => {
    expect(() => addToAddress(parseAddress("::"), offset)).toThrow(
      `offset: expected a safe integer or a bigint, got ${offset}`,
    );
  });

  it("refuse two families", () => {
    expect(() => distance(parseAddress("::1"), parseAddress("0.0.0.1"))).toThrow(
      new TypeError("distance: ::1 and 0.0.0.1 are of two families"),
    );
  });
});

describe("unmapAddress", () => {
  it.each([
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::ffff:255.255.255.255", "255.255.255.255"],
    ["::fffe:10.1.2.3", "::fffe:a01:203"],
    ["::1:ffff:a01:203", "::1:ffff:a01:203"],
    ["1::ffff:10.1.2.3", "1::ffff:a01:203"],
    ["::10.1.2.3", "::a01:203"],
  ])("turns %s to %s", (text, unmapped) => {
    expect(String(unmapAddress(parseAddress(text)))).toBe(unmapped);
  });

  it("gives back the object where there is nothing to do", () => {
    const [v4, v6] = [parseAddress("10.0.0.1"), parseAddress("2001:db8::1")];
    expect([unmapAddress(v4) === v4, unmapAddress(v6) === v6]).toEqual([true, true]);
  });
});
