import { type Allocation, createIpam, createMemoryStore, type Ipam, type ReleaseReport } from "@netmason/ipam";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { createLosingStore, type Fate } from "../test/losing-store.js";

const ADDRESS = parseAddress("10.0.0.5");
const PREFIX = parsePrefix("10.1.0.0/28");

type Meanwhile = (other: Ipam) => Promise<unknown>;

const what = (one: Allocation): string => `${one.handle} ${one.kind === "address" ? one.address : one.prefix}`;

const nothing: Meanwhile = async () => {};

describe("a release whose answer is lost", () => {
  const kinds: Readonly<
    Record<string, { take(ipam: Ipam): Promise<Allocation>; again: Meanwhile; beside: Meanwhile }>
  > = {
    "an address": {
      take: (ipam) => ipam.allocateExact({ handle: "a", address: ADDRESS }),
      again: (other) => other.allocateExact({ handle: "next", address: ADDRESS }),
      beside: (other) => other.allocate({ handle: "beside" }),
    },
    "a child prefix": {
      take: (ipam) => ipam.allocatePrefix({ handle: "a", pool: "nets", want: PREFIX }),
      again: (other) => other.allocatePrefix({ handle: "next", pool: "nets", want: PREFIX }),
      beside: (other) => other.allocatePrefix({ handle: "beside", pool: "nets", want: 30 }),
    },
  };
  const targets: Readonly<Record<string, (ipam: Ipam, held: Allocation) => Promise<ReleaseReport>>> = {
    "by its sequence": (ipam, held) => ipam.release([held]),
    unguarded: (ipam, held) =>
      ipam.release([held.kind === "address" ? { address: held.address } : { prefix: held.prefix }]),
    "by its handle": (ipam) => ipam.releaseByHandle("a"),
  };
  const cases = Object.entries(kinds).flatMap(([kind, { take, again, beside }]) =>
    Object.entries(targets).flatMap(([by, release]) =>
      [
        { title: "written over since", fate: "applied" as Fate, meanwhile: beside, left: ["beside"], cooldownMs: 0 },
        { title: "resting", fate: "applied" as Fate, meanwhile: beside, left: ["beside"], cooldownMs: 1_000 },
        { title: "taken by another", fate: "applied" as Fate, meanwhile: again, left: ["next"], cooldownMs: 0 },
        { title: "not applied", fate: "not applied" as Fate, meanwhile: beside, left: ["beside"], cooldownMs: 0 },
        { title: "not found at once", fate: "late" as Fate, meanwhile: nothing, left: [], cooldownMs: 0 },
      ].map((each) => ({ kind, by, take, release, ...each })),
    ),
  );

  it.each(cases)("$kind, $by: $title", async ({ take, release, fate, meanwhile, left, cooldownMs }) => {
    const base = createMemoryStore();
    const other = createIpam({ store: base });
    const [v4, nets] = [parsePrefix("10.0.0.0/28"), parsePrefix("10.1.0.0/24")];
    await other.createPool({ name: "v4", prefix: v4, units: { kind: "addresses", cooldownMs } });
    await other.createPool({ name: "nets", prefix: nets, units: { kind: "prefixes", maxLength: 30, cooldownMs } });
    const store = createLosingStore(base);
    const ipam = createIpam({ store, sleep: async () => {} });
    const held = await take(ipam);
    store.lose(fate, () => meanwhile(other));
    const report = await release(ipam, held);
    expect(report).toEqual({ released: [held], notHeld: [], stale: [] });
    expect(ipam.metrics().releasedCount).toBe(1);
    const live: string[] = [];
    for await (const one of other.listAllocations()) live.push(one.handle);
    expect(live).toEqual(left);
    expect((await other.audit()).findings).toEqual([]);
    expect((await ipam.release([held])).released.map(what)).toEqual([]);
  });
});
