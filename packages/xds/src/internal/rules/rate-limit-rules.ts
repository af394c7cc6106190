// What Envoy checks of limits and shares of connections in code.
import type { LocalRateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { seconds } from "./rule-text.js";

function httpLimit({ tokenBucket, descriptors = [] }: LocalRateLimitJson, visit: Visit): void {
  bucket(tokenBucket?.fillInterval, ["tokenBucket", "fillInterval"], visit);
  const seen = new Set<string>();
  for (const [index, { entries = [], tokenBucket: own }] of descriptors.entries()) {
    const key = JSON.stringify(entries.map(({ key: name, value }) => [name, value]));
    if (seen.has(key)) visit.refuse(["descriptors", index], "a second descriptor of these entries");
    seen.add(key);
    bucket(own?.fillInterval, ["descriptors", index, "tokenBucket", "fillInterval"], visit);
  }
}

function connectionLimit({ tokenBucket }: Pick<LocalRateLimitJson, "tokenBucket">, visit: Visit): void {
  bucket(tokenBucket?.fillInterval, ["tokenBucket", "fillInterval"], visit);
}

function bucket(interval: string | undefined, parts: readonly PathPart[], visit: Visit): void {
  if (interval !== undefined && seconds(interval) > 0 && seconds(interval) < 0.05) {
    visit.refuse(parts, `${interval} is less than 0.05s`);
  }
}

/** A wrapped number that has no default, which the rules of fields do not say. */
function needs(field: string): (message: object, visit: Visit) => void {
  return (message, visit) => {
    if (!(field in message)) visit.refuse([field], "is required");
  };
}

/** Of local rate limits of requests and of connections, and of shares. */
export const rateLimitRules = (): readonly MessageRule[] => [
  messageRule("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", httpLimit),
  messageRule("envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit", connectionLimit),
  messageRule("envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit", needs("maxConnections")),
  messageRule("envoy.extensions.filters.network.thrift_proxy.v3.WeightedCluster.ClusterWeight", needs("weight")),
  messageRule("envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit", connectionLimit),
];
