import type {
  RetryPolicyJson,
  RouteConfigurationJson,
  RouteJson,
  VirtualHostJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import { pruned } from "./internal/pruned.js";
import type { PerFilter } from "./per-filter.js";

/** What `virtualHost` takes. */
export interface VirtualHostInput {
  readonly name: string;
  /**
   * `shop.example.com`, `*.example.com`, `shop.*` or `*`, each in one virtual host of a route configuration only. A port
   * counts: `shop.example.com` is not `shop.example.com:8080` unless ports are ignored.
   */
  readonly domains: readonly [string, ...string[]];
  /** The first that matches is taken. */
  readonly routes: readonly RouteJson[];
  /** For routes without one. */
  readonly retry?: RetryPolicyJson;
  /** Answers requests without TLS with a redirect to https. */
  readonly requireTls?: boolean;
  readonly perFilter?: PerFilter;
  readonly overrides?: { readonly virtualHost?: VirtualHostJson };
}

/**
 * The routes of some host names.
 *
 * @category Builders
 */
export function virtualHost(input: VirtualHostInput): VirtualHostJson {
  return pruned<VirtualHostJson>({
    name: input.name,
    domains: input.domains,
    routes: input.routes,
    requireTls: input.requireTls === true ? "ALL" : undefined,
    retryPolicy: input.retry,
    typedPerFilterConfig: input.perFilter,
    ...input.overrides?.virtualHost,
  });
}

/** What `routeConfiguration` takes. */
export interface RouteConfigurationInput {
  readonly name: string;
  readonly virtualHosts: readonly VirtualHostJson[];
  readonly perFilter?: PerFilter;
  readonly overrides?: { readonly routeConfiguration?: RouteConfigurationJson };
}

/**
 * Virtual hosts under one name, written into a listener or sent by RDS.
 *
 * @category Builders
 */
export function routeConfiguration(input: RouteConfigurationInput): RouteConfigurationJson {
  return pruned<RouteConfigurationJson>({
    name: input.name,
    virtualHosts: input.virtualHosts,
    typedPerFilterConfig: input.perFilter,
    ...input.overrides?.routeConfiguration,
  });
}
