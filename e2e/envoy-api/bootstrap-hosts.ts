import { type JsonFields, urlOf } from "./valid-documents.js";

/** Where a configuration type stands in a bootstrap. */
export interface Host {
  readonly types: RegExp;
  readonly wrap: (any: JsonFields) => JsonFields;
}

const ext = "envoy.extensions";
const router = { name: "router", typedConfig: { "@type": urlOf(`${ext}.filters.http.router.v3.Router`) } };
const address = { socketAddress: { address: "127.0.0.1", portValue: 0 } };
const staticCluster = { name: "c", type: "STATIC", connectTimeout: "1s" };

function managerOf(fields: JsonFields): JsonFields {
  return {
    "@type": urlOf(`${ext}.filters.network.http_connection_manager.v3.HttpConnectionManager`),
    statPrefix: "x",
    routeConfig: { virtualHosts: [{ name: "v", domains: ["*"], routes: [routeOf({})] }] },
    httpFilters: [router],
    ...fields,
  };
}

function routeOf(fields: JsonFields): JsonFields {
  return { match: { prefix: "/" }, directResponse: { status: 200 }, ...fields };
}

function listening(listener: JsonFields, filters: readonly JsonFields[]): JsonFields {
  const chain = { filters: filters.map((typedConfig, index) => ({ name: `f${index}`, typedConfig })) };
  return {
    staticResources: {
      clusters: [staticCluster],
      listeners: [{ name: "l", address, filterChains: [chain], ...listener }],
    },
  };
}

function managing(fields: JsonFields): JsonFields {
  return listening({}, [managerOf(fields)]);
}

function clustering(fields: JsonFields): JsonFields {
  return { staticResources: { clusters: [{ ...staticCluster, ...fields }] } };
}

function retrying(retryPolicy: JsonFields): JsonFields {
  const route = { match: { prefix: "/" }, route: { cluster: "c", retryPolicy } };
  return managing({ routeConfig: { virtualHosts: [{ name: "v", domains: ["*"], routes: [route] }] } });
}

const named = (any: JsonFields): JsonFields => ({ name: "x", typedConfig: any });
const tcpProxy: JsonFields = {
  "@type": urlOf(`${ext}.filters.network.tcp_proxy.v3.TcpProxy`),
  statPrefix: "x",
  cluster: "c",
};
const terminal =
  /\.(http_connection_manager|tcp_proxy|redis_proxy|thrift_proxy|dubbo_proxy|echo|direct_response|generic_proxy|reverse_tunnel)\./;

/**
 * In this order; the first that knows a type has it. DNS resolvers have none: `--mode validate` puts one of its own in
 * their place and does not read them.
 */
export const hosts: readonly Host[] = [
  { types: /^envoy\.config\.bootstrap\.v3\.Bootstrap$/, wrap: ({ "@type": _, ...bootstrap }) => bootstrap },
  {
    types: /^envoy\.extensions\.filters\.http\..*(PerRoute|PerRouteConfig|RouteConfig)$/,
    wrap: (any) =>
      managing({
        routeConfig: {
          virtualHosts: [{ name: "v", domains: ["*"], routes: [routeOf({ typedPerFilterConfig: { x: any } })] }],
        },
      }),
  },
  { types: /^envoy\.extensions\.filters\.http\./, wrap: (any) => managing({ httpFilters: [named(any), router] }) },
  {
    types: /^envoy\.extensions\.filters\.network\./,
    wrap: (any) => listening({}, terminal.test(String(any["@type"])) ? [any] : [any, tcpProxy]),
  },
  {
    types: /^envoy\.extensions\.filters\.listener\./,
    wrap: (any) => listening({ listenerFilters: [named(any)] }, [managerOf({})]),
  },
  {
    types: /^envoy\.extensions\.filters\.udp\.(udp_proxy|dns_filter|dynamic_modules)\.v3\./,
    wrap: (any) => ({
      staticResources: {
        clusters: [staticCluster],
        listeners: [
          {
            name: "l",
            address: { socketAddress: { protocol: "UDP", address: "127.0.0.1", portValue: 0 } },
            listenerFilters: [named(any)],
          },
        ],
      },
    }),
  },
  { types: /^envoy\.extensions\.access_loggers\./, wrap: (any) => managing({ accessLog: [named(any)] }) },
  {
    types: /^envoy\.extensions\.upstreams\.http\.v3\.HttpProtocolOptions$/,
    wrap: (any) =>
      clustering({ typedExtensionProtocolOptions: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": any } }),
  },
  {
    types: /^envoy\.extensions\.transport_sockets\..*(Downstream|QuicDownstream)/,
    wrap: (any) => {
      const chain = { filters: [named(managerOf({}))], transportSocket: named(any) };
      return {
        staticResources: { clusters: [staticCluster], listeners: [{ name: "l", address, filterChains: [chain] }] },
      };
    },
  },
  { types: /^envoy\.extensions\.transport_sockets\./, wrap: (any) => clustering({ transportSocket: named(any) }) },
  {
    types: /^envoy\.extensions\.load_balancing_policies\./,
    wrap: (any) => clustering({ loadBalancingPolicy: { policies: [{ typedExtensionConfig: named(any) }] } }),
  },
  {
    types: /^envoy\.extensions\.clusters\./,
    wrap: (any) => clustering({ type: undefined, clusterType: named(any), lbPolicy: "CLUSTER_PROVIDED" }),
  },
  {
    types: /^envoy\.extensions\.health_checkers\./,
    wrap: (any) =>
      clustering({
        healthChecks: [
          { timeout: "1s", interval: "1s", unhealthyThreshold: 1, healthyThreshold: 1, customHealthCheck: named(any) },
        ],
      }),
  },
  {
    types: /^envoy\.extensions\.resource_monitors\./,
    wrap: (any) => ({ overloadManager: { resourceMonitors: [named(any)] } }),
  },
  { types: /^envoy\.extensions\.bootstrap\./, wrap: (any) => ({ bootstrapExtensions: [named(any)] }) },
  {
    types: /^envoy\.(extensions\.stat_sinks\.|config\.metrics\.v3\.\w+Sink$)/,
    wrap: (any) => ({ statsSinks: [named(any)] }),
  },
  {
    types: /^envoy\.(extensions\.tracers\.(fluentd|dynamic_modules)\.|config\.trace\.v3\.\w+Config$)/,
    wrap: (any) => managing({ tracing: { provider: named(any) } }),
  },
  {
    types: /^envoy\.extensions\.compression\.\w+\.compressor\./,
    wrap: (any) =>
      managing({
        httpFilters: [
          named({ "@type": urlOf(`${ext}.filters.http.compressor.v3.Compressor`), compressorLibrary: named(any) }),
          router,
        ],
      }),
  },
  {
    types: /^envoy\.extensions\.compression\.\w+\.decompressor\./,
    wrap: (any) =>
      managing({
        httpFilters: [
          named({
            "@type": urlOf(`${ext}.filters.http.decompressor.v3.Decompressor`),
            decompressorLibrary: named(any),
          }),
          router,
        ],
      }),
  },
  { types: /^envoy\.extensions\.request_id\./, wrap: (any) => managing({ requestIdExtension: { typedConfig: any } }) },
  {
    types: /^envoy\.extensions\.http\.original_ip_detection\./,
    wrap: (any) => managing({ originalIpDetectionExtensions: [named(any)] }),
  },
  {
    types: /^envoy\.extensions\.http\.(early_header_mutation)\./,
    wrap: (any) => managing({ earlyHeaderMutationExtensions: [named(any)] }),
  },
  {
    types: /^envoy\.extensions\.http\.header_validators\./,
    wrap: (any) => managing({ typedHeaderValidationConfig: named(any) }),
  },
  {
    types: /^envoy\.extensions\.formatter\./,
    wrap: (any) =>
      managing({
        accessLog: [
          named({
            "@type": urlOf(`${ext}.access_loggers.stream.v3.StdoutAccessLog`),
            logFormat: { textFormatSource: { inlineString: "x" }, formatters: [named(any)] },
          }),
        ],
      }),
  },
  {
    types: /^envoy\.extensions\.retry\.host\./,
    wrap: (any) => retrying({ retryHostPredicate: [named(any)] }),
  },
  {
    types: /^envoy\.extensions\.retry\.priority\./,
    wrap: (any) => retrying({ retryPriority: named(any) }),
  },
  {
    types: /^envoy\.extensions\.http\.stateful_session\./,
    wrap: (any) =>
      managing({
        httpFilters: [
          named({
            "@type": urlOf(`${ext}.filters.http.stateful_session.v3.StatefulSession`),
            sessionState: named(any),
          }),
          router,
        ],
      }),
  },
];

export function hostOf(typeName: string): Host | undefined {
  return hosts.find(({ types }) => types.test(typeName));
}
