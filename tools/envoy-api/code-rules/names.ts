// Full names of messages that rules speak of more than once.
const HTTP_MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3";

export const CLUSTER = "envoy.config.cluster.v3.Cluster";
export const LISTENER = "envoy.config.listener.v3.Listener";
export const ROUTE = "envoy.config.route.v3";
export const HTTP_CONNECTION_MANAGER = `${HTTP_MANAGER}.HttpConnectionManager`;
export const HTTP_FILTER = `${HTTP_MANAGER}.HttpFilter`;
export const RDS = `${HTTP_MANAGER}.Rds`;
export const SCOPE_HEADER = `${HTTP_MANAGER}.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor`;
export const SCOPED_RDS = `${HTTP_MANAGER}.ScopedRds`;
export const SCOPES = `${HTTP_MANAGER}.ScopedRouteConfigurationsList`;
export const HTTP_FILTERS = "envoy.extensions.filters.http";
export const NETWORK_FILTERS = "envoy.extensions.filters.network";
export const TLS = "envoy.extensions.transport_sockets.tls.v3";

/** A list of types as an expression. */
export function typeList(prefix: string, names: readonly string[]): string {
  return `[${names.map((name) => `'${prefix}.${name}'`).join(", ")}]`;
}
