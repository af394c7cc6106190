// What crosses from one package to another is text (DESIGN: seam shapes). The packages may not import each other, so the
// shapes are held here; each package adds its side.
import {
  type Address,
  type AddressRange,
  createRange,
  formatAddress,
  formatPrefix,
  formatRange,
  type Prefix,
  parseAddress,
  parsePrefix,
  parseRange,
  reverseName,
} from "@netmason/net";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("the text forms of @netmason/net", () => {
  it("are strings in the types", () => {
    expectTypeOf(parseAddress).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(parsePrefix).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(parseRange).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(formatAddress).returns.toEqualTypeOf<string>();
    expectTypeOf(formatPrefix).returns.toEqualTypeOf<string>();
    expectTypeOf(formatRange).returns.toEqualTypeOf<string>();
    expectTypeOf(reverseName).returns.toEqualTypeOf<string>();
    expectTypeOf<ReturnType<(Address | Prefix | AddressRange)["toJSON"]>>().toEqualTypeOf<string>();
  });

  it("are what values print as, and survive JSON", () => {
    const address = parseAddress("2001:DB8::7");
    const values = { address, prefix: parsePrefix("2001:DB8::/32"), range: createRange(address, address) };
    const text = { address: "2001:db8::7", prefix: "2001:db8::/32", range: "2001:db8::7-2001:db8::7" };
    expect(JSON.parse(JSON.stringify(values))).toEqual(text);
    expect([`${values.address}`, `${values.prefix}`, `${values.range}`]).toEqual(Object.values(text));
    expect([parseAddress(text.address), parsePrefix(text.prefix), parseRange(text.range)]).toEqual(
      Object.values(values),
    );
  });
});
