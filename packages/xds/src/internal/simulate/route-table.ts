// A route configuration ready for requests, and what it decides on one.
import type { RouteConfigurationJson, RouteJson, VirtualHostJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { RequestView } from "./request-view.js";
import { type RouteMatcher, routeMatcher } from "./route-matcher.js";
import { isNotSimulated, type NotSimulated, type Verdict } from "./text-matchers.js";
import { VirtualHosts } from "./virtual-hosts.js";

/** A route with its test. */
export interface ReadyRoute {
  readonly index: number;
  readonly route: RouteJson;
  readonly matcher: RouteMatcher;
}

interface ReadyHost {
  readonly host: VirtualHostJson;
  readonly routes: readonly ReadyRoute[];
}

/** What was looked at: a virtual host, or a route of it. */
export interface Look {
  readonly stage: "virtualHost" | "route";
  /** JSON Pointer in the route configuration. */
  readonly path: string;
  readonly matched: boolean;
  readonly why: string;
}

/** What the table says; `host` is there as soon as one was found. */
export type Decision =
  | { readonly kind: "route"; readonly host: VirtualHostJson; readonly found: ReadyRoute }
  | { readonly kind: "tlsRedirect"; readonly host: VirtualHostJson }
  | { readonly kind: "no_virtual_host" }
  | { readonly kind: "no_route"; readonly host: VirtualHostJson }
  | { readonly kind: "undecided"; readonly host?: VirtualHostJson; readonly why: string };

export class RouteTable {
  readonly configuration: RouteConfigurationJson;
  readonly #hosts: VirtualHosts;
  readonly #ready = new Map<number, ReadyHost>();

  constructor(configuration: RouteConfigurationJson) {
    this.configuration = configuration;
    this.#hosts = new VirtualHosts(configuration);
  }

  decide(request: RequestView, onLook?: (look: Look) => void): Decision {
    if ((this.configuration.vhostHeader ?? "") !== "") return { kind: "undecided", why: "vhostHeader" };
    const found = this.#hosts.find(request.authority);
    if (onLook !== undefined) this.#tellHosts(found?.index, found?.domain, request.authority, onLook);
    if (found === undefined) {
      return this.configuration.vhds === undefined
        ? { kind: "no_virtual_host" }
        : { kind: "undecided", why: "virtual hosts on demand" };
    }
    const { host, routes } = this.#readyHost(found.index);
    const redirects = needsTls(host, request);
    if (isNotSimulated(redirects)) return { kind: "undecided", host, why: redirects.unknown };
    if (redirects) return { kind: "tlsRedirect", host };
    if (host.matcher !== undefined) return { kind: "undecided", host, why: "a matcher in the virtual host" };
    for (const ready of routes) {
      const verdict = ready.matcher.test(request);
      if (onLook !== undefined) tellRoute(found.index, ready.index, verdict, onLook);
      if (verdict === undefined) return { kind: "route", host, found: ready };
      if (isNotSimulated(verdict)) return { kind: "undecided", host, why: verdict.unknown };
    }
    return { kind: "no_route", host };
  }

  #tellHosts(
    found: number | undefined,
    domain: string | undefined,
    authority: string,
    onLook: (look: Look) => void,
  ): void {
    for (const [index, { domains = [] }] of (this.configuration.virtualHosts ?? []).entries()) {
      const matched = index === found;
      const others = `none of ${domains.join(", ")} takes ${authority}${found === undefined ? "" : " better"}`;
      const why = matched ? `domain ${domain} takes ${authority}` : others;
      onLook({ stage: "virtualHost", path: `/virtualHosts/${index}`, matched, why });
    }
  }

  #readyHost(index: number): ReadyHost {
    const known = this.#ready.get(index);
    if (known !== undefined) return known;
    const host = this.configuration.virtualHosts?.[index] ?? {};
    const ignoreParameters = this.configuration.ignorePathParametersInPathMatching === true;
    const routes = (host.routes ?? []).map(
      (route, at): ReadyRoute => ({ index: at, route, matcher: routeMatcher(route.match ?? {}, ignoreParameters) }),
    );
    const ready = { host, routes };
    this.#ready.set(index, ready);
    return ready;
  }
}

function tellRoute(host: number, index: number, verdict: Verdict, onLook: (look: Look) => void): void {
  const why =
    verdict === undefined ? "all tests pass" : isNotSimulated(verdict) ? `not simulated: ${verdict.unknown}` : verdict;
  const path = `/virtualHosts/${host}/routes/${index}`;
  onLook({ stage: "route", path, matched: verdict === undefined, why });
}

function needsTls({ requireTls = "NONE" }: VirtualHostJson, request: RequestView): boolean | NotSimulated {
  if (requireTls === "NONE" || request.forwardedProto === "https") return false;
  if (requireTls === "ALL") return true;
  return request.isInternal === undefined ? { unknown: "whether the request is internal" } : !request.isInternal;
}
