import { createIpam, createMemoryStore, type Ipam, isIpamError, type Liveness, type Suspects } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.js";

const MINUTE = 60_000;

interface World {
  readonly ipam: Ipam;
  readonly clock: { now: number };
  readonly alive: Set<string>;
  liveness(): Promise<Liveness>;
  /** One run of a cron job, after some minutes. */
  look(minutes: number, more?: object): Promise<readonly string[]>;
}

async function createWorld(handles: readonly string[]): Promise<World> {
  const clock = { now: 1_000_000_000 };
  const ipam = createIpam({ store: createMemoryStore(), now: () => clock.now });
  await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units: { kind: "addresses" } });
  await ipam.createPool({ name: "nets", prefix: parsePrefix("10.1.0.0/16"), units: { kind: "prefixes" } });
  for (const handle of handles) await ipam.allocate({ handle });
  const alive = new Set(handles);
  let suspects: Suspects = [];
  const liveness = async (): Promise<Liveness> => ({ asOf: clock.now, handles: new Set(alive) });
  return {
    ipam,
    clock,
    alive,
    liveness,
    look: async (minutes, more) => {
      clock.now += minutes * MINUTE;
      // A cron job keeps suspects as text.
      const report = await ipam.collect({ liveness, suspects: JSON.parse(JSON.stringify(suspects)), ...more });
      suspects = report.suspects;
      return report.released.map(({ handle }) => handle);
    },
  };
}

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => (isIpamError(error, "collect_refused") ? error.details.reason : error),
  );

describe("collect", () => {
  it("frees what two looks, a grace period apart, and a last one missed", async () => {
    const { ipam, alive, look } = await createWorld(["a", "b"]);
    const vpc = await ipam.allocatePrefix({ handle: "b", pool: "nets", want: 24 });
    alive.delete("b");
    expect(await look(1)).toEqual([]);
    expect(await look(14)).toEqual([]);
    expect(await look(1)).toEqual(["b", "b"]);
    expect(await ipam.allocatePrefix({ handle: "c", pool: "nets", want: vpc.prefix })).toMatchObject({ handle: "c" });
    expect(await look(100)).toEqual([]);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("forgets what it freed, and remembers what it could not free", async () => {
    const clock = { now: 1_000_000_000 };
    const ipam = createIpam({ store: createMemoryStore(), now: () => clock.now });
    const units = { kind: "addresses", affinity: "strict", blockLength: 30 } as const;
    await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units });
    await ipam.createPool({ name: "nets", prefix: parsePrefix("10.1.0.0/16"), units: { kind: "prefixes" } });
    await ipam.claimBlocks({ node: "gone", pool: "lab", available: 6 });
    await ipam.allocate({ handle: "dead", node: "gone" });
    const { prefix } = await ipam.allocatePrefix({ handle: "kept", pool: "nets", want: 24 });
    await ipam.createPool({ name: "inner", prefix, units: { kind: "addresses" } });
    const none = new Set<string>();
    const liveness = async (): Promise<Liveness> => ({ asOf: clock.now, handles: none, nodes: none });
    const ids = async (suspects: Suspects): Promise<Suspects> => {
      clock.now += 20 * MINUTE;
      return (await ipam.collect({ liveness, suspects })).suspects;
    };
    const first = await ids([]);
    expect(first.map(({ id }) => id)).toEqual(["handle:dead", "handle:kept", "block:b/default/lab/0a000004-30"]);
    const second = await ids(first);
    // The block that "dead" was in is empty since just now.
    expect(second.map(({ id }) => id)).toEqual(["handle:kept"]);
    const third = await ids(second);
    expect(third.map(({ id }) => id)).toEqual(["handle:kept", "block:b/default/lab/0a000000-30"]);
    expect((await ids(third)).map(({ id }) => id)).toEqual(["handle:kept"]);
  });

  it("starts anew when a handle was seen again, or holds something else", async () => {
    const { ipam, alive, look } = await createWorld(["a", "b", "c", "d"]);
    alive.delete("b");
    await look(1);
    alive.add("b");
    await look(1);
    alive.delete("b");
    expect(await look(20)).toEqual([]);
    await ipam.allocate({ handle: "b", count: 2 });
    expect(await look(20)).toEqual([]);
    expect(await look(16)).toEqual(["b", "b"]);
  });

  it("keeps a handle that is there in the look right before", async () => {
    const { ipam, clock, look } = await createWorld(["a", "b"]);
    const one = async (): Promise<Liveness> => ({ asOf: clock.now, handles: new Set(["a"]) });
    expect(await look(1, { liveness: one })).toEqual([]);
    let asked = 0;
    const late = async (): Promise<Liveness> => {
      asked += 1;
      return { asOf: clock.now, handles: new Set(asked === 1 ? ["a"] : ["a", "b"]) };
    };
    expect(await look(20, { liveness: late })).toEqual([]);
    expect(asked).toBe(2);
    expect(await ipam.allocate({ handle: "b" })).toHaveLength(1);
  });

  it("suspects nothing that is younger than what the source saw", async () => {
    const { ipam, clock, look } = await createWorld(["a"]);
    const old = clock.now;
    await ipam.allocate({ handle: "young" });
    const liveness = async (): Promise<Liveness> => ({ asOf: old, handles: new Set(["a"]) });
    expect(await look(1, { liveness })).toEqual([]);
    expect(await look(1, { liveness, graceMs: 0 })).toEqual([]);
  });

  it("frees nothing when the source fails, is old, or would empty the pool", async () => {
    const handles = Array.from({ length: 12 }, (_, index) => `h${index}`);
    const { ipam, clock, look } = await createWorld(handles);
    const failing = async (): Promise<Liveness> => Promise.reject(new Error("no answer"));
    expect(await reasonOf(look(1, { liveness: failing }))).toBe("source_failed");
    const old = async (): Promise<Liveness> => ({ asOf: clock.now - 400_000, handles: new Set() });
    expect(await reasonOf(look(1, { liveness: old }))).toBe("stale");
    const ahead = async (): Promise<Liveness> => ({ asOf: clock.now + 6_000, handles: new Set() });
    expect(await reasonOf(look(1, { liveness: ahead }))).toBe("stale");
    const empty = async (): Promise<Liveness> => ({ asOf: clock.now, handles: new Set() });
    await look(1, { liveness: empty });
    expect(await reasonOf(look(20, { liveness: empty }))).toBe("implausible");
    expect((await ipam.utilization())[0]?.counts.liveCount).toBe(12);
    expect(await look(1, { liveness: empty, maxFreedRatio: 1 })).toHaveLength(12);
  });

  it("ends leases without a source, and keeps a child that a pool lies in", async () => {
    const { ipam, clock, alive, look } = await createWorld([]);
    await ipam.allocate({ handle: "leased", count: 20, ttlMs: MINUTE });
    const vpc = await ipam.allocatePrefix({ handle: "tenant", pool: "nets", want: 24 });
    await ipam.createPool({ name: "inner", prefix: vpc.prefix, units: { kind: "addresses" } });
    clock.now += 3 * MINUTE;
    expect((await ipam.audit()).findings.map(({ rule }) => rule)).toContain("A13");
    const { released } = await ipam.collect({});
    expect(released).toHaveLength(20);
    expect((await ipam.audit()).findings).toEqual([]);
    alive.clear();
    await look(1);
    expect(await look(20)).toEqual([]);
  });

  it("leaves a node one block, and takes all of a node that is gone", async () => {
    const clock = { now: 1_000_000_000 };
    const ipam = createIpam({ store: createMemoryStore(), now: () => clock.now });
    const units = { kind: "addresses", affinity: "strict", blockLength: 30 } as const;
    await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units });
    for (const node of ["here", "gone"]) {
      await ipam.claimBlocks({ node, pool: "lab", available: 10 });
    }
    const nodes = new Set(["here"]);
    const liveness = async (): Promise<Liveness> => ({ asOf: clock.now, handles: new Set(), nodes });
    let { suspects } = await ipam.collect({ liveness });
    clock.now += 10 * MINUTE;
    let report = await ipam.collect({ liveness, suspects });
    expect(report.blocks).toEqual([]);
    ({ suspects } = report);
    clock.now += 10 * MINUTE;
    report = await ipam.collect({ liveness, suspects });
    expect(report.blocks.filter(({ node }) => node === "gone")).toHaveLength(3);
    expect(report.blocks.filter(({ node }) => node === "here")).toHaveLength(2);
    for await (const { node } of ipam.listBlocks()) expect(node).toBe("here");
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it.each([
    ["a row that is missing", { "o/default/s/4/0/lab/0a000000": undefined }],
    ["a row that leads nowhere", { "o/default/s/4/0/lab/0a000080": { v: 1 } }],
    ["a row of a pool that is gone", { "o/default/s/4/0/old/0a000080": { v: 1 } }],
    ["a handle that is missing", { "h/default/a": undefined }],
    [
      "a handle that names too much",
      { "h/default/a": { v: 1, at: ["b/default/lab/0a000000-26", "b/default/lab/0a000040-26"] } },
    ],
    ["a handle that holds nothing", { "h/default/x": { v: 1, at: [] } }],
    ["unclaimed blocks that are in no run", { "u/default/4/lab/0a0000c0": undefined }],
    [
      "a block that is claimed and unclaimed",
      { "u/default/4/lab/0a0000c0": { v: 1, first: "10.0.0.0", last: "10.0.0.192" } },
    ],
    [
      "an affinity without a block",
      { "a/default/n/lab": { v: 1, blocks: [{ prefix: "10.0.0.128/26", state: "confirmed", claimedAt: 1 }] } },
    ],
  ] as const)("repairs %s", async (_, records) => {
    const store = createMemoryStore();
    const first = createIpam({ store, now: () => 1_000_000 });
    await first.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units: { kind: "addresses" } });
    await first.allocate({ handle: "a" });
    await plant(store, records);
    const ipam = createIpam({ store, now: () => 1_000_000 });
    expect((await ipam.audit()).findings).not.toEqual([]);
    expect((await ipam.collect({})).repairedCount).toBeGreaterThan(0);
    expect((await ipam.audit()).findings).toEqual([]);
  });
});
