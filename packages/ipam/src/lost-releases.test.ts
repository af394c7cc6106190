import {
  type Allocation,
  createIpam,
  createMemoryStore,
  type Ipam,
  IpamError,
  type ReleaseReport,
  type Store,
} from "@netmason/ipam";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

const ADDRESS = parseAddress("10.0.0.5");
const PREFIX = parsePrefix("10.1.0.0/28");

type Meanwhile = (other: Ipam) => Promise<unknown>;

/** A store that loses the answer to one transaction, applied or not, after somebody else has written as well. */
function losing(store: Store): Store & { lose(isApplied: boolean, meanwhile: () => Promise<unknown>): void } {
  let fate: { readonly isApplied: boolean; readonly meanwhile: () => Promise<unknown> } | undefined;
  return Object.assign(Object.create(store) as Store, {
    limits: store.limits,
    lose: (isApplied: boolean, meanwhile: () => Promise<unknown>) => {
      fate = { isApplied, meanwhile };
    },
    get: (...call: Parameters<Store["get"]>) => store.get(...call),
    range: (...call: Parameters<Store["range"]>) => store.range(...call),
    txn: async (...call: Parameters<Store["txn"]>) => {
      const now = fate;
      fate = undefined;
      if (now === undefined) return store.txn(...call);
      if (now.isApplied) await store.txn(...call);
      await now.meanwhile();
      throw new IpamError("store_outcome_unknown", "the answer was lost", { key: "b" });
    },
  });
}

const what = (one: Allocation): string => `${one.handle} ${one.kind === "address" ? one.address : one.prefix}`;

describe("a release whose answer is lost, and whose record others have written since", () => {
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
        { fate: "applied", isApplied: true, meanwhile: beside, left: ["beside"], cooldownMs: 0 },
        { fate: "applied, and rests", isApplied: true, meanwhile: beside, left: ["beside"], cooldownMs: 1_000 },
        { fate: "applied, and taken by another", isApplied: true, meanwhile: again, left: ["next"], cooldownMs: 0 },
        { fate: "not applied", isApplied: false, meanwhile: beside, left: ["beside"], cooldownMs: 0 },
      ].map((each) => ({ kind, by, take, release, ...each })),
    ),
  );

  it.each(cases)("$kind, $by: $fate", async ({ take, release, isApplied, meanwhile, left, cooldownMs }) => {
    const base = createMemoryStore();
    const other = createIpam({ store: base });
    const [v4, nets] = [parsePrefix("10.0.0.0/28"), parsePrefix("10.1.0.0/24")];
    await other.createPool({ name: "v4", prefix: v4, units: { kind: "addresses", cooldownMs } });
    await other.createPool({ name: "nets", prefix: nets, units: { kind: "prefixes", maxLength: 30, cooldownMs } });
    const store = losing(base);
    const ipam = createIpam({ store, sleep: async () => {} });
    const held = await take(ipam);
    store.lose(isApplied, () => meanwhile(other));
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
