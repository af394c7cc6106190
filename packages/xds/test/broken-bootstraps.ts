// Faults of what a bootstrap has beside its resources.
import { type BrokenGraph, brokenGraphs, graphOf, type Loose, typed, url } from "./graph-parts.js";

const FILE = { pathConfigSource: { path: "/etc/hostname" }, resourceApiVersion: "V3" };
const dynamicResources = { cdsConfig: FILE };
const node = { id: "n", cluster: "c" };
const layers = (...list: readonly Loose[]): ReturnType<typeof starting> =>
  starting({ layeredRuntime: { layers: list } });
const layer = (name: string, parts: Loose = { staticLayer: {} }): Loose => ({ name, ...parts });
const admin = { adminLayer: {} };

/** A graph with a bootstrap around it. */
function starting(body: Loose): ReturnType<typeof graphOf> {
  return { ...graphOf({}), others: [{ typeUrl: url("config.bootstrap.v3.Bootstrap"), name: "b", body }] };
}

/** Faults of bootstraps. */
export const brokenBootstraps: readonly BrokenGraph[] = brokenGraphs([
  ["a node of no name", starting({ node: { cluster: "c" }, dynamicResources }), "envoy_refuses /node/id"],
  ["a node of no cluster", starting({ node: { id: "n" }, dynamicResources }), "envoy_refuses /node/cluster"],
  ["a layer twice", layers(layer("a"), layer("b"), layer("a")), "envoy_refuses /layeredRuntime/layers/2/name"],
  [
    "admin layers",
    layers(layer("a", admin), layer("b"), layer("c", admin), layer("d", admin)),
    "envoy_refuses /layeredRuntime/layers/2/adminLayer",
  ],
  [
    "a metrics service of version 2",
    starting({
      node,
      statsSinks: [
        typed("config.metrics.v3.MetricsServiceConfig", {
          grpcService: { envoyGrpc: { clusterName: "a" } },
          transportApiVersion: "V2",
        }),
      ],
    }),
    "envoy_refuses /statsSinks/0/typedConfig/transportApiVersion",
  ],
]);

/** Bootstraps without fault. */
export const soundBootstraps: readonly (readonly [name: string, graph: ReturnType<typeof starting>])[] = [
  ["asks for nothing, so that its node needs no name", starting({ node: {}, dynamicResources: {} })],
  ["has one admin layer", layers(layer("a", admin), layer("b"))],
];
