// One graph for each row of configuration that the builders cover; the goldens are made of them and Envoy is asked about
// each.
import {
  accessLog,
  cluster,
  endpoints,
  filterChain,
  type Graph,
  healthCheck,
  httpFilter,
  listener,
  loadBalancing,
  networkFilter,
  retry,
  route,
  routeConfiguration,
  secret,
  tls,
  tracing,
  virtualHost,
} from "@netmason/xds";
import { discoveryGraphs } from "./discovery-graphs.js";
import { filterGraphs } from "./filter-graphs.js";
import { address, allow, anyPath, app, oneHost, SECRET_FILE, service, toApp, toService, web } from "./gateway-parts.js";

function upstream(...clusters: NonNullable<Graph["clusters"]>): Graph {
  return { ...web(), clusters: [app, service, ...clusters] };
}

const ENDPOINT = [{ address: "127.0.0.1:8443" }] as const;
const POLICIES = {
  roundRobin: loadBalancing.roundRobin({ slowStartConfig: { slowStartWindow: "10s" } }),
  leastRequest: loadBalancing.leastRequest({ choiceCount: 3 }),
  random: loadBalancing.random(),
  ringHash: loadBalancing.ringHash({ minimumRingSize: "1024", maximumRingSize: "2048" }),
  maglev: loadBalancing.maglev({ tableSize: "65537" }),
  wrrLocality: loadBalancing.wrrLocality({ blackoutPeriod: "1s" }),
  clientSideWeighted: loadBalancing.clientSideWeighted({ blackoutPeriod: "1s" }),
  subset: loadBalancing.subset(
    { subsetSelectors: [{ keys: ["version"] }], fallbackPolicy: "ANY_ENDPOINT" },
    loadBalancing.random(),
  ),
  overrideHost: loadBalancing.overrideHost(
    { overrideHostSources: [{ header: "x-endpoint" }] },
    loadBalancing.roundRobin(),
  ),
};

const routes: Readonly<Record<string, Graph>> = {
  "routes: matches": web(
    {},
    oneHost(
      route.to("app", { name: "exact", match: { path: "/a", method: "GET" } }),
      route.to("app", {
        match: { pathPrefix: "/b", headers: { "x-a": "1", "x-b": { prefix: "p" }, "x-c": { present: false } } },
      }),
      route.to("app", {
        match: { regex: "/c/[0-9]+", headers: { "x-d": { not: { suffix: "s" } }, "x-e": { contains: "c" } } },
      }),
      route.to("app", { match: { prefix: "/", query: { q: "1", r: { regex: "[a-z]+" }, s: { present: true } } } }),
    ),
  ),
  "routes: actions": web(
    {},
    oneHost(
      route.to("app", {
        match: { prefix: "/a" },
        timeout: "0s",
        rewrite: { prefix: "/z" },
        host: { literal: "app.internal" },
      }),
      route.to("app", {
        match: { prefix: "/b" },
        rewrite: { regex: { pattern: "^/b/(.*)", substitution: "/\\1" } },
        host: { from: "endpoint" },
      }),
      route.split(
        [
          { name: "app", weight: 95 },
          { name: "service", weight: 5 },
        ],
        { match: { prefix: "/c" } },
      ),
      route.redirect({
        match: { prefix: "/d" },
        to: { scheme: "https", host: "example.com", port: 8443, path: "/new", status: 308 },
      }),
      route.redirect({ match: { prefix: "/e" }, to: { scheme: "http", prefix: "/f", stripQuery: true } }),
      route.respond({ match: { prefix: "/g" }, status: 418, body: "no" }),
      toApp,
    ),
  ),
  "routes: retries": web(
    {},
    oneHost(
      route.to("app", {
        match: anyPath,
        retry: retry({
          on: ["5xx", "reset", "retriable-status-codes"],
          count: 3,
          perTryTimeout: "1s",
          statusCodes: [429],
          backoff: { base: "0.1s", max: "1s" },
        }),
      }),
    ),
  ),
  "routes: virtual host": web(
    {},
    routeConfiguration({
      name: "routes",
      virtualHosts: [
        virtualHost({
          name: "a",
          domains: ["a.example.com", "*.a.example.com"],
          routes: [toApp],
          requireTls: true,
          retry: retry({ on: ["5xx"] }),
        }),
        virtualHost({
          name: "b",
          domains: ["*"],
          routes: [],
          overrides: { virtualHost: { includeRequestAttemptCount: true } },
        }),
      ],
      overrides: { routeConfiguration: { ignorePortInHostMatching: true } },
    }),
  ),
};

const clusters: Readonly<Record<string, Graph>> = {
  ...Object.fromEntries(
    Object.entries(POLICIES).map(([name, policy]) => [
      `balancing: ${name}`,
      upstream(
        cluster.static({
          name: "b",
          loadBalancing: policy,
          endpoints: [{ ...ENDPOINT[0], metadata: { version: "1" } }],
        }),
      ),
    ]),
  ),
  "clusters: EDS": upstream(
    cluster.eds({ name: "b", source: SECRET_FILE, serviceName: "b-service", connectTimeout: "1s" }),
  ),
  "clusters: DNS": upstream(
    cluster.dns({ name: "strict", host: "localhost", port: 80, protocol: "http1" }),
    cluster.dns({ name: "logical", host: "localhost", port: 80, mode: "logical" }),
  ),
  "clusters: aggregate": upstream(cluster.aggregate({ name: "b", clusters: ["app", "service"] })),
  "clusters: original destination": upstream(cluster.originalDst({ name: "b" })),
  "clusters: protocols": upstream(
    cluster.static({ name: "auto", protocol: "auto", tls: tls.upstream({ trust: "system" }), endpoints: ENDPOINT }),
    cluster.static({ name: "downstream", protocol: "downstream", endpoints: ENDPOINT }),
  ),
  "clusters: endpoints": upstream(
    cluster.static({
      name: "b",
      endpoints: [
        { address: "10.0.0.1:80", weight: 3, hostname: "one", locality: { region: "eu", zone: "a" } },
        { address: "[::1]:80", health: "draining", hashKey: "two", locality: { region: "eu", zone: "a" } },
        { address: "10.0.0.2:80", priority: 1, locality: { region: "us" } },
        { address: "/run/app.sock", priority: 1 },
      ],
    }),
  ),
  "clusters: localities": upstream(
    cluster.static({
      name: "b",
      endpoints: [],
      overrides: {
        cluster: {
          loadAssignment: endpoints({
            cluster: "b",
            localities: [
              { locality: { region: "eu" }, weight: 3, endpoints: [{ address: "10.0.0.1:80", health: "degraded" }] },
              { locality: { region: "us" }, weight: 1, priority: 1, endpoints: [{ address: "10.0.0.2:80" }] },
            ],
          }),
        },
      },
    }),
  ),
  "clusters: health checks": upstream(
    cluster.static({
      name: "b",
      protocol: "http2",
      endpoints: ENDPOINT,
      healthChecks: [
        healthCheck.http({
          name: "http",
          path: "/healthz",
          interval: "5s",
          timeout: "1s",
          unhealthyThreshold: 3,
          healthyThreshold: 1,
        }),
        healthCheck.tcp({
          name: "tcp",
          send: "50494e47",
          receive: ["504f4e47"],
          interval: "5s",
          timeout: "1s",
          unhealthyThreshold: 3,
          healthyThreshold: 1,
        }),
        healthCheck.grpc({
          name: "grpc",
          serviceName: "shop",
          interval: "5s",
          timeout: "1s",
          unhealthyThreshold: 3,
          healthyThreshold: 1,
        }),
      ],
    }),
  ),
  "clusters: TLS": upstream(
    cluster.static({
      name: "system",
      endpoints: ENDPOINT,
      tls: tls.upstream({ trust: "system", serverName: "example.com", alpn: ["h2"] }),
    }),
    cluster.static({ name: "insecure", endpoints: ENDPOINT, tls: tls.upstream({ trust: "insecure" }) }),
    cluster.static({
      name: "mesh",
      endpoints: ENDPOINT,
      tls: tls.upstream({
        trust: { sds: "mesh-ca", source: SECRET_FILE },
        certificate: { sds: "client", source: SECRET_FILE },
        names: ["spiffe://mesh/app"],
      }),
    }),
  ),
};

const json = { method: "%REQ(:METHOD)%", code: "%RESPONSE_CODE%", nested: { took: "%DURATION%" } };

const observability: Readonly<Record<string, Graph>> = {
  "logs: text and JSON": web({
    accessLogs: [
      accessLog.stdout(),
      accessLog.stdout({ text: "%START_TIME(%s.%3f)% %REQ(X-A?:PATH):20% 100%%" }),
      accessLog.file({ path: "/dev/null", json }),
    ],
  }),
  "logs: services": web({
    accessLogs: [
      accessLog.grpc({ service: toService, logName: "web" }),
      accessLog.openTelemetry({ service: toService, logName: "web", text: "%RESPONSE_CODE%" }),
    ],
  }),
  "logs: filtered": web({
    accessLogs: [
      accessLog.stdout({
        filter: { statusCodeFilter: { comparison: { op: "GE", value: { defaultValue: 500, runtimeKey: "log.min" } } } },
      }),
    ],
  }),
  "tracing: OpenTelemetry": web({
    tracing: tracing.openTelemetry({ grpc: toService, serviceName: "web", samplePercent: 5 }),
  }),
};

const listeners: Readonly<Record<string, Graph>> = {
  "listeners: chains": {
    listeners: [
      listener.of({
        name: "mesh",
        address,
        traffic: "inbound",
        originalDst: true,
        proxyProtocol: true,
        chains: [
          filterChain.http({ name: "http", match: { destinationPort: 80 }, routes: oneHost(toApp) }),
          filterChain.tcp({
            name: "split",
            match: { destinationPort: 81 },
            clusters: [
              { name: "app", weight: 9 },
              { name: "service", weight: 1 },
            ],
          }),
          filterChain.tcp({
            name: "sni",
            match: { serverNames: ["*.example.com"], transportProtocol: "tls" },
            cluster: "app",
            filters: [networkFilter.rbac({ statPrefix: "rbac", rules: allow })],
          }),
        ],
        defaultChain: filterChain.tcp({ name: "rest", cluster: "app" }),
      }),
    ],
    clusters: [app, service],
  },
  "listeners: mutual TLS by SDS": {
    ...web({
      tls: tls.downstream({
        certificates: [{ sds: "server", source: SECRET_FILE }],
        clients: { trust: { sds: "mesh-ca", source: SECRET_FILE }, names: ["spiffe://mesh/client"] },
        alpn: ["h2", "http/1.1"],
      }),
    }),
  },
  "listeners: overrides": web({
    statPrefix: "edge",
    overrides: { listener: { perConnectionBufferLimitBytes: 32_768 }, connectionManager: { useRemoteAddress: true } },
  }),
  "listeners: any filters": {
    listeners: [
      listener.of({
        name: "echo",
        address,
        chains: [
          filterChain.of({
            name: "echo",
            filters: [
              networkFilter.typed("limit", {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
                statPrefix: "echo",
                maxConnections: "100",
              }),
              networkFilter.typed("echo", {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo",
              }),
            ],
          }),
        ],
      }),
    ],
  },
  "listeners: proxyless gRPC": {
    listeners: [listener.grpc({ name: "greeter", routes: oneHost(toApp), filters: [httpFilter.fault()] })],
    clusters: [app],
  },
  "secrets: certificate and trust": {
    ...web(),
    secrets: [
      secret.certificate({ name: "server", certificatePem: "the chain", keyPem: "the key" }),
      secret.trust({ name: "mesh-ca", caPem: "the authorities" }),
    ],
  },
  "secrets: generic": { ...web(), secrets: [secret.generic({ name: "token", text: "t" })] },
};

/** By name. */
export const builderGraphs: Readonly<Record<string, Graph>> = {
  ...listeners,
  ...routes,
  ...filterGraphs,
  ...clusters,
  ...observability,
  ...discoveryGraphs,
};
