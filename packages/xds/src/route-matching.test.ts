// Matching, rewriting and choosing, one route at a time, through a listener of its own.
import {
  assertCompile,
  cluster,
  type Graph,
  listener,
  type Outcome,
  runRouteTests,
  type SimulatedRequest,
  simulate,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";

type Routes = NonNullable<Graph["routes"]>[number];
type Route = NonNullable<NonNullable<NonNullable<Routes["virtualHosts"]>[number]["routes"]>[number]>;
type Manager = NonNullable<NonNullable<Parameters<typeof listener.http>[0]["overrides"]>["connectionManager"]>;

const clusters = ["a", "b", "c"].map((name) => cluster.static({ name, endpoints: [{ address: "127.0.0.1:1" }] }));
const odd = [
  cluster.static({ name: "empty", endpoints: [] }),
  cluster.originalDst({ name: "by-request" }),
  cluster.aggregate({ name: "both", clusters: ["a", "b"] }),
  cluster.eds({ name: "eds", source: { pathConfigSource: { path: "/eds" } } }),
];

interface Around {
  readonly configuration?: Routes;
  readonly manager?: Manager;
  readonly host?: object;
}

function ask(routes: readonly Route[], request: Partial<SimulatedRequest>, around: Around = {}): Outcome {
  const configuration: Routes = {
    name: "r",
    virtualHosts: [{ name: "v", domains: ["*"], routes, ...around.host }],
    ...around.configuration,
  };
  const web = listener.http({
    name: "web",
    address: "0.0.0.0:8080",
    routes: configuration,
    overrides: { connectionManager: around.manager ?? {} },
  });
  const snapshot = assertCompile(
    { listeners: [web], clusters: [...clusters, ...odd] },
    { external: "any", severity: { envoy_refuses: "off", missing_reference: "off" } },
  );
  return simulate(snapshot, { authority: "shop.example.com", path: "/", ...request });
}

const matches = (match: Route["match"], request: Partial<SimulatedRequest>, around?: Around): string | boolean => {
  const outcome = ask([{ ...(match !== undefined && { match }), route: { cluster: "a" } }], request, around);
  return outcome.kind === "undecided" ? outcome.why : outcome.kind === "forward";
};

describe("a route matches", () => {
  const header = (matcher: object): Route["match"] => ({ prefix: "/", headers: [{ name: "X-A", ...matcher }] });
  const a = (value: string | readonly string[]): Partial<SimulatedRequest> => ({ headers: { "x-a": value } });

  it.each<[string, Route["match"], Partial<SimulatedRequest>, string | boolean, Around?]>([
    ["a header that is there", header({}), a("1"), true],
    ["no header that is absent", header({}), {}, false],
    ["an absent header", header({ presentMatch: false }), {}, true],
    ["an absent header, inverted", header({ presentMatch: true, invertMatch: true }), {}, true],
    ["several values as one text", header({ stringMatch: { exact: "1,2" } }), a(["1", "2"]), true],
    ["no missing header, inverted or not", header({ stringMatch: { exact: "1" }, invertMatch: true }), {}, false],
    [
      "a missing header as an empty one",
      header({ stringMatch: { exact: "" }, treatMissingHeaderAsEmpty: true }),
      {},
      true,
    ],
    ["any case", header({ stringMatch: { exact: "ab", ignoreCase: true } }), a("AB"), true],
    ["an old exact match", header({ exactMatch: "1" }), a("1"), true],
    ["an old prefix", header({ prefixMatch: "a" }), a("ab"), true],
    ["an old suffix", header({ suffixMatch: "b" }), a("ab"), true],
    ["an old part", header({ containsMatch: "x" }), a("ab"), false],
    ["an old regex", header({ safeRegexMatch: { regex: "a+" } }), a("aa"), true],
    ["a range", header({ rangeMatch: { start: "-5", end: "10" } }), a("-5"), true],
    ["no end of a range", header({ rangeMatch: { start: "1", end: "10" } }), a("10"), false],
    ["no text in a range", header({ rangeMatch: { start: "1", end: "10" } }), a("x"), false],
    [
      "the host by either name",
      { prefix: "/", headers: [{ name: "host", stringMatch: { prefix: "shop" } }] },
      {},
      true,
    ],
    [
      "the method",
      { prefix: "/", headers: [{ name: ":method", stringMatch: { exact: "PUT" } }] },
      { method: "PUT" },
      true,
    ],
    [
      "a custom matcher not",
      header({
        stringMatch: { custom: { name: "x", typedConfig: { "@type": "type.googleapis.com/google.protobuf.Empty" } } },
      }),
      a("1"),
      "not simulated: custom string matcher",
    ],
    [
      "a regex that is RE2's alone not",
      { safeRegex: { regex: "(?i:a)" } },
      {},
      "not simulated: regex (?i:a): flags inside the expression",
    ],
    [
      "a parameter",
      { prefix: "/", queryParameters: [{ name: "q", stringMatch: { prefix: "1" } }] },
      { path: "/?a&q=12#f" },
      true,
    ],
    [
      "the first value of a parameter",
      { prefix: "/", queryParameters: [{ name: "q", stringMatch: { exact: "2" } }] },
      { path: "/?q=1&q=2" },
      false,
    ],
    ["no parameter that is absent", { prefix: "/", queryParameters: [{ name: "q" }] }, { path: "/?p=q" }, false],
    ["an absent parameter", { prefix: "/", queryParameters: [{ name: "q", presentMatch: false }] }, {}, true],
    [
      "a cookie",
      { prefix: "/", cookies: [{ name: "c", stringMatch: { exact: "1" } }] },
      { headers: { cookie: 'b=2; c="1"' } },
      true,
    ],
    [
      "no other cookie",
      { prefix: "/", cookies: [{ name: "c", stringMatch: { exact: "1" } }] },
      { headers: { cookie: "c=2" } },
      false,
    ],
    [
      "a cookie that is not",
      { prefix: "/", cookies: [{ name: "c", stringMatch: { exact: "1" }, invertMatch: true }] },
      {},
      true,
    ],
    ["gRPC", { prefix: "/", grpc: {} }, { headers: { "content-type": "application/grpc+proto" } }, true],
    ["no other content", { prefix: "/", grpc: {} }, { headers: { "content-type": "application/grpcx" } }, false],
    [
      "a fraction",
      { prefix: "/", runtimeFraction: { defaultValue: { numerator: 50 }, runtimeKey: "k" } },
      { draw: 0.49 },
      true,
    ],
    [
      "no rest of a fraction",
      {
        prefix: "/",
        runtimeFraction: { defaultValue: { numerator: 5, denominator: "TEN_THOUSAND" }, runtimeKey: "k" },
      },
      { draw: 0.0005 },
      false,
    ],
    ["no certificate where one is wanted", { prefix: "/", tlsContext: { presented: true } }, {}, false],
    ["none where none is wanted", { prefix: "/", tlsContext: { presented: false, validated: false } }, {}, true],
    ["CONNECT", { connectMatcher: {} }, { method: "CONNECT", path: "" }, true],
    ["nothing else as CONNECT", { connectMatcher: {} }, {}, false],
    [
      "metadata not",
      { prefix: "/", dynamicMetadata: [{ filter: "f", path: [{ key: "k" }], value: { presentMatch: true } }] },
      {},
      "not simulated: dynamicMetadata",
    ],
    ["a path without regard to case", { path: "/Cart", caseSensitive: false }, { path: "/cART?x" }, true],
    [
      "a path without parameters",
      { path: "/cart" },
      { path: "/cart;v=1" },
      true,
      { configuration: { ignorePathParametersInPathMatching: true } },
    ],
    ["merged slashes", { path: "/a/b" }, { path: "//a///b" }, true, { manager: { mergeSlashes: true } }],
    ["a normal path", { path: "/b/" }, { path: "/a/./../b/c/.." }, true, { manager: { normalizePath: true } }],
    [
      "escapes in a normal path not",
      { path: "/b" },
      { path: "/%62" },
      "not simulated: normalization of escapes in the path",
      { manager: { normalizePath: true } },
    ],
    [
      "escaped slashes not",
      { path: "/b" },
      { path: "/a%2Fb" },
      "not simulated: escaped slashes",
      { manager: { pathWithEscapedSlashesAction: "UNESCAPE_AND_FORWARD" } },
    ],
  ])("%s", (_, match, request, want, around) => {
    expect(matches(match, request, around)).toBe(want);
  });
});

describe("a request is rewritten", () => {
  const rewritten = (action: object, request: Partial<SimulatedRequest> = {}): string => {
    const outcome = ask([{ match: { prefix: "/a" }, route: { cluster: "a", ...action } }], {
      path: "/a/b?c=d",
      ...request,
    });
    return outcome.kind === "forward"
      ? `${outcome.authority} ${outcome.path}`
      : outcome.kind === "undecided"
        ? outcome.why
        : outcome.kind;
  };

  it.each<[string, object, string, Partial<SimulatedRequest>?]>([
    ["by prefix", { prefixRewrite: "/z" }, "shop.example.com /z/b?c=d"],
    [
      "by regex",
      { regexRewrite: { pattern: { regex: "/(\\w)/(\\w)" }, substitution: "/\\2/\\1\\\\" } },
      "shop.example.com /b/a\\?c=d",
    ],
    [
      "not by a group that is not there",
      { regexRewrite: { pattern: { regex: "/a" }, substitution: "\\3" } },
      "shop.example.com /a/b?c=d",
    ],
    ["to a host", { hostRewriteLiteral: "h" }, "h /a/b?c=d"],
    ["to the endpoint's host", { autoHostRewrite: true }, "undefined /a/b?c=d"],
    ["to the host in a header", { hostRewriteHeader: "X-Host" }, "inner /a/b?c=d", { headers: { "x-host": "inner" } }],
    ["not to a host that is not said", { hostRewriteHeader: "X-Host" }, "shop.example.com /a/b?c=d"],
    [
      "to a host in the path",
      { hostRewritePathRegex: { pattern: { regex: "^/a/(.+)$" }, substitution: "\\1.internal" } },
      "b.internal /a/b?c=d",
    ],
    ["by a template not", { pathRewrite: "/x" }, "not simulated: pathRewrite"],
    ["to a host by a template not", { hostRewrite: "%REQ(x)%" }, "not simulated: hostRewrite"],
  ])("%s", (_, action, want, request) => {
    expect(rewritten(action, request)).toBe(want);
  });
});

describe("a cluster is chosen", () => {
  const chosen = (action: object, request: Partial<SimulatedRequest> = {}): unknown => {
    const outcome = ask([{ match: { prefix: "/" }, route: action }], request);
    return outcome.kind === "forward"
      ? [outcome.cluster, outcome.endpointCount]
      : outcome.kind === "reject"
        ? [outcome.reason, outcome.status]
        : outcome.kind === "undecided"
          ? outcome.why
          : outcome.kind;
  };
  const weights = {
    clusters: [
      { name: "a", weight: 1 },
      { clusterHeader: "x-c", weight: 3 },
    ],
    headerName: "x-draw",
  };

  it.each<[string, object, unknown, Partial<SimulatedRequest>?]>([
    ["by a header", { clusterHeader: "X-C" }, ["b", 1], { headers: { "x-c": "b" } }],
    ["not at all without the header", { clusterHeader: "X-C" }, ["no_cluster", 503]],
    [
      "by a number in a header",
      { weightedClusters: weights },
      ["c", 1],
      { headers: { "x-draw": "18446744073709551615", "x-c": "c" } },
    ],
    [
      "by chance where the number is given twice",
      { weightedClusters: weights },
      ["a", 1],
      { headers: { "x-draw": ["3", "3"], "x-c": "c" } },
    ],
    [
      "by chance where it is no number",
      { weightedClusters: weights },
      ["c", 1],
      { headers: { "x-draw": "-1", "x-c": "c" }, draw: 0.3 },
    ],
    [
      "by hash not",
      { weightedClusters: { ...weights, headerName: undefined, useHashPolicy: true } },
      "not simulated: weightedClusters by hash policy",
    ],
    ["by a plugin not", { clusterSpecifierPlugin: "p" }, "not simulated: cluster specifier plugin"],
    ["with another status", { cluster: "lost", clusterNotFoundResponseCode: "NOT_FOUND" }, ["no_cluster", 404]],
    ["and an error", { cluster: "lost", clusterNotFoundResponseCode: "INTERNAL_SERVER_ERROR" }, ["no_cluster", 500]],
    ["without endpoints", { cluster: "empty" }, ["no_endpoints", 503]],
    ["without endpoints sent", { cluster: "eds" }, ["no_endpoints", 503]],
    ["that finds endpoints by request", { cluster: "by-request" }, ["by-request", undefined]],
    ["of several", { cluster: "both" }, ["both", 2]],
  ])("%s", (_, action, want, request) => {
    expect(chosen(action, request)).toEqual(want);
  });
});

describe("a request ends early", () => {
  const told = (outcome: Outcome): unknown =>
    outcome.kind === "redirect"
      ? `${outcome.status} ${outcome.location}`
      : outcome.kind === "undecided"
        ? outcome.why
        : outcome.kind === "respond"
          ? `${outcome.status} ${outcome.body}`
          : outcome.kind;
  const redirected = (redirect: object, request: Partial<SimulatedRequest> = {}): unknown =>
    told(ask([{ match: { prefix: "/a" }, redirect }], { path: "/a/b?c=d", ...request }));

  it.each<[string, object, string, Partial<SimulatedRequest>?]>([
    ["without another port", { portRedirect: 8443 }, "301 http://h:8443/a/b?c=d", { authority: "h:80" }],
    ["without the old default port", { httpsRedirect: true }, "301 https://h/a/b?c=d", { authority: "h:80" }],
    ["with a port that is no default", { httpsRedirect: true }, "301 https://h:81/a/b?c=d", { authority: "h:81" }],
    ["with an IPv6 host", { schemeRedirect: "https" }, "301 https://[::1]:81/a/b?c=d", { authority: "[::1]:81" }],
    [
      "by regex",
      { regexRewrite: { pattern: { regex: "^/a" }, substitution: "/x" }, stripQuery: true },
      "301 http://shop.example.com/x/b",
    ],
    ["to a path with a query", { pathRedirect: "/p?q=1", stripQuery: true }, "301 http://shop.example.com/p?q=1"],
    ["by a template not", { pathRewrite: "/x" }, "not simulated: pathRewrite"],
  ])("by a redirect %s", (_, redirect, want, request) => {
    expect(redirected(redirect, request)).toBe(want);
  });

  it.each<[string, Route, Around, Partial<SimulatedRequest>, unknown]>([
    [
      "with a body in a file",
      { match: { prefix: "/" }, directResponse: { status: 200, body: { filename: "/f" } } },
      {},
      {},
      "not simulated: the body of the direct response",
    ],
    [
      "with no action",
      { match: { prefix: "/" }, nonForwardingAction: {} },
      {},
      {},
      "not simulated: the action of the route",
    ],
    [
      "where TLS is for the outside",
      { match: { prefix: "/" }, route: { cluster: "a" } },
      { host: { requireTls: "EXTERNAL_ONLY" } },
      {},
      "301 https://shop.example.com/",
    ],
    [
      "not inside",
      { match: { prefix: "/" }, route: { cluster: "a" } },
      { host: { requireTls: "EXTERNAL_ONLY" } },
      { headers: { "x-forwarded-for": "10.0.0.1" } },
      "forward",
    ],
    [
      "not where nobody knows",
      { match: { prefix: "/" }, route: { cluster: "a" } },
      { host: { requireTls: "EXTERNAL_ONLY" }, manager: { useRemoteAddress: true } },
      {},
      "not simulated: whether the request is internal",
    ],
    [
      "not from inside",
      { match: { prefix: "/" }, route: { cluster: "a" } },
      { host: { requireTls: "EXTERNAL_ONLY" }, manager: { useRemoteAddress: true } },
      { source: "10.0.0.1:1" },
      "forward",
    ],
    [
      "at virtual hosts on demand",
      { match: { prefix: "/" } },
      { configuration: { virtualHosts: [], vhds: { configSource: { ads: {} } } } },
      {},
      "not simulated: virtual hosts on demand",
    ],
    [
      "at a host header of its own",
      { match: { prefix: "/" }, route: { cluster: "a" } },
      { configuration: { vhostHeader: "x" } },
      {},
      "not simulated: vhostHeader",
    ],
    [
      "at a tree of matchers",
      { match: { prefix: "/" } },
      {
        host: {
          routes: [],
          matcher: {
            onNoMatch: { action: { name: "x", typedConfig: { "@type": "type.googleapis.com/google.protobuf.Empty" } } },
          },
        },
      },
      {},
      "not simulated: a matcher in the virtual host",
    ],
  ])("%s", (_, route, around, request, want) => {
    expect(told(ask([route], request, around))).toBe(want);
  });

  it("at a host without its dot and port", () => {
    const manager = { stripTrailingHostDot: true, stripMatchingHostPort: true };
    const configuration = {
      virtualHosts: [
        { name: "v", domains: ["shop"], routes: [{ match: { prefix: "/" }, directResponse: { status: 200 } }] },
      ],
    };
    expect(told(ask([], { authority: "shop.:8080" }, { manager, configuration }))).toBe("200 ");
    expect(told(ask([], { authority: "shop:81" }, { manager, configuration }))).toBe("reject");
    expect(told(ask([], { authority: "shop:81" }, { manager: { stripAnyHostPort: true }, configuration }))).toBe(
      "200 ",
    );
  });
});

describe("runRouteTests", () => {
  it("tells all that differs", () => {
    const configuration: Routes = {
      name: "r",
      virtualHosts: [
        {
          name: "v",
          domains: ["*"],
          routes: [{ name: "up", match: { prefix: "/" }, directResponse: { status: 200 } }],
        },
      ],
    };
    const snapshot = assertCompile({
      listeners: [listener.http({ name: "web", address: "0.0.0.0:80", routes: configuration })],
    });
    const request = { authority: "a", path: "/" };
    expect(
      runRouteTests(snapshot, [
        { name: "good", request, want: { kind: "respond", route: "up" } },
        { name: "bad", request, want: { status: 204, cluster: "a" } },
      ]),
    ).toEqual([
      { name: "good", passed: true, failures: [] },
      {
        name: "bad",
        passed: false,
        failures: [
          { what: "status", want: "204", got: "200" },
          { what: "cluster", want: "a", got: "nothing" },
        ],
      },
    ]);
  });
});
