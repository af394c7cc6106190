import { describe, expect, it } from "vitest";
import { formatHash, hashBytes, hashText } from "./content-hash.js";

describe("hashText", () => {
  // Of MurmurHash3_x86_128, seed 0, as the reference implementation prints its four words.
  it.each([
    ["", "00000000000000000000000000000000"],
    ["The quick brown fox jumps over the lazy dog", "2f1583c3ecee2c675d7bf66ce5e91d2c"],
  ])("gives the reference's hash of %j", (text, want) => {
    expect(formatHash(hashText(text))).toBe(want);
  });

  it("tells apart lengths and every byte", () => {
    const seen = new Set<string>();
    for (let length = 0; length < 40; length++) {
      for (let at = 0; at < length; at++) {
        const bytes = new Uint8Array(length);
        bytes[at] = 1;
        seen.add(formatHash(hashBytes(bytes)));
      }
      seen.add(formatHash(hashBytes(new Uint8Array(length))));
    }
    expect(seen.size).toBe((39 * 40) / 2 + 40);
  });
});
