import type { DataSourceJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type {
  FilterConfigJson,
  RouteConfigurationJson,
  RouteJson,
  VirtualHostJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { FilterState, Match } from "../../outcome.js";
import { decodeResource } from "../../resource.js";
import { type ResourceRef, typeUrls } from "../../type-urls.js";
import { unpacked } from "../typed-any.js";
import { chooseCluster } from "./cluster-choice.js";
import { clusterState } from "./endpoint-count.js";
import { viewOf } from "./http-connection.js";
import type { Arrival, Plan } from "./plan.js";
import type { RequestView } from "./request-view.js";
import { redirectOf, rewriteHost, rewritePath } from "./rewrites.js";
import { type Decision, type Look, RouteTable } from "./route-table.js";
import { isNotSimulated } from "./text-matchers.js";
import { timeoutsOf } from "./timeouts.js";

const FILTER_CONFIG = "envoy.config.route.v3.FilterConfig";

/** What an HTTP connection manager does with a request. */
export function decideHttp(arrival: Arrival, config: object): Plan {
  const { listener, filterChain, onStep } = arrival;
  const manager: HttpConnectionManagerJson = config;
  const at = { listener, filterChain };
  const source = routesOf(arrival, manager);
  if (source === undefined) {
    if (manager.scopedRoutes !== undefined) return { kind: "undecided", ...at, why: "not simulated: scoped routes" };
    return { kind: "reject", ...at, reason: "no_route_configuration", status: 404 };
  }
  const view = viewOf(arrival.request, manager, arrival.port);
  if (isNotSimulated(view)) return { kind: "undecided", ...at, why: `not simulated: ${view.unknown}` };
  const { configuration, resource, below } = source;
  const onLook = onStep && (({ path, ...look }: Look): void => onStep({ resource, path: `${below}${path}`, ...look }));
  const decision = tableOf(configuration).decide(view, onLook);
  const place = { ...at, routeConfiguration: configuration.name ?? "" };
  return planOf({ arrival, manager, configuration, view, place }, decision);
}

interface Course {
  readonly arrival: Arrival;
  readonly manager: HttpConnectionManagerJson;
  readonly configuration: RouteConfigurationJson;
  readonly view: RequestView;
  readonly place: Omit<Match, "virtualHost" | "route">;
}

function planOf(course: Course, decision: Decision): Plan {
  const { place, view } = course;
  if (decision.kind === "no_virtual_host") return { kind: "reject", ...place, reason: "no_virtual_host", status: 404 };
  if (decision.kind === "undecided")
    return { kind: "undecided", ...place, ...hostOf(decision.host), why: `not simulated: ${decision.why}` };
  const virtualHost = decision.host.name ?? "";
  if (decision.kind === "no_route") return { kind: "reject", ...place, virtualHost, reason: "no_route", status: 404 };
  if (decision.kind === "tlsRedirect") {
    const location = `https://${view.authority}${view.path}`;
    return { kind: "redirect", ...place, virtualHost, route: "requireTls", status: 301, location };
  }
  const { route, index, matcher } = decision.found;
  const match: Match = { ...place, virtualHost, route: route.name || `routes/${index}` };
  const { redirect, directResponse } = route;
  if (redirect !== undefined) {
    const to = redirectOf(redirect, view, matcher.matchedPart);
    return isNotSimulated(to) ? undecided(match, to.unknown) : { kind: "redirect", ...match, ...to };
  }
  if (directResponse !== undefined) {
    const body = textOf(directResponse.body);
    if (body === undefined || directResponse.bodyFormat !== undefined)
      return undecided(match, "the body of the direct response");
    return { kind: "respond", ...match, status: directResponse.status ?? 0, body };
  }
  if (route.route === undefined) return undecided(match, "the action of the route");
  return forward(course, match, decision.host, route, matcher.matchedPart);
}

function hostOf(host: VirtualHostJson | undefined): { readonly virtualHost?: string } {
  return host?.name === undefined ? {} : { virtualHost: host.name };
}

function undecided(match: Match, why: string): Plan {
  return { kind: "undecided", ...match, why: `not simulated: ${why}` };
}

function forward(
  { arrival, manager, configuration, view }: Course,
  match: Match,
  host: VirtualHostJson,
  route: RouteJson,
  matchedPart: (path: string) => string,
): Plan {
  const action = route.route ?? {};
  const choice = chooseCluster(action, view);
  if (isNotSimulated(choice)) return undecided(match, choice.unknown);
  const { cluster, split } = choice;
  const { isThere, endpointCount, why } = clusterState(arrival.snapshot, cluster);
  arrival.onStep?.({
    stage: "cluster",
    resource: { typeUrl: typeUrls.cluster, name: cluster },
    path: "",
    matched: isThere,
    why,
  });
  if (!isThere) {
    const status =
      action.clusterNotFoundResponseCode === "NOT_FOUND"
        ? 404
        : action.clusterNotFoundResponseCode === "INTERNAL_SERVER_ERROR"
          ? 500
          : 503;
    return { kind: "reject", ...match, reason: "no_cluster", status };
  }
  if (endpointCount === 0) return { kind: "reject", ...match, reason: "no_endpoints", status: 503 };
  const path = rewritePath(action, view.path, matchedPart);
  if (isNotSimulated(path)) return undecided(match, path.unknown);
  const authority = rewriteHost(action, choice.weighted, view);
  if (isNotSimulated(authority)) return undecided(match, authority.unknown);
  const filters = filtersOf(manager, [choice.weighted, route, host, configuration]);
  return {
    kind: "forward",
    ...match,
    cluster,
    split,
    path,
    authority,
    ...timeoutsOf(action, host, manager),
    filters,
    endpointCount,
  };
}

interface Overriding {
  readonly typedPerFilterConfig?: Readonly<Record<string, object>>;
}

/** The most specific word on a filter counts. */
function filtersOf(
  { httpFilters = [] }: HttpConnectionManagerJson,
  levels: readonly (Overriding | undefined)[],
): readonly FilterState[] {
  return httpFilters.map(({ name = "", disabled = false }): FilterState => {
    for (const level of levels) {
      const config = level?.typedPerFilterConfig?.[name];
      if (config === undefined) continue;
      return { name, disabled: unpacked<FilterConfigJson>(config, FILTER_CONFIG)?.disabled ?? false };
    }
    return { name, disabled };
  });
}

/** The text of a body; `undefined` where it is in a file or of bytes. */
function textOf(body: DataSourceJson | undefined): string | undefined {
  return body === undefined ? "" : body.inlineString;
}

interface RouteSource {
  readonly configuration: RouteConfigurationJson;
  readonly resource: ResourceRef;
  /** JSON Pointer of the configuration in the resource; of one written into a listener, below its filter. */
  readonly below: string;
}

function routesOf({ snapshot, listener, path }: Arrival, manager: HttpConnectionManagerJson): RouteSource | undefined {
  if (manager.routeConfig !== undefined) {
    const resource = { typeUrl: typeUrls.listener, name: listener };
    return { configuration: manager.routeConfig, resource, below: `${path}/routeConfig` };
  }
  const name = manager.rds?.routeConfigName;
  const found = name === undefined ? undefined : snapshot.get(typeUrls.route, name);
  return (
    found && {
      configuration: decodeResource(found),
      resource: { typeUrl: typeUrls.route, name: found.name },
      below: "",
    }
  );
}

const tables = new WeakMap<RouteConfigurationJson, RouteTable>();

/** The table of a configuration, made once: decoded configurations do not change. */
function tableOf(configuration: RouteConfigurationJson): RouteTable {
  const known = tables.get(configuration);
  if (known !== undefined) return known;
  const made = new RouteTable(configuration);
  tables.set(configuration, made);
  return made;
}
