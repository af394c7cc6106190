import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8Bytes, utf8Length } from "./utf8.js";

it("gives the bytes that TextEncoder gives, for half pairs too", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const want = new TextEncoder().encode(each);
      expect(utf8Bytes(each)).toEqual(want);
      expect(utf8Length(each)).toBe(want.length);
    }),
  );
});
