// Of limits and shares of connections and requests.
import { HTTP_FILTERS, NETWORK_FILTERS } from "./names.js";
import { inEach, type RuleSource, type RuleSources } from "./rule-source.js";

/** Envoy counts in milliseconds, and takes 0 of them. */
const bucket: RuleSource = {
  each: "tokenBucket.fillInterval",
  when: "seconds(it) >= 0.001 && seconds(it) < 0.05",
  says: "{it} is less than 0.05s",
};

/** A wrapped number that has no default, which the rules of fields do not say. */
function needed(field: string): RuleSource {
  return { when: `!has(it.${field})`, at: field, says: "is required" };
}

export const limitRules: RuleSources = {
  [`${HTTP_FILTERS}.local_ratelimit.v3.LocalRateLimit`]: [
    bucket,
    {
      when: "!has(it.tokenBucket) && under('typedPerFilterConfig')",
      at: "tokenBucket",
      says: "is required in the configuration of a route",
    },
    {
      each: "descriptors.*",
      sameKey: "json(it.entries.map(entry => [entry.key, entry.value]))",
      says: "a second descriptor of these entries",
    },
    ...inEach(["descriptors.*"], [{ ...bucket, when: "seconds(it) > 0 && seconds(it) < 0.05" }]),
  ],
  [`${NETWORK_FILTERS}.local_ratelimit.v3.LocalRateLimit`]: [bucket],
  "envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit": [bucket],
  [`${NETWORK_FILTERS}.connection_limit.v3.ConnectionLimit`]: [needed("maxConnections")],
  [`${NETWORK_FILTERS}.thrift_proxy.v3.WeightedCluster.ClusterWeight`]: [needed("weight")],
};
