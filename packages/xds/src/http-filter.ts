/**
 * HTTP filters: what happens to a request before it is routed.
 *
 * @module httpFilter
 * @category Builders
 */
import type { GrpcServiceJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { RBACJson } from "@netmason/envoy-api/envoy/config/rbac/v3";
import type { DnsCacheConfigJson } from "@netmason/envoy-api/envoy/extensions/common/dynamic_forward_proxy/v3";
import type { CsrfPolicyJson } from "@netmason/envoy-api/envoy/extensions/filters/http/csrf/v3";
import type { ExtAuthzJson, HttpServiceJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_authz/v3";
import type { ExternalProcessorJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_proc/v3";
import type { HTTPFaultJson } from "@netmason/envoy-api/envoy/extensions/filters/http/fault/v3";
import type { GrpcJsonTranscoderJson } from "@netmason/envoy-api/envoy/extensions/filters/http/grpc_json_transcoder/v3";
import type { MutationsJson } from "@netmason/envoy-api/envoy/extensions/filters/http/header_mutation/v3";
import type { HealthCheckJson } from "@netmason/envoy-api/envoy/extensions/filters/http/health_check/v3";
import type { JwtAuthenticationJson } from "@netmason/envoy-api/envoy/extensions/filters/http/jwt_authn/v3";
import type { LocalRateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3";
import type { OAuth2ConfigJson } from "@netmason/envoy-api/envoy/extensions/filters/http/oauth2/v3";
import type { RateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ratelimit/v3";
import type { HttpFilterJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { TypedAny } from "@netmason/envoy-api/type-urls";
import { type LocalRateLimitInput, localRateLimitOf } from "./internal/local-rate-limit.js";
import { pruned } from "./internal/pruned.js";
import type { OneOf } from "./one-of.js";

/**
 * Cross-origin requests are let through; the policy is per route, from `perFilter.cors`.
 *
 * @category Builders
 */
export function cors(): HttpFilterJson {
  return typed("envoy.filters.http.cors", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors",
  });
}

/**
 * Requests are allowed or denied by rules. Envoy ignores rules in silence where a matcher is set too; so this takes rules
 * only.
 *
 * @category Builders
 */
export function rbac(rules: RBACJson): HttpFilterJson {
  return typed("envoy.filters.http.rbac", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
    rules,
  });
}

/**
 * Requests need a JSON Web Token that a provider has signed.
 *
 * @category Builders
 */
export function jwt(config: JwtAuthenticationJson): HttpFilterJson {
  return typed("envoy.filters.http.jwt_authn", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
    ...config,
  });
}

/**
 * At most so many requests in a time, counted in each Envoy. It is switched on and enforced, which Envoy leaves off
 * unless it is said.
 *
 * @throws RangeError when `fillInterval` is under 50 ms, which Envoy refuses
 * @category Builders
 */
export function localRateLimit(
  input: LocalRateLimitInput & { readonly overrides?: { readonly config?: LocalRateLimitJson } },
): HttpFilterJson {
  return typed("envoy.filters.http.local_ratelimit", localRateLimitOf(input));
}

/** Whether requests pass or are refused while the service that decides on them does not answer. */
export type FailureMode = "allow" | "deny";

/** What `rateLimit` takes. */
export interface RateLimitInput {
  readonly domain: string;
  /** From `grpcService`. */
  readonly service: GrpcServiceJson;
  /** What becomes of requests while the service does not answer. Default `allow`: they pass without a limit. */
  readonly failureMode?: FailureMode;
  readonly overrides?: { readonly config?: RateLimitJson };
}

/**
 * Requests are counted by a service; what counts is said by `rateLimits` of routes and virtual hosts.
 *
 * @category Builders
 */
export function rateLimit(input: RateLimitInput): HttpFilterJson {
  return typed("envoy.filters.http.ratelimit", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit",
    ...pruned<RateLimitJson>({
      domain: input.domain,
      failureModeDeny: input.failureMode && input.failureMode === "deny",
      rateLimitService: { grpcService: input.service, transportApiVersion: "V3" },
      ...input.overrides?.config,
    }),
  });
}

/**
 * Delays and errors on purpose.
 *
 * @category Builders
 */
export function fault(config: HTTPFaultJson = {}): HttpFilterJson {
  return typed("envoy.filters.http.fault", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    ...config,
  });
}

/** What `extAuthz` takes. */
export type ExtAuthzInput = OneOf<{ readonly grpc: GrpcServiceJson; readonly http: HttpServiceJson }> & {
  /** What becomes of requests while the service does not answer. Default `deny`: they are refused with 403. */
  readonly failureMode?: FailureMode;
  /** How much of the body the service sees. Default nothing. */
  readonly maxRequestBytes?: number;
  readonly overrides?: { readonly config?: ExtAuthzJson };
};

/**
 * A service decides on each request.
 *
 * @category Builders
 */
export function extAuthz(input: ExtAuthzInput): HttpFilterJson {
  const { maxRequestBytes } = input;
  return typed("envoy.filters.http.ext_authz", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
    ...pruned<ExtAuthzJson>({
      grpcService: input.grpc,
      httpService: input.http,
      transportApiVersion: "V3",
      failureModeAllow: input.failureMode && input.failureMode === "allow",
      withRequestBody: maxRequestBytes === undefined ? undefined : { maxRequestBytes, allowPartialMessage: true },
      ...input.overrides?.config,
    }),
  });
}

/**
 * A service reads and changes requests and answers.
 *
 * @category Builders
 */
export function extProc(config: ExternalProcessorJson & { readonly grpcService: GrpcServiceJson }): HttpFilterJson {
  return typed("envoy.filters.http.ext_proc", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
    ...config,
  });
}

/**
 * Browsers are sent to an OAuth2 server to sign in.
 *
 * @category Builders
 */
export function oauth2(
  config: OAuth2ConfigJson &
    Required<
      Pick<
        OAuth2ConfigJson,
        | "tokenEndpoint"
        | "authorizationEndpoint"
        | "credentials"
        | "redirectUri"
        | "redirectPathMatcher"
        | "signoutPath"
      >
    >,
): HttpFilterJson {
  return typed("envoy.filters.http.oauth2", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.oauth2.v3.OAuth2",
    config,
  });
}

/**
 * A Lua script with `envoy_on_request` and `envoy_on_response`.
 *
 * @category Builders
 */
export function lua(source: string): HttpFilterJson {
  return typed("envoy.filters.http.lua", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
    defaultSourceCode: { inlineString: source },
  });
}

/**
 * Whole requests are read before they go on, up to a size; a larger one is answered with 413.
 *
 * @category Builders
 */
export function buffer(input: { readonly maxRequestBytes: number }): HttpFilterJson {
  return typed("envoy.filters.http.buffer", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer",
    maxRequestBytes: input.maxRequestBytes,
  });
}

const COMPRESSORS = {
  gzip: { "@type": "type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip" },
  brotli: { "@type": "type.googleapis.com/envoy.extensions.compression.brotli.compressor.v3.Brotli" },
  zstd: { "@type": "type.googleapis.com/envoy.extensions.compression.zstd.compressor.v3.Zstd" },
} as const;

/**
 * Answers are compressed where the client accepts it.
 *
 * @category Builders
 */
export function compressor(input: { readonly library: keyof typeof COMPRESSORS }): HttpFilterJson {
  const { library } = input;
  return typed("envoy.filters.http.compressor", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor",
    compressorLibrary: { name: library, typedConfig: COMPRESSORS[library] },
  });
}

/**
 * Headers of requests and answers are set, added and removed.
 *
 * @category Builders
 */
export function headerMutation(mutations: MutationsJson): HttpFilterJson {
  return typed("envoy.filters.http.header_mutation", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
    mutations,
  });
}

/**
 * State-changing requests from other origins are refused. It is enforced for every request unless `filterEnabled` says
 * otherwise.
 *
 * @category Builders
 */
export function csrf(config: CsrfPolicyJson = {}): HttpFilterJson {
  return typed("envoy.filters.http.csrf", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.csrf.v3.CsrfPolicy",
    filterEnabled: { defaultValue: { numerator: 100 } },
    ...config,
  });
}

/**
 * gRPC-Web from browsers becomes gRPC.
 *
 * @category Builders
 */
export function grpcWeb(): HttpFilterJson {
  return typed("envoy.filters.http.grpc_web", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb",
  });
}

/**
 * JSON over HTTP becomes gRPC, by the annotations of a descriptor set.
 *
 * @category Builders
 */
export function grpcJsonTranscoder(config: GrpcJsonTranscoderJson): HttpFilterJson {
  return typed("envoy.filters.http.grpc_json_transcoder", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder",
    ...config,
  });
}

/**
 * Envoy answers health checks of its own. By default it does not ask an endpoint first.
 *
 * @category Builders
 */
export function healthCheck(config: HealthCheckJson & Required<Pick<HealthCheckJson, "headers">>): HttpFilterJson {
  return typed("envoy.filters.http.health_check", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck",
    passThroughMode: false,
    ...config,
  });
}

/**
 * The host of each request is resolved for `cluster.dynamicForwardProxy`, which must be given the same `dnsCache`.
 *
 * @category Builders
 */
export function dynamicForwardProxy(input: { readonly dnsCache: DnsCacheConfigJson }): HttpFilterJson {
  return typed("envoy.filters.http.dynamic_forward_proxy", {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig",
    dnsCacheConfig: input.dnsCache,
  });
}

/**
 * Any filter, under a name that `perFilter` finds it by. `disabled` filters are there for routes to switch on.
 *
 * @category Builders
 */
export function typed(name: string, config: TypedAny, options: { readonly disabled?: boolean } = {}): HttpFilterJson {
  return pruned<HttpFilterJson>({ name, disabled: options.disabled, typedConfig: config });
}
