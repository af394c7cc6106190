import {
  compile,
  createSnapshot,
  decodeResource,
  diffSnapshots,
  encodeResource,
  isXdsError,
  type Resource,
  type Snapshot,
  typeUrls,
  updateSnapshot,
} from "@netmason/xds";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const clusterNamed = (name: string, size = 0): Resource =>
  encodeResource({ typeUrl: typeUrls.cluster, name, body: { name, connectTimeout: `${size + 1}s` } });
const ownType = "type.googleapis.com/acme.Quota";
const names = fc.integer({ min: 0, max: 700 }).map((index) => `n${index}`);
const edit = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ name: names, size: fc.nat(3) }).map(({ name, size }) => ({ put: clusterNamed(name, size) })),
  },
  { weight: 1, arbitrary: names.map((name) => ({ remove: name })) },
);
type Edit = { readonly put: Resource } | { readonly remove: string };

/** One batch over a plain map: what a snapshot must be equal to. */
function applied(model: ReadonlyMap<string, Resource>, batch: readonly Edit[]): Map<string, Resource> {
  const next = new Map(model);
  for (const each of batch) if ("remove" in each) next.delete(each.remove);
  for (const each of batch) if ("put" in each) next.set(each.put.name, each.put);
  return next;
}

function updated(snapshot: Snapshot, batch: readonly Edit[]): Snapshot {
  return updateSnapshot(snapshot, {
    put: batch.flatMap((each) => ("put" in each ? [each.put] : [])),
    remove: batch.flatMap((each) => ("remove" in each ? [{ typeUrl: typeUrls.cluster, name: each.remove }] : [])),
  });
}

describe("snapshots", () => {
  it("are what a map would be after any edits, with the version of a fresh one", () => {
    fc.assert(
      fc.property(fc.array(fc.array(edit, { maxLength: 120 }), { maxLength: 6 }), (batches) => {
        let snapshot = createSnapshot([]);
        let model = new Map<string, Resource>();
        for (const batch of batches) {
          const before = { snapshot, model };
          snapshot = updated(snapshot, batch);
          model = applied(model, batch);
          const { changed, removed } = diffSnapshots(before.snapshot, snapshot, typeUrls.cluster);
          const differing = [...model].filter(([name, { version }]) => before.model.get(name)?.version !== version);
          expect(changed.map(({ name }) => name)).toEqual(differing.map(([name]) => name).sort());
          expect([...removed].sort()).toEqual([...before.model.keys()].filter((name) => !model.has(name)).sort());
        }
        const sorted = [...model.keys()].sort();
        expect([...snapshot.list(typeUrls.cluster)].map(({ name }) => name)).toEqual(sorted);
        expect(snapshot.count(typeUrls.cluster)).toBe(model.size);
        for (const name of sorted) expect(snapshot.get(typeUrls.cluster, name)).toBe(model.get(name));
        expect(snapshot.version).toBe(createSnapshot([...model.values()].reverse()).version);
      }),
      { numRuns: 60 },
    );
  });

  it("have versions of content: one byte makes another", () => {
    const one = createSnapshot([clusterNamed("a"), clusterNamed("b")]);
    expect(createSnapshot([clusterNamed("b"), clusterNamed("a")]).typeVersion(typeUrls.cluster)).toBe(
      one.typeVersion(typeUrls.cluster),
    );
    expect(createSnapshot([clusterNamed("a"), clusterNamed("b", 1)]).version).not.toBe(one.version);
    expect(one.version).toMatch(/^[0-9a-f]{32}$/);
  });

  it("keep the bytes of fields that nobody knows, which their JSON has not", () => {
    const bytes = Uint8Array.of(...clusterNamed("a").bytes, 0xca, 0x3e, 1, 0x61);
    const { snapshot, issues } = compile({ others: [{ typeUrl: typeUrls.cluster, name: "a", bytes }] });
    expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
    const kept = snapshot?.get(typeUrls.cluster, "a");
    expect(kept?.bytes).toEqual(bytes);
    expect(kept && decodeResource(kept)).toEqual({ name: "a", connectTimeout: "1s" });
  });

  it("hold own types and refuse a name twice", () => {
    const quota = encodeResource({ typeUrl: ownType, name: "q", bytes: Uint8Array.of(1, 2), ttlMs: 5 });
    const snapshot = createSnapshot([quota, clusterNamed("a")]);
    expect(snapshot.typeUrls).toEqual([ownType, typeUrls.cluster]);
    expect(snapshot.get(ownType, "q")).toBe(quota);
    expect(Object.keys(quota)).toEqual(["typeUrl", "name", "version", "bytes", "refs", "ttlMs"]);
    const named = encodeResource({ typeUrl: ownType, name: "n", bytes: Uint8Array.of(1, 2), aliases: ["m"] });
    expect([named.aliases, named.ttlMs, named.version === quota.version]).toEqual([["m"], undefined, true]);
    let details: unknown;
    try {
      createSnapshot([quota, quota]);
    } catch (error) {
      if (isXdsError(error, "duplicate_name")) details = error.details;
    }
    expect(details).toEqual({ ref: { typeUrl: ownType, name: "q" } });
  });
});
