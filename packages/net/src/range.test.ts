import { createRange, formatRange, isNetError, type NetError, parseAddress, parseRange } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families, rangesOf } from "../test/arbitraries.js";

function refusal(text: string): NetError<"invalid_range"> {
  try {
    parseRange(text);
  } catch (error) {
    if (isNetError(error, "invalid_range")) return error;
    throw error;
  }
  throw new TypeError(`accepted ${text}`);
}

describe("parseRange", () => {
  it("inverts formatRange", () => {
    fc.assert(
      fc.property(families.chain(rangesOf), (range) => {
        expect(parseRange(formatRange(range))).toEqual(range);
        expect([`${range}`, JSON.stringify(range)]).toEqual([formatRange(range), `"${formatRange(range)}"`]);
      }),
    );
  });

  it.each([
    ["10.0.0.1", 9, "'-'"],
    ["10.0.0.1-", 10, "an IPv4 or IPv6 address"],
    ["10.0.0.1 - 10.0.0.2", 9, "the end of the address"],
    ["10.0.0.2-10.0.0.1", 10, "an address not lower than 10.0.0.2"],
    ["10.0.0.2-::1", 10, "an IPv4 address"],
    ["::1-10.0.0.2", 5, "an IPv6 address"],
    ["10.0.0.1-10.0.0.2-10.0.0.3", 18, "the end of the address"],
    ["10.0.0.0/8", 9, "the end of the address"],
  ])("says where %j goes wrong", (text, column, expected) => {
    expect(refusal(text).details).toEqual({ input: text, column, expected });
  });

  it("looks at no more of a long text than a range could have", () => {
    expect(refusal(`${"1".repeat(1_000_000)}-::`).details).toMatchObject({ column: 4, input: `${"1".repeat(63)}…` });
  });
});

describe("createRange", () => {
  it("keeps the ends it is given", () => {
    const first = parseAddress("::1");
    expect(createRange(first, first)).toMatchObject({ first, last: first });
  });

  it("refuses reversed ends and two families", () => {
    const [low, high] = [parseAddress("10.0.0.1"), parseAddress("200.0.0.1")];
    expect(() => createRange(high, low)).toThrow(new RangeError("last: 10.0.0.1 is lower than first, 200.0.0.1"));
    expect(() => createRange(low, parseAddress("::1"))).toThrow(
      new TypeError("range: 10.0.0.1 and ::1 are of two families"),
    );
  });
});
