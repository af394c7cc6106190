import { expect, it } from "vitest";
import { createIntervalIndex } from "./interval-index.js";

it("refuses more intervals than its slots can number", () => {
  const cells = new Int32Array(0);
  expect(() => createIntervalIndex({ cells, count: 2 ** 26 + 1 })).toThrow(
    new RangeError("compile: IPv6 prefixes make 67108865 intervals, more than 67108864"),
  );
});
