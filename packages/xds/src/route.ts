/**
 * Routes: where a request of a virtual host goes.
 *
 * @module route
 * @category Builders
 */
import type {
  RedirectActionJson,
  RetryPolicyJson,
  RouteActionJson,
  RouteJson,
  WeightedCluster_ClusterWeightJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import { pruned } from "./internal/pruned.js";
import type { OneOf, Seconds } from "./one-of.js";
import type { PerFilter } from "./per-filter.js";
import { type MatchInput, routeMatchOf } from "./route-match.js";

/** What every route takes. */
export interface RouteInput {
  readonly match: MatchInput;
  readonly name?: string;
  /** Configuration of HTTP filters for this route alone, from `perFilter`; spread several into one. */
  readonly perFilter?: PerFilter;
  readonly overrides?: { readonly route?: RouteJson; readonly action?: RouteActionJson };
}

/** What a route to clusters takes besides. */
export interface ForwardInput extends RouteInput {
  /** From the end of the request to the end of the answer; `"0s"` is without limit. Default 15 s. */
  readonly timeout?: Seconds;
  /** From `retry`. */
  readonly retry?: RetryPolicyJson;
  /** The matched prefix, or what matches a regular expression, is replaced in the path that goes upstream. */
  readonly rewrite?: OneOf<{
    readonly prefix: string;
    readonly regex: { readonly pattern: string; readonly substitution: string };
  }>;
  /** The host that goes upstream; `endpoint` is the hostname of the endpoint chosen. */
  readonly host?: OneOf<{ readonly literal: string; readonly from: "endpoint" }>;
}

/**
 * A route to one cluster.
 *
 * @example
 * ```ts
 * import { route } from "@netmason/xds";
 *
 * route.to("shop", { match: { pathPrefix: "/cart" } }); // => { match: { pathSeparatedPrefix: "/cart" }, route: { cluster: "shop" } }
 * ```
 * @category Builders
 */
export function to(cluster: string, input: ForwardInput): RouteJson {
  return routeOf(input, { route: actionOf({ cluster }, input) });
}

/** One share of `split`. */
export type WeightedClusterInput = WeightedCluster_ClusterWeightJson & {
  readonly name: string;
  readonly weight: number;
};

/**
 * A route to several clusters by weight; the weights need not sum to 100.
 *
 * @throws RangeError when the weights sum to 0 or to more than 4,294,967,295, which Envoy refuses
 * @category Builders
 */
export function split(clusters: readonly WeightedClusterInput[], input: ForwardInput): RouteJson {
  const sum = clusters.reduce((total, { weight }) => total + weight, 0);
  if (!(sum > 0 && sum <= 0xffffffff)) {
    throw new RangeError(`clusters: weights must sum to 1 to ${0xffffffff}, not ${sum}`);
  }
  return routeOf(input, { route: actionOf({ weightedClusters: { clusters } }, input) });
}

const REDIRECT_CODES = {
  301: undefined,
  302: "FOUND",
  303: "SEE_OTHER",
  307: "TEMPORARY_REDIRECT",
  308: "PERMANENT_REDIRECT",
} as const;

/** Where `redirect` sends to; what is left out stays as in the request. */
export type RedirectTarget = {
  readonly scheme?: "https" | "http";
  readonly host?: string;
  readonly port?: number;
  /** Default 301. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
  /** Leaves the query out. */
  readonly stripQuery?: boolean;
} & Partial<
  OneOf<{
    /** The whole new path; a query in it replaces that of the request. */
    readonly path: string;
    /** Replaces the matched prefix. */
    readonly prefix: string;
  }>
>;

/**
 * A route that answers with a redirect.
 *
 * @category Builders
 */
export function redirect(input: RouteInput & { readonly to: RedirectTarget }): RouteJson {
  const { scheme, host, port, path, prefix, status = 301, stripQuery } = input.to;
  const action = pruned<RedirectActionJson>({
    httpsRedirect: scheme === "https" ? true : undefined,
    schemeRedirect: scheme === "http" ? scheme : undefined,
    hostRedirect: host,
    portRedirect: port,
    pathRedirect: path,
    prefixRewrite: prefix,
    responseCode: REDIRECT_CODES[status],
    stripQuery,
  });
  return routeOf(input, { redirect: action });
}

/**
 * A route that answers by itself. A body may have 4,096 bytes unless the route configuration sets
 * `maxDirectResponseBodySizeBytes`.
 *
 * @category Builders
 */
export function respond(input: RouteInput & { readonly status: number; readonly body?: string }): RouteJson {
  const body = input.body === undefined ? undefined : { inlineString: input.body };
  return routeOf(input, { directResponse: pruned({ status: input.status, body }) });
}

function routeOf(input: RouteInput, action: RouteJson): RouteJson {
  return pruned<RouteJson>({
    name: input.name,
    match: routeMatchOf(input.match),
    ...action,
    typedPerFilterConfig: input.perFilter,
    ...input.overrides?.route,
  });
}

function actionOf(
  clusters: RouteActionJson,
  { timeout, retry, rewrite, host, overrides }: ForwardInput,
): RouteActionJson {
  const regex = rewrite?.regex;
  return pruned<RouteActionJson>({
    ...clusters,
    prefixRewrite: rewrite?.prefix,
    regexRewrite: regex && { pattern: { regex: regex.pattern }, substitution: regex.substitution },
    hostRewriteLiteral: host?.literal,
    autoHostRewrite: host?.from === "endpoint" ? true : undefined,
    timeout,
    retryPolicy: retry,
    ...overrides?.action,
  });
}
