import { formatPrefix, isNetError, type NetError, type NetErrorCode, parsePrefix, prefixOf } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addresses, prefixes } from "../test/arbitraries.js";
import { bitsOf } from "../test/reference.js";

function refusal<C extends NetErrorCode>(text: string, code: C): NetError<C> {
  try {
    parsePrefix(text);
  } catch (error) {
    if (isNetError(error, code)) return error;
    throw error;
  }
  throw new TypeError(`accepted ${text}`);
}

describe("parsePrefix", () => {
  it("inverts formatPrefix", () => {
    fc.assert(
      fc.property(prefixes, (prefix) => {
        expect(parsePrefix(formatPrefix(prefix))).toEqual(prefix);
        expect([`${prefix}`, JSON.stringify(prefix)]).toEqual([formatPrefix(prefix), `"${formatPrefix(prefix)}"`]);
      }),
    );
  });

  it.each([
    ["10.0.0.0", 9, "'/'"],
    ["10.0.0.0/", 10, "a length from 0 to 32"],
    ["10.0.0.0/33", 11, "a length from 0 to 32"],
    ["::/129", 6, "a length from 0 to 128"],
    ["::/1299999", 6, "a length from 0 to 128"],
    ["10.0.0.0/08", 11, "no leading zero"],
    ["10.0.0.0/+8", 10, "a decimal digit"],
    ["10.0.0.0/8 ", 11, "a decimal digit"],
    ["10.0.0.0/255.0.0.0", 12, "a length from 0 to 32"],
    ["10.0.0/8", 7, "'.'"],
    ["/8", 1, "an IPv4 or IPv6 address"],
    ["", 1, "an IPv4 or IPv6 address"],
  ])("says where %j goes wrong", (text, column, expected) => {
    expect(refusal(text, "invalid_prefix").details).toEqual({ input: text, column, expected });
  });

  it("refuses host bits by default and names the prefix without them", () => {
    const { message, details } = refusal("10.1.2.3/8", "host_bits_set");
    expect(String(details.masked)).toBe("10.0.0.0/8");
    expect(details.column).toBe(9);
    expect(message).toBe(
      '[host_bits_set] expected no bits set behind the first 8, as in 10.0.0.0/8 at column 9: "10.1.2.3/8" has host bits set',
    );
    expect(() => parsePrefix("::1/127", { hostBits: "reject" })).toThrow("[host_bits_set]");
  });

  it("masks host bits when told to", () => {
    const inputs = addresses.chain((address) => fc.tuple(fc.constant(address), fc.nat(bitsOf(address.family))));
    fc.assert(
      fc.property(inputs, ([address, length]) => {
        expect(parsePrefix(`${address}/${length}`, { hostBits: "mask" })).toEqual(prefixOf(address, length));
      }),
    );
  });

  it("looks at no more of a long text than a prefix could have", () => {
    const text = `${"1".repeat(1_000_000)}/8`;
    expect(refusal(text, "invalid_prefix").details.input).toHaveLength(64);
    let refused = 0;
    for (let round = 0; round < 10_000; round++) refused += refusal(text, "invalid_prefix").details.column;
    expect(refused).toBe(40_000);
  }, 5_000);
});
