/**
 * Network filters: what happens to the bytes of a connection.
 *
 * @module networkFilter
 * @category Builders
 */
import type { FilterJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { RBACJson } from "@netmason/envoy-api/envoy/config/rbac/v3";
import type { TypedAny } from "@netmason/envoy-api/type-urls";

/**
 * Connections are allowed or denied by rules, as a filter before `tcp` or HTTP.
 *
 * @category Builders
 */
export function rbac(input: { readonly statPrefix: string; readonly rules: RBACJson }): FilterJson {
  return typed("envoy.filters.network.rbac", {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC",
    rules: input.rules,
    statPrefix: input.statPrefix,
  });
}

/**
 * Any network filter.
 *
 * @category Builders
 */
export function typed(name: string, config: TypedAny): FilterJson {
  return { name, typedConfig: config };
}
