import {
  buildRing,
  type Endpoint,
  hashFromBigInt,
  lookupTable,
  maglev,
  type Picker,
  type Policy,
  ringHash,
} from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";
import { createRig, type Rig, select } from "../test/policy-rig.js";
import { MersenneTwister } from "./internal/mersenne-twister.js";

const endpoints = (count: number): Endpoint[] =>
  Array.from({ length: count }, (_, i) => ({ address: `127.0.0.1:${90 + i}` }));
const portOf = (all: readonly Endpoint[], index: number): number => Number(all[index]?.address.split(":")[1]);

function explainAll(picker: Picker, count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => picker.explain?.(select(BigInt(i) * (2n ** 64n / BigInt(count)))));
}

describe("ringHash and maglev over localities", () => {
  // Localities 1 : 2, in each of them endpoints 1 : 2.
  const all: Endpoint[] = [
    { address: "127.0.0.1:90", weight: 1 },
    { address: "127.0.0.1:91", weight: 2 },
    { address: "127.0.0.1:92", weight: 1 },
    { address: "127.0.0.1:93", weight: 2 },
  ];
  const localities = { indices: [0, 0, 1, 1], weights: [1, 2] };
  const ringOwners = (weights: readonly number[]): number[] => {
    const rig = createRig(ringHash({ minSize: 9, maxSize: 9, locality: "folded" }));
    const picker = rig.build(rig.leaf({ endpoints: all, weights, localities }));
    return Array.from({ length: 9 }, (_, attempt) => portOf(all, picker.pick(select(0, attempt))));
  };

  it("case 9: folds the weights of localities into those of endpoints", () => {
    expect(ringOwners([1, 2, 1, 2])).toEqual([92, 93, 91, 91, 93, 93, 92, 93, 90]);
    expect(ringOwners([1 / 3, 2 / 3, 0.25, 0.5])).toEqual([92, 93, 91, 91, 93, 93, 92, 93, 90]);
  });

  it("case 20: leaves out localities of weight 0, and answers none if all are", () => {
    for (const policy of [ringHash({ locality: "folded" }), maglev({ locality: "folded" })]) {
      const rig = createRig(policy);
      const pick = (weights: readonly number[], hash: bigint): number =>
        rig.build(rig.leaf({ endpoints: all, localities: { ...localities, weights } })).pick(select(hash));
      const hashes = Array.from({ length: 100 }, (_, i) => BigInt(i) * 184_467_440_737_095_516n);
      expect(new Set(hashes.map((hash) => pick([0, 3], hash)))).toEqual(new Set([2, 3]));
      expect(pick([0, 0], 5n)).toBe(-1);
      const none = rig.build(rig.leaf({ endpoints: all, localities: { ...localities, weights: [0, 0] } }));
      expect(Object.values(none.explain?.(select()) ?? {})).toEqual([0]);
    }
  });
});

describe("ringHash and maglev", () => {
  it("case 12: hash a hash key before a host name before an address", () => {
    const want = [95, 95, 93, 94, 93, 92, 90, 92, 91, 90, 91, 94];
    const owners = (policy: Policy, list: readonly Endpoint[]): number[] => {
      const rig = createRig(policy);
      const picker = rig.build(rig.leaf({ endpoints: list }));
      return want.map((_, attempt) => 90 + picker.pick(select(0, attempt)));
    };
    const named = endpoints(6).map((each, i) => ({ ...each, hostname: String(90 + i) }));
    expect(owners(ringHash({ minSize: 12, useHostname: true }), named)).toEqual(want);
    expect(owners(ringHash({ minSize: 12 }), named)).not.toEqual(want);
    const keyed = endpoints(6).map((each, i) => ({ ...each, hostname: "x", hashKey: String(90 + i) }));
    expect(owners(ringHash({ minSize: 12, useHostname: true }), keyed)).toEqual(want);
    expect(
      owners(
        ringHash({ minSize: 12 }),
        named.map((each) => ({ ...each, hashKey: "" })),
      ),
    ).not.toEqual(want);
    const unnamed = endpoints(6).map((each) => ({ ...each, hostname: "" }));
    expect(owners(ringHash({ minSize: 12, useHostname: true }), unnamed)).toEqual(
      owners(ringHash({ minSize: 12 }), unnamed),
    );
  });

  it("keep their table in an update that changes no key and no share", () => {
    for (const policy of [ringHash(), maglev({ tableSize: 251 })]) {
      const rig = createRig(policy);
      const tableOf = (picker: Picker): unknown => (picker as Picker & { readonly table: unknown }).table;
      const first = rig.build(rig.leaf({ weights: [1, 1, 2] }));
      const second = rig.build(rig.leaf({ weights: [1, 1, 2] }), first);
      const third = rig.build(rig.leaf({ weights: [1, 1, 3] }), second);
      const fewer = rig.build(rig.leaf({ weights: [1, 1] }), second);
      const others = ["a:1", "b:1", "c:1"].map((address) => ({ address }));
      expect(tableOf(rig.build(rig.leaf({ endpoints: others, weights: [1, 1, 2] }), second))).not.toBe(tableOf(first));
      expect(tableOf(second)).toBe(tableOf(first));
      expect(tableOf(third)).not.toBe(tableOf(first));
      expect(tableOf(fewer)).not.toBe(tableOf(first));
    }
  });

  it("build a new table when the weight of a locality changes", () => {
    const rig = createRig(maglev({ tableSize: 251, locality: "folded" }));
    const leaf = (first: number): Picker & { readonly table?: unknown } =>
      rig.build(rig.leaf({ weights: [1, 1], localities: { indices: [0, 1], weights: [first, 1] } }), before);
    let before: Picker | undefined;
    const one = leaf(1);
    before = one;
    expect(leaf(1).table).toBe(one.table);
    expect(leaf(2).table).not.toBe(one.table);
  });

  it("explain where a hash lies and who is next", () => {
    const rig = createRig(ringHash({ minSize: 12 }));
    expect(rig.build(rig.leaf({ endpoints: endpoints(6) })).explain?.(select(3551244743356806948n))).toEqual({
      ringSize: 12,
      index: 4,
      position: "3851675632748031481",
      endpoint: "127.0.0.1:93",
      nextEndpoint: "127.0.0.1:91",
    });
    const table = createRig(maglev({ tableSize: 7 }));
    expect(table.build(table.leaf({ endpoints: endpoints(6) })).explain?.(select(10))).toEqual({
      tableSize: 7,
      slot: 3,
      endpoint: "127.0.0.1:91",
      slotCount: 1,
    });
    const one = createRig(ringHash({ minSize: 3 }));
    expect(explainAll(one.build(one.leaf({ weights: [1] })), 3)).toHaveLength(3);
  });

  it("refuse options out of range", () => {
    expect(() => ringHash({ minSize: 20, maxSize: 10 })).toThrow(RangeError);
    expect(() => ringHash({ boundedLoadPercent: 99 })).toThrow(RangeError);
    expect(() => maglev({ boundedLoadPercent: Number.NaN })).toThrow(RangeError);
    expect(() => maglev({ locality: "weighted" as "folded" })).toThrow(TypeError);
  });
});

describe("bounded loads", () => {
  const busiest = (rig: Rig): number => Math.max(...rig.active);

  it("MT19937 gives the sequence of the standard: its 10000th word of seed 5489", () => {
    const chance = new MersenneTwister();
    chance.seed(5489);
    for (let i = 1; i < 10_000; i++) chance.next();
    expect(chance.next() >>> 0).toBe(4_123_659_995);
  });

  it.each([
    [2n, [2, 1, 0, 4, 3]],
    [6n, [4, 0, 2, 3, 1]],
  ])("case 21: a hash of %i tries %j in this order", (hash, order) => {
    const rig = createRig(ringHash({ boundedLoadPercent: 100 }));
    const list = endpoints(5);
    const picker = rig.build(rig.leaf({ endpoints: list }));
    // The own endpoint is not among those that are tried; every other is, once those before it are full.
    rig.active.push(0, 0, 0, 0, 0);
    const own = picker.pick(select(hash));
    const tried: number[] = [];
    const full = new Set([own]);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 5; j++) rig.active[j] = full.has(j) ? 1000 : 0;
      const next = picker.pick(select(hash));
      tried.push(next);
      full.add(next);
    }
    expect(tried).toEqual(order.filter((index) => index !== own));
  });

  it("takes the least overloaded where all are, its own endpoint on a tie", () => {
    const rig = createRig(maglev({ boundedLoadPercent: 100, tableSize: 7 }));
    const picker = rig.build(rig.leaf({ weights: [1, 1] }));
    const own = createRig(maglev({ tableSize: 7 }));
    const plain = own.build(own.leaf({ weights: [1, 1] })).pick(select(3));
    // One in flight in all, as the balancer counts it, so that each may have one.
    rig.active[plain] = 0;
    expect(picker.pick(select(3))).toBe(plain);
    rig.active[plain] = 9;
    rig.active[1 - plain] = 0;
    expect(picker.pick(select(3))).toBe(1 - plain);
  });

  it("case 22: holds 10⁴ requests over 50 endpoints within 125 % of the mean, a key always in the same order", () => {
    const rig = createRig(ringHash({ boundedLoadPercent: 125 }));
    const list = Array.from({ length: 50 }, (_, i) => ({ address: `10.0.0.${i}:80` }));
    const picker = rig.build(rig.leaf({ endpoints: list }));
    const random = seededRandom(3);
    rig.active.push(...list.map(() => 0));
    for (let i = 1; i <= 10_000; i++) {
      const hash = { hi: Math.floor(random() * 2 ** 32), lo: Math.floor(random() * 2 ** 32) };
      const index = picker.pick(select(hash));
      expect(picker.pick(select(hash))).toBe(index);
      rig.active[index] = (rig.active[index] ?? 0) + 1;
      expect(busiest(rig)).toBeLessThanOrEqual(Math.ceil(1.25 * (i / 50)) + 1);
    }
  });

  it("takes the least overloaded where all are, and stays on a tie", () => {
    const active = [0, 0];
    const state = maglev({ boundedLoadPercent: 100, tableSize: 7 }).create({
      now: () => 0,
      seed: { hi: 0, lo: 0 },
      below: () => 0,
      // What is in flight elsewhere is not known here, so that all can be above their share.
      totalActiveCount: () => 0,
    });
    const rig = createRig(maglev());
    const view = { ...rig.leaf({ weights: [1, 1] }), activeCount: (index: number) => active[index] ?? 0 };
    const picker = state.build(view);
    for (let word = 0; word < 7; word++) {
      active.fill(0);
      const own = picker.pick(select(word));
      active.fill(5);
      expect(picker.pick(select(word))).toBe(own);
      active[1 - own] = 4;
      expect(picker.pick(select(word))).toBe(1 - own);
      active[1 - own] = 6;
      expect(picker.pick(select(word))).toBe(own);
    }
  });

  it("answers as the unbounded policy while nothing is overloaded", () => {
    const rig = createRig(ringHash({ boundedLoadPercent: 100 }));
    const list = endpoints(6);
    const picker = rig.build(rig.leaf({ endpoints: list }));
    const ring = buildRing(list.map(({ address }) => ({ key: address })));
    for (let i = 0n; i < 200n; i++) {
      expect(picker.pick(select(i << 56n))).toBe(lookupTable(ring, hashFromBigInt(i << 56n)));
    }
  });
});
