// A small graph that Envoy takes, and ways to break it in one place.
import { cluster, type Graph, listener, route, virtualHost } from "@netmason/xds";

const ENVOY = "type.googleapis.com/envoy.";
type Url = `${typeof ENVOY}${string}`;
/** Loose JSON: what a builder's types would refuse to write. */
export type Loose = Readonly<Record<string, unknown>>;

/** A type URL of Envoy's, without its beginning. */
export function url(name: string): Url {
  return `${ENVOY}${name}`;
}

/** What has a name and a typed configuration. */
export function typed(type: string, config: Loose = {}): Loose {
  return { name: "x", typedConfig: { "@type": url(type), ...config } };
}

export const ROUTER: Loose = {
  name: "router",
  typedConfig: { "@type": url("extensions.filters.http.router.v3.Router") },
};
export const CORS: Loose = { name: "cors", typedConfig: { "@type": url("extensions.filters.http.cors.v3.Cors") } };
export const ADS: Loose = { ads: {}, resourceApiVersion: "V3" };
export const TARGET: Loose = cluster.static({
  name: "a",
  protocol: "http2",
  endpoints: [{ address: "127.0.0.1:1" }],
}) as Loose;

/** A graph of loose parts, as JSON from a file would be. */
export function graphOf(parts: { readonly listeners?: readonly Loose[]; readonly clusters?: readonly Loose[] }): Graph {
  return { listeners: [], clusters: [TARGET], ...parts } as Graph;
}

export function withListener(parts: Loose): Graph {
  const base = listener.http({ name: "l", address: "127.0.0.1:0", routes: { virtualHosts: [host({})] } });
  return graphOf({ listeners: [{ ...base, ...parts } as Loose] });
}

export function withChains(...filterChains: readonly Loose[]): Graph {
  return withListener({ filterChains });
}

export function manager(parts: Loose): Loose {
  const type = url("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
  const routeConfig = { name: "r", virtualHosts: [host({})] };
  return {
    name: "http",
    typedConfig: { "@type": type, statPrefix: "s", routeConfig, httpFilters: [ROUTER], ...parts },
  };
}

export function withManager(parts: Loose): Graph {
  return withChains({ filters: [manager(parts)] });
}

export function withFilter(name: string, config: Loose): Graph {
  return withManager({ httpFilters: [{ name: "f", typedConfig: { "@type": url(name), ...config } }, ROUTER] });
}

export function host(parts: Loose): Loose {
  const routes = [route.to("a", { match: { prefix: "/" } })];
  return { ...virtualHost({ name: "v", domains: ["*"], routes }), ...parts };
}

export function withHosts(...virtualHosts: readonly Loose[]): Graph {
  return withManager({ routeConfig: { name: "r", virtualHosts } });
}

export function withRoute(parts: Loose): Graph {
  return withHosts(host({ routes: [{ match: { prefix: "/" }, ...parts }] }));
}

export function withAction(parts: Loose): Graph {
  return withRoute({ route: { cluster: "a", ...parts } });
}

export function tcpProxy(parts: Loose): Loose {
  return {
    name: "tcp",
    typedConfig: {
      "@type": url("extensions.filters.network.tcp_proxy.v3.TcpProxy"),
      statPrefix: "t",
      cluster: "a",
      ...parts,
    },
  };
}

export function endpointAt(address: string, portValue: number): Loose {
  return { endpoint: { address: { socketAddress: { address, portValue } } } };
}

/** A static cluster of one endpoint, and a listener that forwards to it. */
export function withCluster(parts: Loose): Graph {
  const loadAssignment = { clusterName: "b", endpoints: [{ lbEndpoints: [endpointAt("127.0.0.1", 1)] }] };
  const used = withChains({ filters: [tcpProxy({ cluster: "b" })] });
  return {
    ...used,
    ...graphOf({ clusters: [TARGET, { name: "b", type: "STATIC", loadAssignment, ...parts }] }),
    listeners: used.listeners ?? [],
  };
}

export function withEndpoints(...endpoints: readonly Loose[]): Graph {
  return withCluster({ loadAssignment: { clusterName: "b", endpoints } });
}

export function withTransportSocket(name: string, context: Loose): Graph {
  return withCluster({
    transportSocket: {
      name: "tls",
      typedConfig: { "@type": url(`extensions.transport_sockets.tls.v3.${name}`), ...context },
    },
  });
}

export function withPolicy(name: string, config: Loose): Graph {
  const typedConfig = { "@type": url(`extensions.load_balancing_policies.${name}`), ...config };
  return withCluster({ loadBalancingPolicy: { policies: [{ typedExtensionConfig: { name: "p", typedConfig } }] } });
}

/** A graph with a bootstrap around it, of a node with both its names. */
export function withBootstrap(parts: Loose, graph: Graph = graphOf({})): Graph {
  const body = { node: { id: "n", cluster: "c" }, ...parts };
  return { ...graph, others: [{ typeUrl: url("config.bootstrap.v3.Bootstrap"), name: "b", body }] };
}

/** Where something is that does not matter. */
export const FILE: Loose = { pathConfigSource: { path: "/etc/hostname" }, resourceApiVersion: "V3" };

/** A graph with one fault. */
export interface BrokenGraph {
  readonly name: string;
  readonly graph: Graph;
  /** Rule and path of the issue. */
  readonly issue: string;
  /** What `--mode validate` of Envoy 1.40 does with it. */
  readonly envoy: "refuses" | "accepts";
}

export type BrokenRow = readonly [name: string, graph: Graph, issue: string, envoy?: "accepts"];

export function brokenGraphs(rows: readonly BrokenRow[]): readonly BrokenGraph[] {
  return rows.map(([name, graph, issue, envoy]): BrokenGraph => ({ name, graph, issue, envoy: envoy ?? "refuses" }));
}

/** Of health checks. */
export const CHECK: Loose = { timeout: "1s", interval: "1s", unhealthyThreshold: 1, healthyThreshold: 1 };

export function at(address: Loose): ReturnType<typeof withListener> {
  return withListener({ address: { socketAddress: { address: "127.0.0.1", portValue: 0, ...address } } });
}

export function withHealthCheck(http: Loose, parts: Loose = {}): ReturnType<typeof withCluster> {
  return withCluster({ healthChecks: [{ ...CHECK, httpHealthCheck: { path: "/", ...http } }], ...parts });
}

export function withDns(endpoint: Loose): ReturnType<typeof withCluster> {
  const loadAssignment = { clusterName: "b", endpoints: [{ lbEndpoints: [{ endpoint }] }] };
  return withCluster({ type: "STRICT_DNS", loadAssignment });
}

export function withProvider(provider: Loose, parts: Loose = {}): ReturnType<typeof withFilter> {
  return withFilter("extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
    providers: { p: { issuer: "i", ...provider } },
    ...parts,
  });
}

export function withKeysFrom(uri: string): ReturnType<typeof withFilter> {
  return withProvider({ remoteJwks: { httpUri: { uri, cluster: "a", timeout: "1s" } } });
}

export function withOAuth2(parts: Loose): ReturnType<typeof withFilter> {
  const config = {
    tokenEndpoint: { uri: "http://a/token", cluster: "a", timeout: "1s" },
    authorizationEndpoint: "https://a.example.com/login",
    redirectUri: "https://b.example.com/back",
    redirectPathMatcher: { path: { exact: "/back" } },
    signoutPath: { path: { exact: "/out" } },
    credentials: {
      clientId: "c",
      tokenSecret: { name: "t", sdsConfig: FILE },
      hmacSecret: { name: "h", sdsConfig: FILE },
    },
    ...parts,
  };
  return withFilter("extensions.filters.http.oauth2.v3.OAuth2", { config });
}

export function withDiscovered(configDiscovery: Loose): ReturnType<typeof withManager> {
  const filter = { name: "f", configDiscovery: { configSource: FILE, ...configDiscovery } };
  return withManager({ httpFilters: [filter, ROUTER] });
}

export function withPermission(permission: Loose): ReturnType<typeof withFilter> {
  const policies = { p: { permissions: [permission], principals: [{ any: true }] } };
  return withFilter("extensions.filters.http.rbac.v3.RBAC", { rules: { policies } });
}

export function withLog(parts: Loose): ReturnType<typeof withManager> {
  const type = url("extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig");
  const grpcService = { envoyGrpc: { clusterName: "a" } };
  return withManager({ accessLog: [{ name: "o", typedConfig: { "@type": type, grpcService, ...parts } }] });
}

export function withTracer(parts: Loose): ReturnType<typeof withManager> {
  const typedConfig = { "@type": url("config.trace.v3.OpenTelemetryConfig"), serviceName: "s", ...parts };
  return withManager({ tracing: { provider: { name: "o", typedConfig } } });
}

export function withOverride(override: Loose, filter: Loose = { ...CORS, name: "f" }): ReturnType<typeof withManager> {
  const routes = [{ match: { prefix: "/" }, route: { cluster: "a" }, typedPerFilterConfig: { f: override } }];
  const routeConfig = { name: "r", virtualHosts: [{ name: "v", domains: ["*"], routes }] };
  return withManager({ routeConfig, httpFilters: [filter, ROUTER] });
}

export function withScopes(scopedRoutes: Loose): ReturnType<typeof withManager> {
  const scopeKeyBuilder = {
    fragments: [{ headerValueExtractor: { name: "x-tenant", elementSeparator: ",", index: 0 } }],
  };
  return withManager({
    routeConfig: undefined,
    scopedRoutes: { name: "s", scopeKeyBuilder, rdsConfigSource: FILE, ...scopedRoutes },
  });
}

/** A context with something beside a secret that comes by discovery. */
export function withSecretBeside(defaultValidationContext: Loose): ReturnType<typeof withTransportSocket> {
  const validationContextSdsSecretConfig = { name: "s", sdsConfig: FILE };
  return withTransportSocket("UpstreamTlsContext", {
    commonTlsContext: { combinedValidationContext: { defaultValidationContext, validationContextSdsSecretConfig } },
  });
}

/** Filters towards clusters. */
export function withRouterFilters(...upstreamHttpFilters: readonly Loose[]): Graph {
  return withManager({ httpFilters: [typed("extensions.filters.http.router.v3.Router", { upstreamHttpFilters })] });
}
