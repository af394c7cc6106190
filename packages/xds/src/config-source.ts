import type { ConfigSourceJson } from "@netmason/envoy-api/envoy/config/core/v3";

/** Where a resource comes from: the aggregated stream of the bootstrap, or any source of Envoy's. */
export type Source = "ads" | ConfigSourceJson;

/** The source of a resource; by default the aggregated stream, with `resourceApiVersion` set as Envoy wants it. */
export function configSource(source: Source = "ads"): ConfigSourceJson {
  return source === "ads" ? { ads: {}, resourceApiVersion: "V3" } : source;
}
