// Types that Envoy 1.40 has in a place of extensions; every type of the packages was put there. A type of a package that
// is none of them is a part of one, or belongs to another place.

/** A pattern for some types, from what stands behind `envoy.`. */
function oneOf(prefix: string, names: readonly string[]): string {
  return `${prefix}.(${names.join("|")})`.replaceAll(".", "\\.");
}

export const LOGGERS = oneOf("extensions.access_loggers", [
  "dynamic_modules.v3.DynamicModuleAccessLog",
  "file.v3.FileAccessLog",
  "fluentd.v3.FluentdAccessLogConfig",
  "grpc.v3.HttpGrpcAccessLogConfig",
  "grpc.v3.TcpGrpcAccessLogConfig",
  "open_telemetry.v3.OpenTelemetryAccessLogConfig",
  "stats.v3.Config",
  "stream.v3.StderrAccessLog",
  "stream.v3.StdoutAccessLog",
  "wasm.v3.WasmAccessLog",
]);

/** Towards clusters. */
export const CLIENT_SOCKETS = oneOf("extensions.transport_sockets", [
  "http_11_proxy.v3.Http11ProxyUpstreamTransport",
  "internal_upstream.v3.InternalUpstreamTransport",
  "proxy_protocol.v3.ProxyProtocolUpstreamTransport",
  "quic.v3.QuicUpstreamTransport",
  "starttls.v3.UpstreamStartTlsConfig",
  "tls.v3.UpstreamTlsContext",
]);

/** In listeners. */
export const SERVER_SOCKETS = oneOf("extensions.transport_sockets", [
  "quic.v3.QuicDownstreamTransport",
  "starttls.v3.StartTlsConfig",
  "tls.v3.DownstreamTlsContext",
]);

export const OTHER_SOCKETS = oneOf("extensions.transport_sockets", [
  "alts.v3.Alts",
  "dynamic_modules.v3.DynamicModuleTransportSocket",
  "raw_buffer.v3.RawBuffer",
  "tap.v3.Tap",
  "tcp_stats.v3.Config",
]);

export const TRACERS = [
  oneOf("config.trace.v3", ["DatadogConfig", "OpenTelemetryConfig", "SkyWalkingConfig", "XRayConfig", "ZipkinConfig"]),
  oneOf("extensions.tracers", ["dynamic_modules.v3.DynamicModuleTracer", "fluentd.v3.FluentdConfig"]),
].join("|");

export const NETWORK_FILTER_TYPES = oneOf("extensions.filters.network", [
  "connection_limit.v3.ConnectionLimit",
  "direct_response.v3.Config",
  "dubbo_proxy.v3.DubboProxy",
  "dynamic_modules.v3.DynamicModuleNetworkFilter",
  "echo.v3.Echo",
  "ext_authz.v3.ExtAuthz",
  "ext_proc.v3.NetworkExternalProcessor",
  "generic_proxy.v3.GenericProxy",
  "geoip.v3.Geoip",
  "http_connection_manager.v3.HttpConnectionManager",
  "local_ratelimit.v3.LocalRateLimit",
  "mongo_proxy.v3.MongoProxy",
  "ratelimit.v3.RateLimit",
  "rbac.v3.RBAC",
  "redis_proxy.v3.RedisProxy",
  "reverse_tunnel.v3.DrainAwareHttpConnectionManager",
  "reverse_tunnel.v3.ReverseTunnel",
  "set_filter_state.v3.Config",
  "sni_cluster.v3.SniCluster",
  "sni_dynamic_forward_proxy.v3.FilterConfig",
  "tcp_bandwidth_limit.v3.TcpBandwidthLimit",
  "tcp_proxy.v3.TcpProxy",
  "thrift_proxy.v3.ThriftProxy",
  "wasm.v3.Wasm",
  "zookeeper_proxy.v3.ZooKeeperProxy",
]);

export const LISTENER_FILTER_TYPES = oneOf("extensions.filters.listener", [
  "dynamic_modules.v3.DynamicModuleListenerFilter",
  "http_inspector.v3.HttpInspector",
  "local_ratelimit.v3.LocalRateLimit",
  "original_dst.v3.OriginalDst",
  "original_src.v3.OriginalSrc",
  "proxy_protocol.v3.ProxyProtocol",
  "set_filter_state.v3.Config",
  "tls_inspector.v3.TlsInspector",
]);

export const UDP_FILTER_TYPES = oneOf("extensions.filters.udp", [
  "dns_filter.v3.DnsFilterConfig",
  "dynamic_modules.v3.DynamicModuleUdpListenerFilter",
  "udp_proxy.v3.UdpProxyConfig",
]);

export const CLUSTER_TYPES = oneOf("extensions.clusters", [
  "aggregate.v3.ClusterConfig",
  "composite.v3.ClusterConfig",
  "dns.v3.DnsCluster",
  "dynamic_forward_proxy.v3.ClusterConfig",
  "dynamic_modules.v3.ClusterConfig",
  "mcp_multicluster.v3.ClusterConfig",
  "original_dst.v3.OriginalDstCluster",
  "redis.v3.RedisClusterConfig",
  "reverse_connection.v3.ReverseConnectionClusterConfig",
]);
