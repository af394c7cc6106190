const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

export const clusterName = "envoy.config.cluster.v3.Cluster";
export const assignmentName = "envoy.config.endpoint.v3.ClusterLoadAssignment";

/** A cluster as a control plane writes it: EDS, limits, health checks, HTTP/2 by an extension. */
export const cluster: unknown = {
  name: "svc",
  type: "EDS",
  connectTimeout: "5s",
  edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: "V3" }, serviceName: "svc" },
  lbPolicy: "LEAST_REQUEST",
  circuitBreakers: {
    thresholds: [{ maxConnections: 1024, maxPendingRequests: 1024, maxRequests: 2048, maxRetries: 3 }],
  },
  outlierDetection: { consecutive5xx: 5, interval: "10s", maxEjectionPercent: 50 },
  healthChecks: [
    {
      timeout: "1s",
      interval: "5s",
      unhealthyThreshold: 3,
      healthyThreshold: 2,
      httpHealthCheck: { path: "/healthz", host: "svc" },
    },
  ],
  typedExtensionProtocolOptions: {
    [options]: {
      "@type": `type.googleapis.com/${options}`,
      explicitHttpConfig: { http2ProtocolOptions: { maxConcurrentStreams: 100 } },
    },
  },
};

/** `mixed` gives the endpoints three shapes in turn, as health and names differ in the field. */
export function assignment(count: number, mixed: boolean): unknown {
  const extra = (index: number): object => {
    if (!mixed || index % 3 === 2) return {};
    return index % 3 === 0 ? { hostname: `h${index}` } : { healthCheckConfig: { portValue: 9000 } };
  };
  return {
    clusterName: "svc",
    endpoints: [
      {
        locality: { region: "r1", zone: "z1" },
        lbEndpoints: Array.from({ length: count }, (_, index) => ({
          endpoint: {
            address: {
              socketAddress: { address: `10.0.${index >> 8}.${index & 255}`, portValue: 8080 + (index & 7) },
            },
            ...extra(index),
          },
          healthStatus: "HEALTHY",
          loadBalancingWeight: 10,
        })),
        loadBalancingWeight: 1,
      },
    ],
  };
}
