import {
  accessLog,
  assertCompile,
  type CompileOptions,
  cluster,
  compile,
  encodeResource,
  endpoints,
  filterChain,
  formatIssues,
  type Graph,
  grpcService,
  httpFilter,
  isXdsError,
  listener,
  perFilter,
  recompile,
  route,
  routeConfiguration,
  secret,
  tls,
  tracing,
  typeUrls,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";

const FILTERS = "type.googleapis.com/envoy.extensions.filters.http";
const ROUTER = { "@type": `${FILTERS}.router.v3.Router` } as const;
const toLost = grpcService({ cluster: "lost" });
const found = (graph: Graph, options?: CompileOptions): string[] =>
  compile(graph, options).issues.map(
    ({ severity, rule, resource, path }) => `${severity} ${rule} ${resource.name} ${path}`,
  );
const missing = (graph: Graph): string[] =>
  found(graph, { severity: { unused_resource: "off", http2_required: "off" } });
const HCM = "/filterChains/0/filters/0/typedConfig";
const host = (...routes: Parameters<typeof virtualHost>[0]["routes"]) =>
  routeConfiguration({ name: "r", virtualHosts: [virtualHost({ name: "v", domains: ["*"], routes })] });
const web = (input: Partial<Parameters<typeof listener.http>[0]>): Graph => ({
  listeners: [listener.http({ name: "web", address: "0.0.0.0:80", routes: host(), ...input })],
});

describe("missing references", () => {
  it.each<[string, Graph, string]>([
    ["of RDS", web({ routes: { rds: "lost" } }), `web ${HCM}/rds/routeConfigName`],
    [
      "of a route",
      web({ routes: host(route.to("lost", { match: { prefix: "/" } })) }),
      `web ${HCM}/routeConfig/virtualHosts/0/routes/0/route/cluster`,
    ],
    [
      "of TCP",
      {
        listeners: [
          listener.of({ name: "web", address: "0.0.0.0:80", chains: [filterChain.tcp({ cluster: "lost" })] }),
        ],
      },
      "web /filterChains/0/filters/0/typedConfig/cluster",
    ],
    [
      "of a share of TCP",
      {
        listeners: [
          listener.of({
            name: "web",
            address: "0.0.0.0:80",
            chains: [filterChain.tcp({ clusters: [{ name: "lost", weight: 1 }] })],
          }),
        ],
      },
      "web /filterChains/0/filters/0/typedConfig/weightedClusters/clusters/0/name",
    ],
    [
      "of rate limits",
      web({ filters: [httpFilter.rateLimit({ domain: "d", service: toLost })] }),
      `web ${HCM}/httpFilters/0/typedConfig/rateLimitService/grpcService/envoyGrpc/clusterName`,
    ],
    [
      "of ext_authz",
      web({
        filters: [httpFilter.extAuthz({ http: { serverUri: { uri: "http://a", cluster: "lost", timeout: "1s" } } })],
      }),
      `web ${HCM}/httpFilters/0/typedConfig/httpService/serverUri/cluster`,
    ],
    [
      "of keys for JWT",
      web({
        filters: [
          httpFilter.jwt({
            providers: { "a/b": { remoteJwks: { httpUri: { uri: "http://a", cluster: "lost", timeout: "1s" } } } },
          }),
        ],
      }),
      `web ${HCM}/httpFilters/0/typedConfig/providers/a~1b/remoteJwks/httpUri/cluster`,
    ],
    [
      "of tracing",
      web({ tracing: tracing.openTelemetry({ grpc: toLost, serviceName: "s" }) }),
      `web ${HCM}/tracing/provider/typedConfig/grpcService/envoyGrpc/clusterName`,
    ],
    [
      "of an access log service",
      web({ accessLogs: [accessLog.openTelemetry({ service: toLost, logName: "l" })] }),
      `web ${HCM}/accessLog/0/typedConfig/grpcService/envoyGrpc/clusterName`,
    ],
    ["of EDS", { clusters: [cluster.eds({ name: "a" })] }, "a /edsClusterConfig"],
    [
      "of an EDS service",
      { clusters: [cluster.eds({ name: "a", serviceName: "lost" })] },
      "a /edsClusterConfig/serviceName",
    ],
    [
      "of an aggregate",
      { clusters: [cluster.aggregate({ name: "a", clusters: ["lost"] })] },
      "a /clusterType/typedConfig/clusters/0",
    ],
    [
      "of a secret",
      { clusters: [cluster.static({ name: "a", endpoints: [], tls: tls.upstream({ trust: { sds: "lost" } }) })] },
      "a /transportSocket/typedConfig/commonTlsContext/validationContextSdsSecretConfig/name",
    ],
    [
      "of a discovered filter",
      web({
        filters: [
          {
            name: "lost",
            configDiscovery: { configSource: { ads: {} }, typeUrls: ["envoy.extensions.filters.http.cors.v3.Cors"] },
          },
        ],
      }),
      `web ${HCM}/httpFilters/0/name`,
    ],
    [
      "of a scope",
      { scopedRoutes: [{ name: "s", routeConfigurationName: "lost", key: { fragments: [{ stringKey: "a" }] } }] },
      "s /routeConfigurationName",
    ],
  ])("%s", (_, graph, want) => {
    expect(missing(graph)).toEqual([`error missing_reference ${want}`]);
  });

  it("of routes sent by RDS are warnings, as Envoy takes them, unless they ask", () => {
    const routes = host(route.to("lost", { match: { prefix: "/" } }));
    const path = "/virtualHosts/0/routes/0/route/cluster";
    expect(missing({ routes: [routes] })).toEqual([`warning missing_reference r ${path}`]);
    expect(missing({ routes: [{ ...routes, validateClusters: true }] })).toEqual([`error missing_reference r ${path}`]);
  });

  it("that come from elsewhere are none", () => {
    const graph: Graph = { clusters: [cluster.eds({ name: "a", source: { pathConfigSource: { path: "/a" } } })] };
    expect(missing(graph)).toEqual([]);
    const aggregate: Graph = { clusters: [cluster.aggregate({ name: "a", clusters: ["lost"] })] };
    const off = { unused_resource: "off" } as const;
    expect(found(aggregate, { external: [{ typeUrl: typeUrls.cluster, name: "lost" }], severity: off })).toEqual([]);
    expect(found(aggregate, { external: "any", severity: off })).toEqual([
      "warning missing_reference a /clusterType/typedConfig/clusters/0",
    ]);
  });
});

describe("unused resources", () => {
  it("are those that nothing names", () => {
    const graph: Graph = {
      clusters: [cluster.static({ name: "a", endpoints: [] })],
      endpoints: [endpoints({ cluster: "b", endpoints: [] })],
      routes: [host()],
      secrets: [secret.generic({ name: "s", text: "t" })],
    };
    expect(found(graph)).toEqual(["r", "a", "b", "s"].map((name) => `warning unused_resource ${name} `));
  });

  it("are no clusters where a request chooses one", () => {
    const byHeader = route.to("a", {
      match: { prefix: "/" },
      overrides: { route: { route: { clusterHeader: "x-cluster" } } },
    });
    const graph: Graph = {
      ...web({ routes: host(byHeader) }),
      clusters: [cluster.static({ name: "any", endpoints: [] })],
    };
    expect(found(graph)).toEqual([]);
  });
});

describe("what lies between resources", () => {
  it("gRPC wants HTTP/2", () => {
    const graph: Graph = {
      ...web({ filters: [httpFilter.rateLimit({ domain: "d", service: toLost })] }),
      clusters: [cluster.static({ name: "lost", endpoints: [] })],
    };
    expect(found(graph)).toEqual([
      `warning http2_required web ${HCM}/httpFilters/0/typedConfig/rateLimitService/grpcService/envoyGrpc/clusterName`,
    ]);
  });

  it("overrides by RDS are for filters that are there", () => {
    const a = route.to("a", { match: { prefix: "/" }, perFilter: perFilter.cors({}) });
    const graph = { clusters: [cluster.static({ name: "a", endpoints: [] })], routes: [host(a)] };
    expect(found({ ...graph, ...web({ routes: { rds: "r" }, filters: [httpFilter.cors()] }) })).toEqual([]);
    expect(found({ ...graph, ...web({ routes: { rds: "r" } }) })).toEqual([
      "error unknown_filter_override r /virtualHosts/0/routes/0/typedPerFilterConfig/envoy.filters.http.cors",
    ]);
  });

  it("overrides may be for filters of upgrades", () => {
    const own = [{ ...httpFilter.cors(), name: "own" }, httpFilter.typed("router", ROUTER)];
    const a = route.to("a", { match: { prefix: "/" }, perFilter: perFilter.disable("own") });
    const upgradeConfigs = [{ upgradeType: "websocket", filters: own }];
    const clusters = [cluster.static({ name: "a", endpoints: [] })];
    const graph = { clusters, ...web({ routes: host(a), overrides: { connectionManager: { upgradeConfigs } } }) };
    expect(found(graph)).toEqual([]);
  });

  it.each(["inline", "by RDS"])("overrides may be for filters towards the cluster, routes %s", (kind) => {
    const towards = (name: string) => {
      const codec = httpFilter.typed("codec", { "@type": `${FILTERS}.upstream_codec.v3.UpstreamCodec` as const });
      const httpFilters = [{ ...httpFilter.headerMutation({}), name }, codec];
      return cluster.static({
        name: "a",
        endpoints: [],
        protocol: "http1",
        overrides: { protocolOptions: { httpFilters } },
      });
    };
    const routes = host(route.to("a", { match: { prefix: "/" }, perFilter: perFilter.disable("towards") }));
    const rest: Graph = kind === "inline" ? web({ routes }) : { ...web({ routes: { rds: "r" } }), routes: [routes] };
    const [path, name] = kind === "inline" ? [`${HCM}/routeConfig`, "web"] : ["", "r"];
    const wrong = [
      `error unknown_filter_override ${name} ${path}/virtualHosts/0/routes/0/typedPerFilterConfig/towards`,
    ];
    expect(found({ ...rest, clusters: [towards("towards")] })).toEqual([]);
    expect(found({ ...rest, clusters: [towards("other")] })).toEqual(wrong);
    const told = ({ issues }: ReturnType<typeof compile>): string[] => issues.map(({ rule }) => rule);
    const good = compile({ ...rest, clusters: [towards("towards")] });
    const bad = recompile(good, { put: { clusters: [towards("other")] } });
    expect([told(bad), told(recompile(bad, { put: { clusters: [towards("towards")] } }))]).toEqual([
      ["unknown_filter_override"],
      [],
    ]);
  });

  it("overrides are doubtful where a request chooses the cluster", () => {
    const chosen = route.to("a", {
      match: { prefix: "/" },
      perFilter: perFilter.disable("towards"),
      overrides: { action: { clusterHeader: "x" } },
    });
    const { cluster: _, ...action } = chosen.route ?? {};
    const graph = web({ routes: host({ ...chosen, route: action }) });
    expect(found(graph)).toEqual([
      `warning unknown_filter_override web ${HCM}/routeConfig/virtualHosts/0/routes/0/typedPerFilterConfig/towards`,
    ]);
  });

  it("a resource as bytes is known by what is in it", () => {
    const service = grpcService({ cluster: "a" });
    const graph = web({ filters: [httpFilter.rateLimit({ domain: "d", service })] });
    const bytesOf = (protocol: "http1" | "http2") => {
      const body = cluster.static({ name: "a", endpoints: [], protocol });
      return encodeResource({ typeUrl: typeUrls.cluster, name: "a", body });
    };
    expect(found({ ...graph, others: [bytesOf("http2")] })).toEqual([]);
    expect(found({ ...graph, others: [bytesOf("http1")] })).toEqual([
      `warning http2_required web ${HCM}/httpFilters/0/typedConfig/rateLimitService/grpcService/envoyGrpc/clusterName`,
    ]);
    expect(found({ others: [{ typeUrl: typeUrls.cluster, name: "a", bytes: Uint8Array.of(0xff) }] })).toEqual([
      "error wrong_type a ",
      "warning unused_resource a ",
    ]);
  });

  it("a layer of the runtime names what RTDS sends", () => {
    const layers = [{ name: "l", rtdsLayer: { name: "lost", rtdsConfig: { ads: {} } } }];
    const body = { node: { id: "n", cluster: "c" }, layeredRuntime: { layers } };
    const typeUrl = "type.googleapis.com/envoy.config.bootstrap.v3.Bootstrap";
    const others = [{ typeUrl, name: "b", body }] as NonNullable<Graph["others"]>;
    const wrong = ["error missing_reference b /layeredRuntime/layers/0/rtdsLayer/name"];
    expect(found({ others })).toEqual(wrong);
    expect(found({ others, runtimes: [{ name: "lost", layer: {} }] })).toEqual([]);
  });
});

describe("compile", () => {
  const loose = { name: "a", connect_timeout: "0s", lb_policy: null } as Graph extends {
    clusters?: readonly (infer C)[];
  }
    ? C
    : never;

  it("takes names of the .proto file and nulls, and freezes what it was given", () => {
    expect(found({ clusters: [loose] }, { severity: { unused_resource: "off", ignored_field: "off" } })).toEqual([
      "error field_rule a /connect_timeout",
    ]);
    expect(Object.isFrozen(loose)).toBe(true);
    const made = cluster.dns({ name: "d", host: "d", port: 80 });
    compile({ clusters: [made] });
    expect(() => Object.assign(made.loadAssignment?.endpoints?.[0] ?? {}, { priority: 3 })).toThrow(TypeError);
  });

  it("tells a wrong type in names of the .proto file", () => {
    const broken: NonNullable<Graph["clusters"]>[number] = JSON.parse('{"name":"a","load_assignment":{"endpoints":5}}');
    expect(found({ clusters: [broken] })).toContain("error wrong_type a /load_assignment/endpoints");
  });

  it("prints no secret", () => {
    const json =
      '{"name":"s","tlsCertificate":{"privateKey":{"inlineString":"SECRET-KEY","nope":"SECRET"},"password":{"inlineString":12345}}}';
    const broken: NonNullable<Graph["secrets"]>[number] = JSON.parse(json);
    const text = formatIssues(compile({ secrets: [broken] }).issues);
    expect(text).toContain("unknown_field");
    expect(text).not.toMatch(/SECRET|12345/);
  });

  it("tells a name twice, and a resource without one", () => {
    const twice = cluster.static({ name: "a", endpoints: [] });
    expect(found({ clusters: [twice, { ...twice }] })).toEqual([
      "error duplicate_name a ",
      "warning unused_resource a ",
    ]);
    const broken = { ...twice, connectTimeout: "0s" } as const;
    expect(found({ clusters: [twice, broken] })).toEqual([
      "error duplicate_name a ",
      "error field_rule a /connectTimeout",
      "warning unused_resource a ",
    ]);
    expect(found({ endpoints: [{}] })).toContain("error envoy_refuses  /clusterName");
  });

  it("takes own types as bytes, and refuses bodies it cannot encode", () => {
    const typeUrl = "type.googleapis.com/acme.Quota";
    const { snapshot } = compile({
      others: [{ typeUrl, name: "q", bytes: Uint8Array.of(1), refs: [{ typeUrl: typeUrls.cluster, name: "a" }] }],
    });
    expect(snapshot?.get(typeUrl, "q")?.refs).toEqual([{ typeUrl: typeUrls.cluster, name: "a" }]);
    expect(found({ others: [{ typeUrl, name: "q", body: {} }] })).toEqual(["error unknown_type_url q "]);
  });

  it("adds what gRPC clients refuse", () => {
    const graph: Graph = {
      listeners: [listener.grpc({ name: "greeter", routes: { rds: "r" } })],
      routes: [host(route.to("a", { match: { prefix: "" } }))],
      clusters: [cluster.eds({ name: "a" })],
      endpoints: [endpoints({ cluster: "a", endpoints: [{ address: "10.0.0.1:1" }] })],
    };
    expect(found(graph)).toEqual([]);
    expect(found(graph, { target: "grpc" })).toEqual([
      "error grpc_unsupported a /endpoints/0/locality",
      "error grpc_unsupported a /endpoints/0/loadBalancingWeight",
    ]);
    const localities = [{ locality: { region: "eu" }, weight: 1, endpoints: [{ address: "10.0.0.1:1" }] }];
    expect(found({ ...graph, endpoints: [endpoints({ cluster: "a", localities })] }, { target: "grpc" })).toEqual([]);
    const old: Graph = { clusters: [cluster.static({ name: "a", endpoints: [] })] };
    expect(found(old, { target: "grpc", severity: { unused_resource: "off" } })).toEqual([
      "error grpc_unsupported a /type",
    ]);
  });

  it("throws all issues where asked", () => {
    let thrown: unknown;
    try {
      assertCompile({ clusters: [cluster.eds({ name: "a" })] });
    } catch (error) {
      thrown = isXdsError(error, "invalid_resources") ? error.details.issues.map(({ rule }) => rule) : error;
    }
    expect(thrown).toEqual(["unused_resource", "missing_reference"]);
  });
});

describe("recompile", () => {
  const eds = (name: string) => cluster.eds({ name });
  const cla = (name: string) => endpoints({ cluster: name, endpoints: [{ address: "10.0.0.1:1" }] });
  const options = { onError: "keepPrevious", severity: { unused_resource: "off" } } as const;
  const first = compile({ clusters: [eds("a"), eds("b")], endpoints: [cla("a"), cla("b")] }, options);

  it("keeps the last good version of a bad change", () => {
    const bad = { ...eds("a"), connectTimeout: "0s" } as const;
    const next = recompile(first, { put: { clusters: [bad, { ...eds("b"), connectTimeout: "2s" }] } });
    expect(next.kept).toEqual([{ typeUrl: typeUrls.cluster, name: "a" }]);
    expect(next.issues.map(({ rule, path }) => `${rule} ${path}`)).toEqual(["field_rule /connectTimeout"]);
    expect(next.snapshot?.get(typeUrls.cluster, "a")).toBe(first.snapshot?.get(typeUrls.cluster, "a"));
    expect(next.snapshot?.get(typeUrls.cluster, "b")).not.toBe(first.snapshot?.get(typeUrls.cluster, "b"));
    expect(recompile(next, { put: { clusters: [eds("a")] } }).issues).toEqual([]);
  });

  it("keeps what others need, and leaves out what never was good", () => {
    const next = recompile(first, {
      put: { clusters: [eds("c")] },
      remove: [{ typeUrl: typeUrls.endpoints, name: "b" }],
    });
    expect(next.kept.map(({ name }) => name)).toEqual(["c", "b"]);
    expect([...(next.snapshot?.list(typeUrls.cluster) ?? [])].map(({ name }) => name)).toEqual(["a", "b"]);
    expect(next.snapshot?.version).toBe(first.snapshot?.version);
  });

  it("keeps all when a change breaks what did not change", () => {
    const a = route.to("a", { match: { prefix: "/" }, perFilter: perFilter.cors({}) });
    const routes = [
      routeConfiguration({ name: "r", virtualHosts: [virtualHost({ name: "v", domains: ["*"], routes: [a] })] }),
    ];
    const web = (...filters: ReturnType<typeof httpFilter.cors>[]) =>
      listener.http({ name: "l", address: "0.0.0.0:80", routes: { rds: "r" }, filters });
    const listeners = [web(httpFilter.cors())];
    const start = recompile(first, { put: { listeners, routes } });
    expect(start.snapshot?.count(typeUrls.listener)).toBe(1);
    const next = recompile(start, { put: { listeners: [web()] } });
    expect(next.kept).toEqual([{ typeUrl: typeUrls.listener, name: "l" }]);
    expect(next.issues.map(({ rule }) => rule)).toEqual(["unknown_filter_override"]);
    expect(next.snapshot?.version).toBe(start.snapshot?.version);
  });

  it("gives what compile gives for the same graph", () => {
    const graph: Graph = { clusters: [eds("a"), eds("x")], endpoints: [cla("a"), cla("b"), cla("x")] };
    const strict = { severity: { unused_resource: "off" } } as const;
    const start = compile({ clusters: [eds("a"), eds("b")], endpoints: [cla("a"), cla("b")] }, strict);
    const next = recompile(start, {
      put: { clusters: [eds("x")], endpoints: [cla("x")] },
      remove: [{ typeUrl: typeUrls.cluster, name: "b" }],
    });
    expect(next.snapshot?.version).toBe(compile(graph, strict).snapshot?.version);
    expect(start.snapshot?.count(typeUrls.cluster)).toBe(2);
  });

  it("takes only what compile returned", () => {
    expect(() => recompile({ snapshot: undefined, issues: [], kept: [] }, {})).toThrow(TypeError);
  });
});
