import {
  assertCompile,
  cluster,
  filterChain,
  type Graph,
  httpFilter,
  listener,
  type Outcome,
  perFilter,
  route,
  routeConfiguration,
  type SimulatedRequest,
  simulate,
  tls,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";

const clusters = ["shop-v1", "shop-v2"].map((name) => cluster.dns({ name, host: name, port: 80 }));
const shop = routeConfiguration({
  name: "shop",
  virtualHosts: [
    virtualHost({
      name: "shop",
      domains: ["shop.example.com", "*.shop.example.com"],
      routes: [
        route.to("shop-v2", {
          match: { pathPrefix: "/cart", headers: { "x-canary": "true" } },
          rewrite: { prefix: "/v2/cart" },
        }),
        route.redirect({ match: { path: "/old" }, to: { scheme: "https", host: "new.example.com", path: "/new" } }),
        route.respond({ match: { path: "/health" }, status: 200, body: "ok" }),
        route.to("lost", { match: { prefix: "/lost" } }),
        route.split(
          [
            { name: "shop-v1", weight: 95 },
            { name: "shop-v2", weight: 5 },
          ],
          { match: { prefix: "/" }, timeout: "10s", perFilter: perFilter.disable("envoy.filters.http.cors") },
        ),
      ],
    }),
    virtualHost({ name: "secure", domains: ["secure.example.com"], requireTls: true, routes: [] }),
  ],
});
const web = listener.http({
  name: "web",
  address: "0.0.0.0:8080",
  routes: { rds: "shop" },
  filters: [httpFilter.cors()],
});
const snapshot = assertCompile({ listeners: [web], routes: [shop], clusters });

function ask(request: Partial<SimulatedRequest>): Outcome {
  return simulate(snapshot, { authority: "shop.example.com", path: "/", ...request });
}

describe("simulate", () => {
  it.each<[string, Partial<SimulatedRequest>, object]>([
    [
      "a header",
      { path: "/cart/1?a=b", headers: { "X-Canary": "true" } },
      { kind: "forward", cluster: "shop-v2", path: "/v2/cart/1?a=b" },
    ],
    [
      "a path that only begins alike",
      { path: "/carts", headers: { "x-canary": "true" } },
      { kind: "forward", cluster: "shop-v1" },
    ],
    ["the first share", { draw: 0.94 }, { kind: "forward", cluster: "shop-v1", timeout: "10s", endpointCount: 1 }],
    ["the second share", { draw: 0.95 }, { kind: "forward", cluster: "shop-v2" }],
    ["a wildcard", { authority: "a.shop.example.com" }, { kind: "forward", virtualHost: "shop", route: "routes/4" }],
    ["a host in capitals", { authority: "SHOP.example.com" }, { kind: "forward", authority: "SHOP.example.com" }],
    [
      "a port, which is not ignored",
      { authority: "shop.example.com:8080" },
      { kind: "reject", reason: "no_virtual_host", status: 404 },
    ],
    ["an unknown host", { authority: "other" }, { kind: "reject", reason: "no_virtual_host", status: 404 }],
    [
      "a redirect",
      { path: "/old?x=1" },
      { kind: "redirect", status: 301, location: "https://new.example.com/new?x=1" },
    ],
    ["an answer", { path: "/health" }, { kind: "respond", status: 200, body: "ok" }],
    ["a cluster that is not there", { path: "/lost" }, { kind: "reject", reason: "no_cluster", status: 503 }],
    [
      "a host that wants TLS",
      { authority: "secure.example.com", path: "/a" },
      { kind: "redirect", status: 301, location: "https://secure.example.com/a" },
    ],
    [
      "a proxy that says TLS",
      { authority: "secure.example.com", headers: { "x-forwarded-proto": "https" } },
      { kind: "reject", reason: "no_route" },
    ],
    ["TLS to a plain listener", { tls: {} }, { kind: "reject", reason: "plain_text_required" }],
    ["no such listener", { listener: "other" }, { kind: "reject", reason: "no_listener" }],
    ["a port nobody listens on", { destination: "10.0.0.1:81" }, { kind: "reject", reason: "no_listener" }],
    ["the port of all addresses", { destination: "10.0.0.1:8080" }, { kind: "forward", listener: "web" }],
  ])("follows %s", (_, request, want) => {
    expect(ask(request)).toMatchObject(want);
  });

  it("knows the additional addresses of a listener", () => {
    const more = { address: { socketAddress: { address: "127.0.0.2", portValue: 9_090 } } };
    const extra = assertCompile({
      listeners: [{ ...web, additionalAddresses: [more] }],
      routes: [shop],
      clusters,
    });
    const at = (destination: string): Outcome =>
      simulate(extra, { authority: "shop.example.com", path: "/", destination });
    expect(at("127.0.0.2:9090")).toMatchObject({ kind: "forward", listener: "web" });
    expect(at("127.0.0.3:9090").steps[0]).toMatchObject({ matched: false, why: "listens on 127.0.0.2" });
    expect(at("127.0.0.2:1").steps[0]).toMatchObject({ matched: false, why: "listens on port 8080 and 9090" });
  });

  it("tells the limits of time", () => {
    const limits = (action: object, host: object, manager: object): Outcome => {
      const to = route.to("shop-v1", { match: { prefix: "/" }, overrides: { action } });
      const only = virtualHost({ name: "v", domains: ["*"], routes: [to], overrides: { virtualHost: host } });
      const limited = listener.http({
        name: "web",
        address: "0.0.0.0:80",
        routes: routeConfiguration({ name: "r", virtualHosts: [only] }),
        overrides: { connectionManager: manager },
      });
      return simulate(assertCompile({ listeners: [limited], clusters }), { authority: "a", path: "/" });
    };
    const all = ["timeout", "idleTimeout", "maxStreamDuration", "perTryTimeout"] as const;
    const told = (outcome: Outcome): unknown[] =>
      all.map((name) => (outcome.kind === "forward" ? outcome[name] : outcome.kind));
    expect(told(limits({}, {}, {}))).toEqual(["15s", "300s", undefined, undefined]);
    const retryPolicy = { retryOn: "5xx", perTryTimeout: "2s" };
    const manager = { streamIdleTimeout: "60s", commonHttpProtocolOptions: { maxStreamDuration: "90s" } };
    expect(told(limits({}, { retryPolicy }, manager))).toEqual(["15s", "60s", "90s", "2s"]);
    const own = {
      timeout: "0s",
      idleTimeout: "0s",
      maxStreamDuration: { maxStreamDuration: "0s" },
      retryPolicy: { retryOn: "reset" },
    };
    expect(told(limits(own, { retryPolicy }, manager))).toEqual(["0s", "0s", undefined, undefined]);
  });

  it("tells the whole distribution and the filters", () => {
    expect(ask({})).toMatchObject({
      split: [
        { cluster: "shop-v1", share: 0.95 },
        { cluster: "shop-v2", share: 0.05 },
      ],
      filters: [
        { name: "envoy.filters.http.cors", disabled: true },
        { name: "envoy.filters.http.router", disabled: false },
      ],
    });
  });

  it("says why of every candidate", () => {
    expect(
      ask({ path: "/health" }).steps.map(({ stage, path, matched, why }) => `${stage} ${path} ${matched} ${why}`),
    ).toEqual([
      "listener  true is the only listener",
      "filterChain /filterChains/0 true every criterion matches",
      "virtualHost /virtualHosts/0 true domain shop.example.com takes shop.example.com",
      "virtualHost /virtualHosts/1 false none of secure.example.com takes shop.example.com better",
      "route /virtualHosts/0/routes/0 false path is not /cart or below it",
      "route /virtualHosts/0/routes/1 false path is not /old",
      "route /virtualHosts/0/routes/2 true all tests pass",
    ]);
  });

  it("refuses a draw out of range", () => {
    expect(() => ask({ draw: 1 })).toThrow(RangeError);
    expect(() => ask({ draw: -0.1 })).toThrow("draw must be at least 0 and less than 1, not -0.1");
  });
});

describe("simulate through chains", () => {
  const certificate = { certificateFile: "a.crt", keyFile: "a.key" };
  const socket = tls.downstream({ certificates: [certificate] });
  const chain = (name: string, match: object) => filterChain.tcp({ name, match, cluster: "shop-v1", tls: socket });
  const graph: Graph = {
    clusters,
    listeners: [
      listener.of({
        name: "edge",
        address: "0.0.0.0:443",
        chains: [
          chain("exact", { serverNames: ["a.example.com"] }),
          chain("wildcard", { serverNames: ["*.example.com"] }),
          chain("h2", { serverNames: ["*.example.com"], applicationProtocols: ["h2"] }),
          filterChain.tcp({
            name: "split",
            match: { serverNames: ["split"] },
            tls: socket,
            clusters: [
              { name: "shop-v1", weight: 1 },
              { name: "shop-v2", weight: 3 },
            ],
          }),
        ],
        defaultChain: filterChain.tcp({ name: "rest", cluster: "shop-v2" }),
      }),
    ],
  };
  const edge = assertCompile(graph);

  it.each<[string, object, Partial<SimulatedRequest>, object]>([
    ["a source", { sourcePrefixRanges: [{ addressPrefix: "10.0.0.0", prefixLen: 8 }] }, {}, { kind: "undecided" }],
    [
      "a source that is said",
      { sourcePrefixRanges: [{ addressPrefix: "10.0.0.0", prefixLen: 8 }] },
      { source: "10.1.1.1:5" },
      { filterChain: "own" },
    ],
    ["a type of source", { sourceType: "EXTERNAL" }, {}, { kind: "undecided" }],
    ["a port of the source", { sourcePorts: [7] }, {}, { kind: "undecided" }],
    [
      "a destination",
      { prefixRanges: [{ addressPrefix: "10.0.0.0", prefixLen: 8 }] },
      {},
      { why: "not simulated: filter chains by destination address, for a request that says no destination" },
    ],
    [
      "a destination that is said",
      { prefixRanges: [{ addressPrefix: "10.0.0.0", prefixLen: 8 }] },
      { destination: "10.1.1.1:80" },
      { filterChain: "own" },
    ],
    ["a source behind another port", { destinationPort: 81, sourcePorts: [7] }, {}, { filterChain: "rest" }],
  ])("does not guess %s", (_, match, request, want) => {
    const own = filterChain.tcp({ name: "own", match, cluster: "shop-v1" });
    const rest = filterChain.tcp({ name: "rest", cluster: "shop-v2" });
    const split = listener.of({ name: "l", address: "0.0.0.0:80", chains: [own, rest] });
    const answer = simulate(assertCompile({ clusters, listeners: [split] }), { authority: "", path: "/", ...request });
    expect(answer).toMatchObject(want);
  });

  it.each<[string, Partial<SimulatedRequest>, object]>([
    ["an exact name", { tls: { serverName: "A.example.com" } }, { kind: "tcp", filterChain: "exact" }],
    ["a wildcard", { tls: { serverName: "b.example.com" } }, { kind: "tcp", filterChain: "wildcard" }],
    ["a protocol", { tls: { serverName: "b.example.com", alpn: ["h3", "h2"] } }, { kind: "tcp", filterChain: "h2" }],
    [
      "an exact name before a protocol",
      { tls: { serverName: "a.example.com", alpn: ["h2"] } },
      { filterChain: "exact" },
    ],
    ["plain text", {}, { kind: "tcp", filterChain: "rest", cluster: "shop-v2" }],
    [
      "an unknown name, in TLS that the default chain lacks",
      { tls: { serverName: "x" } },
      { kind: "reject", reason: "plain_text_required" },
    ],
    ["a share", { tls: { serverName: "split" }, draw: 0.25 }, { kind: "tcp", cluster: "shop-v2" }],
  ])("follows %s", (_, request, want) => {
    expect(simulate(edge, { authority: "", path: "/", ...request })).toMatchObject(want);
  });
});
