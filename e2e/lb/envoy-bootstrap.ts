/** A cluster of Envoy with its endpoints, reached under `/<name>`. */
export interface ProxiedCluster {
  readonly name: string;
  /** Fields of the cluster and its `load_assignment`'s `endpoints`. */
  readonly cluster: object;
  readonly endpoints: readonly object[];
  /** Fields of the route to it. */
  readonly route?: object;
}

/**
 * A bootstrap with one listener, `proxy`, whose answers name the endpoint in `x-upstream`; nothing is retried.
 */
export function bootstrapWith(clusters: readonly ProxiedCluster[]): object {
  const routes = clusters.map(({ name, route }) => ({
    match: { prefix: `/${name}` },
    route: { cluster: name, ...route },
  }));
  const type = "type.googleapis.com/envoy.extensions.filters";
  const manager = {
    "@type": `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "proxy",
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes }],
      response_headers_to_add: [{ header: { key: "x-upstream", value: "%UPSTREAM_REMOTE_ADDRESS%" } }],
    },
    http_filters: [{ name: "router", typed_config: { "@type": `${type}.http.router.v3.Router` } }],
  };
  const listener = {
    name: "proxy",
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
  return {
    static_resources: {
      listeners: [listener],
      clusters: clusters.map(({ name, cluster, endpoints }) => ({
        ...{ name, type: "STATIC", connect_timeout: "5s" },
        load_assignment: { cluster_name: name, endpoints },
        ...cluster,
      })),
    },
  };
}

/** An entry of `lb_endpoints`. */
export function proxiedEndpoint(address: string, fields: object = {}): object {
  const [host, port] = address.split(":");
  return { endpoint: { address: { socket_address: { address: host, port_value: Number(port) } } }, ...fields };
}
