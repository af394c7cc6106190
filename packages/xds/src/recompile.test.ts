import {
  type Compilation,
  cluster,
  compile,
  endpoints,
  type Graph,
  type ResourceRef,
  recompile,
  typeUrls,
} from "@netmason/xds";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

type ClusterOf = NonNullable<Graph["clusters"]>[number];
type EndpointsOf = NonNullable<Graph["endpoints"]>[number];
type Key = `${"cluster" | "endpoints"} ${string}`;
type Model = ReadonlyMap<Key, ClusterOf | EndpointsOf>;

const names = fc.constantFrom("a", "b", "c", "d");
const bad = fc.integer({ min: 0, max: 5 }).map((value) => (value === 0 ? { connectTimeout: "0s" as const } : {}));
const made = fc.oneof(
  fc
    .record({ name: names, serviceName: names, bad })
    .map(
      ({ name, serviceName, bad: more }) =>
        [`cluster ${name}`, { ...cluster.eds({ name, serviceName }), ...more }] as const,
    ),
  fc
    .record({ name: names, members: fc.uniqueArray(names, { minLength: 1 }) })
    .map(
      ({ name, members: [first = "a", ...rest] }) =>
        [`cluster ${name}`, cluster.aggregate({ name, clusters: [first, ...rest] })] as const,
    ),
  names.map((name) => [`endpoints ${name}`, endpoints({ cluster: name, endpoints: [] })] as const),
);
const gone = fc
  .record({ kind: fc.constantFrom("cluster", "endpoints"), name: names })
  .map(({ kind, name }) => [`${kind} ${name}`, undefined] as const);
const batch = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: made }, { weight: 1, arbitrary: gone }), {
  selector: ([key]) => key,
  maxLength: 5,
});

function graphOf(model: Model): Graph {
  const of = <T>(kind: string): T[] =>
    [...model].filter(([key]) => key.startsWith(`${kind} `)).map(([, value]) => value as T);
  return { clusters: of<ClusterOf>("cluster"), endpoints: of<EndpointsOf>("endpoints") };
}

function refOf(key: string): ResourceRef {
  const [kind, name = ""] = key.split(" ");
  return { typeUrl: kind === "cluster" ? typeUrls.cluster : typeUrls.endpoints, name };
}

const told = ({ issues, snapshot }: Compilation): unknown => ({ issues, version: snapshot?.version });

describe("recompile", () => {
  it("says after any changes what compile says of the whole", () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        let model = new Map<Key, ClusterOf | EndpointsOf>();
        let state = compile({});
        for (const changes of batches) {
          const put = new Map<Key, ClusterOf | EndpointsOf>();
          const remove: ResourceRef[] = [];
          model = new Map(model);
          for (const [key, value] of changes) {
            if (value === undefined) remove.push(refOf(key));
            else put.set(key as Key, value);
            if (value === undefined) model.delete(key as Key);
            else model.set(key as Key, value);
          }
          state = recompile(state, { put: graphOf(put), remove });
          expect(told(state)).toEqual(told(compile(graphOf(model))));
        }
      }),
    );
  });

  it("with keepPrevious, always has a snapshot, and one without errors", () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        let state = compile({}, { onError: "keepPrevious" });
        for (const changes of batches) {
          const put = changes.flatMap(([key, value]) => (value === undefined ? [] : [[key as Key, value] as const]));
          const remove = changes.flatMap(([key, value]) => (value === undefined ? [refOf(key)] : []));
          state = recompile(state, { put: graphOf(new Map(put)), remove });
          expect(state.snapshot).toBeDefined();
          const refused = state.issues.filter(({ severity }) => severity === "error");
          expect(refused.length > 0).toBe(state.kept.length > 0);
          expect(recompile(state, {}).issues.filter(({ severity }) => severity === "error")).toEqual([]);
        }
      }),
    );
  });
});
