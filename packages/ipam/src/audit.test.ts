import { type AuditRule, createIpam, createMemoryStore, type Ipam, type Store, type StoreRecord } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { edit, onlyKey, plant } from "../test/plant.js";

const NOW = 10_000_000;
const B = "b/default/";

interface World {
  readonly store: Store;
  readonly ipam: Ipam;
}

/** One pool of each kind with a little in it. */
async function createWorld(): Promise<World> {
  const store = createMemoryStore();
  const ipam = createIpam({ store, now: () => NOW });
  const strict = { kind: "addresses", affinity: "strict", maxBlocksPerNode: 3, cooldownMs: 60_000 } as const;
  await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units: strict });
  await ipam.createPool({
    name: "nets",
    prefix: parsePrefix("10.1.0.0/16"),
    units: { kind: "prefixes", maxLength: 28 },
  });
  await ipam.allocate({ handle: "web", node: "n1", count: 3, pools: ["lab"] });
  const [gone] = await ipam.allocate({ handle: "gone", node: "n1", pools: ["lab"] });
  if (gone !== undefined) await ipam.release([gone]);
  await ipam.allocatePrefix({ handle: "tenant", pool: "nets", want: 24 });
  return { store, ipam };
}

type Live = { o: number; h: string; s: string; t: number; n?: string; x?: number };

function withLive(change: (live: Live[]) => unknown[]): (value: StoreRecord) => StoreRecord {
  return (value) => ({ ...value, live: change(structuredClone(value.live) as Live[]) });
}

const CASES: readonly (readonly [rule: AuditRule, name: string, plantIt: (world: World) => Promise<void>])[] = [
  [
    "A1",
    "an address live twice in a block",
    ({ store }) =>
      edit(
        store,
        B,
        withLive(([a, ...rest]) => [a, { ...a, h: "x" }, ...rest]),
      ),
  ],
  ["A2", "a block of another length", ({ store }) => edit(store, B, (value) => ({ ...value, prefix: "10.0.0.0/27" }))],
  [
    "A2",
    "a block that overlaps another",
    async ({ store }) => {
      const { value } = await onlyKey(store, B);
      await plant(store, { [`${B}lab/0a000000-25`]: { ...value, prefix: "10.0.0.0/25", live: [] } });
    },
  ],
  [
    "A2",
    "a block outside its pool",
    async ({ store }) => {
      const { value } = await onlyKey(store, B);
      await plant(store, { [`${B}lab/0b000000-26`]: { ...value, prefix: "11.0.0.0/26" } });
    },
  ],
  [
    "A2",
    "a block of no pool",
    async ({ store }) => {
      const { value } = await onlyKey(store, B);
      await plant(store, { [`${B}other/0b000000-26`]: { ...value, prefix: "11.0.0.0/26" } });
    },
  ],
  [
    "A3",
    "an ordinal live and released at once",
    ({ store }) => edit(store, B, (value) => ({ ...value, cooling: [{ o: 1, r: NOW }] })),
  ],
  ["A3", "a full block that says it is empty", ({ store }) => edit(store, B, (value) => ({ ...value, idle: NOW }))],
  [
    "A4",
    "an ordinal outside the block",
    ({ store }) =>
      edit(
        store,
        B,
        withLive((live) => [...live, { ...(live[0] as Live), o: 64 }]),
      ),
  ],
  [
    "A4",
    "live ordinals out of order",
    ({ store }) =>
      edit(
        store,
        B,
        withLive((live) => live.reverse()),
      ),
  ],
  [
    "A4",
    "an ordinal queued twice",
    ({ store }) =>
      edit(store, B, (value) => ({ ...value, cooling: [...(value.cooling as []), ...(value.cooling as [])] })),
  ],
  ["A5", "a handle that does not name its block", ({ store }) => plant(store, { "h/default/web": undefined })],
  [
    "A5",
    "a handle that names a block without it",
    ({ store }) => plant(store, { "h/default/web": { v: 1, at: [`${B}lab/0a000000-26`, `${B}lab/0a000040-26`] } }),
  ],
  ["A6", "a handle that holds nothing", ({ store }) => plant(store, { "h/default/empty": { v: 1, at: [] } })],
  ["A7", "a block whose node does not own it", ({ store }) => plant(store, { "a/default/n1/lab": undefined })],
  [
    "A7",
    "an affinity to a block of another node",
    ({ store }) => edit(store, B, (value) => ({ ...value, node: "n2" })),
  ],
  [
    "A7",
    "an affinity that stays pending",
    ({ store }) =>
      plant(store, {
        "a/default/n3/lab": { v: 1, blocks: [{ prefix: "10.0.0.128/26", state: "pending", claimedAt: NOW - 70_000 }] },
      }),
  ],
  [
    "A8",
    "more blocks than a node may own",
    async ({ ipam }) => {
      await ipam.claimBlocks({ node: "n1", pool: "lab", available: 100 });
      await ipam.updatePool("lab", { units: { maxBlocksPerNode: 1 } });
    },
  ],
  [
    "A9",
    "a borrowed address in a strict pool",
    ({ store }) =>
      edit(
        store,
        B,
        withLive((live) => live.map((one) => ({ ...one, n: "n9" }))),
      ),
  ],
  [
    "A10",
    "a block with room and no row",
    ({ store }) => plant(store, { "o/default/n/n1/4/0/lab/0a000000": undefined }),
  ],
  [
    "A10",
    "a row of a block that is not there",
    ({ store }) => plant(store, { "o/default/n/n1/4/0/lab/0a000080": { v: 1 } }),
  ],
  [
    "A10",
    "a block that says it is full and is not",
    ({ store }) => edit(store, B, ({ at: _, ...value }) => ({ ...value, v: 1 })),
  ],
  ["A10", "a place that is neither claimed nor unclaimed", ({ store }) => edit(store, "u/default/", () => undefined)],
  [
    "A10",
    "a place that is claimed and unclaimed",
    ({ store }) => plant(store, { "u/default/4/lab/0a000000": { v: 1, first: "10.0.0.0", last: "10.0.0.0" } }),
  ],
  [
    "A11",
    "a child outside its pool",
    async ({ store }) => {
      const { value } = await onlyKey(store, "c/default/");
      await plant(store, { "c/default/nets/0b000000-24": { ...value, prefix: "11.0.0.0/24" } });
    },
  ],
  [
    "A11",
    "a child of a length the pool does not hand out",
    async ({ store }) => {
      const { value } = await onlyKey(store, "c/default/");
      await plant(store, { "c/default/nets/0a018000-30": { ...value, prefix: "10.1.128.0/30" } });
    },
  ],
  [
    "A11",
    "children that overlap",
    async ({ store }) => {
      const { value } = await onlyKey(store, "c/default/");
      await plant(store, { "c/default/nets/0a010080-25": { ...value, prefix: "10.1.0.128/25" } });
    },
  ],
  ["A11", "a pool without its guard", ({ store }) => plant(store, { "s/default/nets": undefined })],
  ["A11", "a guard behind its own memory", ({ store }) => edit(store, "s/default/", (value) => ({ ...value, n: 0 }))],
  [
    "A12",
    "pools that overlap",
    async ({ store }) => {
      const [pool] = await store.get(["p/default/pool/lab"]);
      await plant(store, {
        "p/default/pool/other": { ...(pool?.value as StoreRecord), name: "other", prefix: "10.0.0.0/16" },
      });
      const [gen] = await store.get(["p/default/gen"]);
      await plant(store, { "p/default/gen": { ...(gen?.value as StoreRecord) } });
    },
  ],
  [
    "A12",
    "a block in a pool of prefixes",
    async ({ store }) => {
      const { value } = await onlyKey(store, B);
      await plant(store, { [`${B}nets/0a010100-26`]: { ...value, prefix: "10.1.1.0/26" } });
    },
  ],
  [
    "A12",
    "a child in a pool of addresses",
    async ({ store }) => {
      const { value } = await onlyKey(store, "c/default/");
      await plant(store, { "c/default/lab/0a000080-26": { ...value, prefix: "10.0.0.128/26" } });
    },
  ],
  [
    "A13",
    "a lease that nobody cleared",
    ({ store }) =>
      edit(
        store,
        B,
        withLive((live) => live.map((one) => ({ ...one, x: NOW - 70_000 }))),
      ),
  ],
  [
    "A13",
    "an allocation that is to come",
    ({ store }) =>
      edit(
        store,
        B,
        withLive((live) => live.map((one) => ({ ...one, t: NOW + 6_000 }))),
      ),
  ],
  [
    "A13",
    "a release that is to come",
    ({ store }) => edit(store, B, (value) => ({ ...value, cooling: [{ o: 5, r: NOW + 6_000 }] })),
  ],
  ["A14", "a record of a layout to come", ({ store }) => edit(store, B, (value) => ({ ...value, v: 2 }))],
  [
    "A14",
    "a block under another key",
    async ({ store }) => {
      const { key, value } = await onlyKey(store, B);
      await plant(store, { [key]: undefined, [`${B}lab/0a000040-26`]: value });
    },
  ],
  ["A14", "a record that is none", ({ store }) => edit(store, B, () => ({ v: 1, prefix: "10.0.0.0/26" }))],
];

describe("audit", () => {
  it("finds nothing wrong in what the engine wrote", async () => {
    const { ipam } = await createWorld();
    const { findings, checkedCount } = await ipam.audit();
    expect(findings).toEqual([]);
    // Two pools, a block, its row, its affinity, the unclaimed rest, two handles, a child, its guard.
    expect(checkedCount).toBe(10);
  });

  it.each(CASES)("names %s: %s", async (rule, _, plantIt) => {
    const world = await createWorld();
    await plantIt(world);
    // A fresh instance: what the first one remembers is not what the store has.
    const { findings } = await createIpam({ store: world.store, now: () => NOW }).audit();
    expect(findings.map((finding) => finding.rule)).toContain(rule);
  });
});
