// What `router_check_tool` knows of the route of a request.
import type { HeaderMatcherJson, RouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { RouterCheckInput } from "../../router-checks.js";
import { chooseCluster } from "./cluster-choice.js";
import { type Headers, type Levels, mutateHeaders } from "./header-mutations.js";
import { pathOf, type RequestView } from "./request-view.js";
import { redirectOf, rewriteHost, rewritePath } from "./rewrites.js";
import { type Decision, RouteTable } from "./route-table.js";
import { headerTest, isNotSimulated, type NotSimulated } from "./text-matchers.js";

/** The route of one check; each part is empty where there is none. */
export class CheckedRoute {
  /** Why nothing can be told. */
  undecided: string | undefined;
  cluster = "";
  virtualCluster = "";
  virtualHost = "";
  path = "";
  host = "";
  location = "";
  redirectStatus = 0;
  readonly #headers: { readonly request: Headers; readonly response: Headers };

  constructor(configuration: RouteConfigurationJson, input: RouterCheckInput) {
    this.#headers = {
      request: headersOf(input, input.additionalRequestHeaders ?? []),
      response: headersOf(undefined, input.additionalResponseHeaders ?? []),
    };
    const view = viewOf(input, this.#headers.request);
    this.#read(configuration, view, new RouteTable(configuration).decide(view));
  }

  /** Why a header does not match; `undefined` where it does. */
  matchHeader(side: "request" | "response", matcher: HeaderMatcherJson): string | undefined {
    const headers = joined(this.#headers[side]);
    const verdict = headerTest(matcher)({ headers });
    return isNotSimulated(verdict) ? `not simulated: ${verdict.unknown}` : verdict;
  }

  #read(configuration: RouteConfigurationJson, view: RequestView, decision: Decision): void {
    if (decision.kind === "undecided") this.undecided = decision.why;
    if (decision.kind === "undecided" || decision.kind === "no_virtual_host" || decision.kind === "no_route") return;
    this.virtualHost = decision.host.name ?? "";
    if (decision.kind === "tlsRedirect") {
      this.location = `https://${view.authority}${view.path}`;
      this.redirectStatus = 301;
      return;
    }
    this.virtualCluster = virtualClusterOf(decision.host.virtualClusters ?? [], view);
    const { route, matcher } = decision.found;
    const levels = { route, host: decision.host, configuration };
    if (route.redirect !== undefined) {
      const to = redirectOf(route.redirect, view, matcher.matchedPart);
      if (isNotSimulated(to)) this.undecided = to.unknown;
      else [this.location, this.redirectStatus] = [to.location, to.status];
      this.#mutate({ ...levels, weighted: undefined });
      return;
    }
    if (route.route === undefined) {
      this.#mutate({ ...levels, weighted: undefined });
      return;
    }
    const choice = chooseCluster(route.route, view);
    if (isNotSimulated(choice)) {
      this.undecided = choice.unknown;
      return;
    }
    this.cluster = choice.cluster;
    this.#mutate({ ...levels, weighted: choice.weighted });
    const path = rewritePath(route.route, view.path, matcher.matchedPart);
    const host = rewriteHost(route.route, choice.weighted, view);
    this.#take(path, (text) => {
      this.path = text;
      if (text !== view.path) this.#headers.request.set("x-envoy-original-path", [view.path]);
      this.#headers.request.set(":path", [text]);
    });
    this.#take(host ?? view.authority, (text) => {
      this.host = text;
      this.#headers.request.set(":authority", [text]);
    });
  }

  #take(value: string | NotSimulated, use: (text: string) => void): void {
    if (isNotSimulated(value)) this.undecided = value.unknown;
    else use(value);
  }

  #mutate(levels: Levels): void {
    const { request, response } = this.#headers;
    const stop =
      mutateHeaders(request, "request", levels, request) ?? mutateHeaders(response, "response", levels, request);
    if (stop !== undefined) this.undecided ??= stop.unknown;
  }
}

function headersOf(
  input: RouterCheckInput | undefined,
  more: readonly { readonly key: string; readonly value: string }[],
): Headers {
  const headers: Headers = new Map();
  if (input !== undefined) {
    headers.set(":authority", [input.authority]).set(":path", [input.path]).set(":method", [input.method]);
    headers.set(":scheme", [input.ssl === true ? "https" : "http"]);
    headers.set("x-forwarded-proto", [input.ssl === true ? "https" : "http"]);
    if (input.internal === true) headers.set("x-envoy-internal", ["true"]);
  }
  for (const { key, value } of more) headers.set(key.toLowerCase(), [...(headers.get(key.toLowerCase()) ?? []), value]);
  return headers;
}

function joined(headers: Headers): Map<string, string> {
  return new Map([...headers].map(([name, values]) => [name, values.join(",")]));
}

function viewOf(input: RouterCheckInput, headers: Headers): RequestView {
  const scheme = input.ssl === true ? "https" : "http";
  const drawn = BigInt(input.randomValue ?? 0);
  const pick = (modulus: number): number => Number(drawn % BigInt(modulus));
  return {
    method: input.method,
    authority: input.authority,
    path: input.path,
    bare: pathOf(input.path),
    scheme,
    forwardedProto: scheme,
    isInternal: input.internal === true,
    headers: joined(headers),
    repeated: new Set([...headers].flatMap(([name, values]) => (values.length > 1 ? [name] : []))),
    clientCertificate: undefined,
    pick,
    passes: (key, numerator, denominator) =>
      key !== "" && key === input.runtime && pick(denominator) < Math.max(1, numerator),
  };
}

function virtualClusterOf(
  clusters: readonly { readonly name?: string; readonly headers?: readonly HeaderMatcherJson[] }[],
  view: RequestView,
): string {
  const found = clusters.find(({ headers = [] }) =>
    headers.every((matcher) => headerTest(matcher)(view) === undefined),
  );
  return found?.name ?? (clusters.length > 0 ? "other" : "");
}
