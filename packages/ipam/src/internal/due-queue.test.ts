import fc from "fast-check";
import { expect, it } from "vitest";
import { DueQueue } from "./due-queue.js";

it("gives keys by time, and only those that still stand under the time they were put under", () => {
  const change = fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e", "f"), at: fc.option(fc.nat(9)) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const meant = new Map<string, number>();
      const queue = new DueQueue((key, at) => meant.get(key) === at);
      for (const { key, at } of changes) {
        if (at === null) meant.delete(key);
        else {
          meant.set(key, at);
          queue.push(key, at);
        }
        const first = [...meant].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0];
        expect(queue.first()).toEqual(first && { key: first[0], at: first[1] });
      }
      const order: number[] = [];
      for (let due = queue.first(); due !== undefined; due = queue.first()) {
        order.push(due.at);
        meant.delete(due.key);
      }
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(meant.size).toBe(0);
    }),
  );
});

it("forgets what means nothing any more before it grows", () => {
  let meant = 0;
  let asked = 0;
  const queue = new DueQueue((_key, at) => {
    asked += 1;
    return at === meant;
  });
  for (meant = 1; meant <= 10_000; meant += 1) queue.push("the same", meant);
  // Each cleaning looks at 64 entries or so and keeps none but the last one.
  expect(asked).toBeLessThan(20_000);
  asked = 0;
  meant -= 1;
  expect(queue.first()).toEqual({ key: "the same", at: 10_000 });
  expect(asked).toBeLessThan(70);
});
