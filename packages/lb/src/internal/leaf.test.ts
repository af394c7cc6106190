import { createBalancer, type Endpoint, type Policy } from "@netmason/lb";
import { expect, it } from "vitest";

/** How often the picker of an endpoint is built when its metadata goes from one to the other. */
function buildsOf(before: Endpoint["metadata"], after: Endpoint["metadata"]): number {
  let count = 0;
  const policy: Policy = {
    name: "counting",
    word: "split",
    create: () => ({
      build: () => {
        count++;
        return { pick: () => 0 };
      },
    }),
  };
  const of = (metadata: Endpoint["metadata"]): readonly Endpoint[] => [{ address: "a", ...(metadata && { metadata }) }];
  const balancer = createBalancer({ policy, endpoints: of(before) });
  balancer.update(of(after));
  return count;
}

const date = new Date(0);

it.each<[name: string, before: Endpoint["metadata"], after: Endpoint["metadata"], isKept: boolean]>([
  ["equal texts", { a: "x" }, { a: "x" }, true],
  ["another order of keys", { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, true],
  ["equal lists of objects", { a: [{ b: 1 }, 2] }, { a: [{ b: 1 }, 2] }, true],
  ["none and an empty one", undefined, {}, true],
  ["not a number", { a: Number.NaN }, { a: Number.NaN }, true],
  ["the same date", { a: date }, { a: date }, true],
  ["bigints", { a: 2n ** 80n }, { a: 2n ** 80n }, true],
  ["another bigint", { a: 2n ** 80n }, { a: 2n ** 81n }, false],
  ["a shorter list", { a: [1, 2] }, { a: [1] }, false],
  ["a list and an object", { a: [1] }, { a: { 0: 1 } }, false],
  ["null and an object", { a: null }, { a: {} }, false],
  ["a key less", { a: { b: 1, c: 1 } }, { a: { b: 1 } }, false],
  ["a key more", { a: { b: 1 } }, { a: { b: 1, c: 1 } }, false],
  ["maps", { a: new Map([[1, 2]]) }, { a: new Map([[3, 4]]) }, false],
])("a leaf that changes its metadata by %s", (_, before, after, isKept) => {
  expect(buildsOf(before, after)).toBe(isKept ? 1 : 2);
});
