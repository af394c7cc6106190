import {
  isNetError,
  type NetError,
  parseAddress,
  parseMac,
  parsePrefix,
  parseRange,
  tryParseAddress,
} from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { valuesOf } from "../test/arbitraries.js";
import { formatSlowly, numberOf, parseSlowly } from "../test/reference.js";

function refusal(text: string): NetError<"invalid_address"> {
  try {
    parseAddress(text);
  } catch (error) {
    if (isNetError(error, "invalid_address")) return error;
    throw error;
  }
  throw new TypeError(`accepted ${text}`);
}

describe("parseAddress", () => {
  it.each([
    ["0.0.0.0", 4, 0n],
    ["255.255.255.255", 4, 0xffffffffn],
    ["192.0.2.1", 4, 0xc0000201n],
    ["::", 6, 0n],
    ["::1", 6, 1n],
    ["1::", 6, 1n << 112n],
    ["1:2:3:4:5:6:7::", 6, 0x00010002000300040005000600070000n],
    ["::2:3:4:5:6:7:8", 6, 0x00000002000300040005000600070008n],
    ["1:2:3:4:5:6:7:8", 6, 0x00010002000300040005000600070008n],
    ["FFFF:ffff:FfFf:fFfF:ffff:ffff:ffff:ffff", 6, (1n << 128n) - 1n],
    ["::ffff:192.0.2.1", 6, 0xffffc0000201n],
    ["1:2:3:4:5:6:1.2.3.4", 6, 0x00010002000300040005000601020304n],
    ["0001:0002::", 6, (1n << 112n) | (2n << 96n)],
  ] as const)("reads %s", (text, family, value) => {
    const address = parseAddress(text);
    expect([address.family, numberOf(address)]).toEqual([family, value]);
  });

  it.each([
    ["", 1, "an IPv4 or IPv6 address"],
    ["1.2.3", 6, "'.'"],
    ["1.2.3.", 7, "a decimal digit"],
    ["1.2.3.256", 9, "a number from 0 to 255"],
    ["1.2.3.1000", 10, "a number from 0 to 255"],
    ["1.2.3.4.5", 8, "the end of the address"],
    ["010.0.0.1", 2, "no leading zero"],
    ["1.2.3.4 ", 8, "the end of the address"],
    ["1::2::3", 6, "a hexadecimal digit: '::' may stand once"],
    ["::12345", 7, "':'"],
    ["1:2:3:4:5:6:7:8:9", 16, "the end of the address"],
    ["1:2:3:4:5:6:7", 14, "':'"],
    [":1", 2, "':'"],
    ["1:", 3, "a hexadecimal digit"],
    ["fe80::1%eth0", 8, "a hexadecimal digit or ':'"],
    ["::1.2.3", 8, "'.'"],
    ["1:2:3:4:5:6:7:8::", 16, "the end of the address"],
    ["1:2:3:4:5:6:7::8", 17, "at most seven groups beside '::'"],
  ])("says where %j goes wrong", (text, column, expected) => {
    expect(refusal(text).details).toEqual({ input: text, column, expected });
  });

  it("accepts what net.isIP accepts but zone ids, with the value of a slow parser", () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF:.%/ g"), maxLength: 48 }),
      valuesOf(4).map((value) => formatSlowly({ family: 4, value })),
      valuesOf(6).map((value) => formatSlowly({ family: 6, value })),
    );
    const edited = fc
      .tuple(text, fc.nat(), fc.constantFrom(..."0159afAF:.%/ ", "::", "", "255", "ffff", "0"), fc.nat(2))
      .map(([base, at, piece, cut]) => {
        const index = at % (base.length + 1);
        return base.slice(0, index) + piece + base.slice(index + cut);
      });
    fc.assert(
      fc.property(fc.oneof(text, edited), (candidate) => {
        const address = tryParseAddress(candidate);
        const found = address && { family: address.family, value: numberOf(address) };
        expect(found).toEqual(parseSlowly(candidate));
      }),
      { numRuns: process.env.SOAK === "1" ? 1_000_000 : 20_000 },
    );
  });

  it("takes no other character for a digit, a letter or a separator", () => {
    const texts = ["1.22.133.4", "255.1.20.133", "88.255.7.19", "10:2a::ff0", "::ffff:10.2.33.254"];
    const found: string[] = [];
    for (const text of texts) {
      for (let at = 0; at < text.length; at++) {
        for (let code = 0; code < 0x400; code++) {
          const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
          if (tryParseAddress(changed)?.family !== parseSlowly(changed)?.family) found.push(changed);
        }
      }
    }
    expect(found).toEqual([]);
  });

  it("agrees with net.isIP on a million random texts near the grammar", () => {
    expect(disagreementsWithIsIp(1_000_000)).toEqual([]);
  });

  it("quotes at most 64 characters of what it refuses", () => {
    const error = refusal(`1.2.3.4${"9".repeat(1_000_000)}`);
    expect(error.details.input).toBe(`1.2.3.4${"9".repeat(56)}…`);
    expect(error.message.length).toBeLessThan(200);
    expect(error.details.column).toBe(9);
  });

  // Reading even one in a hundred of these characters would outlast the time a test may take.
  it("looks at no more of a long text than an address could have", () => {
    const texts = ["1", ":", "f:", "1.", " ", "/", "0"].map((unit) => unit.repeat(1_000_000));
    let refused = 0;
    for (let round = 0; round < 100_000; round++) {
      for (const text of texts) if (tryParseAddress(text) === undefined) refused++;
    }
    expect(refused).toBe(700_000);
  }, 5_000);

  it.each([parseAddress, tryParseAddress, parsePrefix, parseRange, parseMac])(
    "tells wrong use from wrong text: %o",
    (parse) => {
      expect(() => parse(1 as unknown as string)).toThrow(new TypeError("text: expected a string, got number"));
    },
  );
});

/** Texts of the alphabet, and valid ones with one edit, until `count` were tried. */
function disagreementsWithIsIp(count: number): string[] {
  const alphabet = "0123456789abcdefABCDEF:::...%/ ";
  const next = xorshift(7);
  const pick = (text: string): string => text.charAt(next() % text.length);
  const found: string[] = [];
  for (let i = 0; i < count; i++) {
    let text: string;
    if (i % 3 === 0) {
      text = Array.from({ length: next() % 24 }, () => pick(alphabet)).join("");
    } else {
      const family = i % 3 === 1 ? 4 : 6;
      const groups = Array.from(
        { length: family === 4 ? 4 : 1 + (next() % 8) },
        () => next() % (next() & 1 ? 256 : 300),
      );
      text = family === 4 ? groups.join(".") : groups.map((group) => group.toString(16)).join(next() & 3 ? ":" : "::");
      const at = next() % (text.length + 1);
      if (next() & 1) text = text.slice(0, at) + pick(alphabet) + text.slice(at + (next() & 1));
    }
    const expected = parseSlowly(text)?.family ?? 0;
    if ((tryParseAddress(text)?.family ?? 0) !== expected) found.push(text);
  }
  return found;
}

function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
