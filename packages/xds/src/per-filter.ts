/**
 * Settings of HTTP filters for one virtual host, route or weighted cluster.
 *
 * @module perFilter
 * @category Builders
 */
import type { RBACJson } from "@netmason/envoy-api/envoy/config/rbac/v3";
import type { CorsPolicyJson } from "@netmason/envoy-api/envoy/extensions/filters/http/cors/v3";
import type { CsrfPolicyJson } from "@netmason/envoy-api/envoy/extensions/filters/http/csrf/v3";
import type { ExtAuthzPerRouteJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_authz/v3";
import type { HTTPFaultJson } from "@netmason/envoy-api/envoy/extensions/filters/http/fault/v3";
import type { LocalRateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3";
import type { TypedAny } from "@netmason/envoy-api/type-urls";
import { type LocalRateLimitInput, localRateLimitOf } from "./internal/local-rate-limit.js";

/**
 * Configuration of HTTP filters for one route, virtual host or route configuration, by the name of the filter; spread
 * several into one. Envoy ignores a name that no filter has; `compile` does not.
 */
export type PerFilter = Readonly<Record<string, TypedAny>>;

/**
 * The policy of `httpFilter.cors`.
 *
 * @category Builders
 */
export function cors(policy: CorsPolicyJson): PerFilter {
  return typed("envoy.filters.http.cors", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
    ...policy,
  });
}

/**
 * Other rules for `httpFilter.rbac`.
 *
 * @category Builders
 */
export function rbac(rules: RBACJson): PerFilter {
  return typed("envoy.filters.http.rbac", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute",
    rbac: { rules },
  });
}

/**
 * Another requirement of `httpFilter.jwt`, by a name in its `requirementMap`.
 *
 * @category Builders
 */
export function jwt(requirementName: string): PerFilter {
  return typed("envoy.filters.http.jwt_authn", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig",
    requirementName,
  });
}

/**
 * A limit of its own, beside `httpFilter.localRateLimit`.
 *
 * @throws RangeError when `fillInterval` is under 50 ms
 * @category Builders
 */
export function localRateLimit(
  input: LocalRateLimitInput & { readonly overrides?: { readonly config?: LocalRateLimitJson } },
): PerFilter {
  return typed("envoy.filters.http.local_ratelimit", localRateLimitOf(input));
}

/**
 * Other faults for `httpFilter.fault`.
 *
 * @category Builders
 */
export function fault(config: HTTPFaultJson): PerFilter {
  return typed("envoy.filters.http.fault", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    ...config,
  });
}

/**
 * What `httpFilter.extAuthz` asks, or that it does not.
 *
 * @category Builders
 */
export function extAuthz(config: ExtAuthzPerRouteJson): PerFilter {
  return typed("envoy.filters.http.ext_authz", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
    ...config,
  });
}

/**
 * Another size for `httpFilter.buffer`.
 *
 * @category Builders
 */
export function buffer(input: { readonly maxRequestBytes: number }): PerFilter {
  return typed("envoy.filters.http.buffer", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute",
    buffer: { maxRequestBytes: input.maxRequestBytes },
  });
}

/**
 * Another policy for `httpFilter.csrf`.
 *
 * @category Builders
 */
export function csrf(policy: CsrfPolicyJson): PerFilter {
  return typed("envoy.filters.http.csrf", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.csrf.v3.CsrfPolicy",
    filterEnabled: { defaultValue: { numerator: 100 } },
    ...policy,
  });
}

/**
 * The filter of this name does not run.
 *
 * @category Builders
 */
export function disable(name: string): PerFilter {
  return typed(name, { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", disabled: true });
}

/**
 * Any configuration for the filter of this name.
 *
 * @category Builders
 */
export function typed(name: string, config: TypedAny): PerFilter {
  return { [name]: config };
}
