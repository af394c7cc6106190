import { type Compilation, cluster, compile, recompile, typeUrls } from "@netmason/xds";
import type { BenchCase, NodeContender } from "../bench-case.js";
import { protobufEsFromJson } from "../envoy-api/message-peers.js";
import { repeat } from "../loops.js";
import { meshClusters, meshGraph, serviceNames } from "./mesh-inputs.js";

export function ours(prepare: NodeContender["prepare"]): NodeContender {
  return { name: "xds", package: "@netmason/xds", prepare };
}

/** What a compilation has: its clusters and its issues. */
function told({ snapshot, issues }: Compilation): string {
  return `${snapshot?.count(typeUrls.cluster) ?? 0} clusters, ${issues.length} issues`;
}

/** Clusters, endpoints, routes and a listener; everything is new each time, so nothing is remembered. */
export function compileCase({ label, count }: { readonly label: string; readonly count: number }): BenchCase {
  return {
    name: `compile-${label}-clusters`,
    operation: `builds and compiles ${count} EDS clusters with HTTP/2, their endpoints and a route each`,
    ours: ours(({ names = [] }) => {
      const run = (): Compilation => compile(meshGraph(names));
      return { run: repeat(run), answers: () => [told(run())] };
    }),
    peers: [
      {
        name: "protobuf-es-json",
        package: "@bufbuild/protobuf",
        note: "builds and encodes the clusters alone, and checks nothing",
        answerOf: (expected) => expected.replace(/,.*/, ""),
        prepare: async ({ names = [] }) => {
          const encode = await protobufEsFromJson("envoy.config.cluster.v3.Cluster");
          const run = (): readonly Uint8Array[] => meshClusters(names).map((each) => encode(each));
          return { run: repeat(run), answers: () => [`${run().length} clusters`] };
        },
      },
    ],
    inputs: () => ({ names: serviceNames(count) }),
    expected: () => [`${count} clusters, 0 issues`],
  };
}

/** One cluster of many is changed. */
export function recompileCase(count: number): BenchCase {
  return {
    name: "recompile-one-of-10k",
    operation: `compiles one changed cluster of ${count}, and reads the version of the whole`,
    ours: ours(({ names = [] }) => {
      let state = compile(meshGraph(names));
      let turn = 0;
      const run = (): Compilation => {
        const name = names[(turn * 7_919) % names.length] ?? "";
        turn++;
        const changed = cluster.eds({ name, protocol: "http2", connectTimeout: `${1 + (turn % 60)}s` });
        state = recompile(state, { put: { clusters: [changed] } });
        return state;
      };
      return { run: repeat(() => run().snapshot?.version), answers: () => [told(run())] };
    }),
    peers: [],
    inputs: () => ({ names: serviceNames(count) }),
    expected: () => [`${count} clusters, 0 issues`],
  };
}
