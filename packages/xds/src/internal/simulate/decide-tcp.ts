import type { TcpProxyJson } from "@netmason/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3";
import type { Share } from "../../outcome.js";
import { typeUrls } from "../../type-urls.js";
import { clusterState } from "./endpoint-count.js";
import type { Arrival, Plan } from "./plan.js";

/** Where a TCP proxy forwards to. */
export function tcpOutcome({ snapshot, request, onStep, listener, filterChain }: Arrival, config: object): Plan {
  const proxy: TcpProxyJson = config;
  const weighted = proxy.weightedClusters?.clusters ?? [];
  const total = weighted.reduce((sum, { weight = 0 }) => sum + weight, 0);
  const drawn = Math.floor((request.draw ?? 0) * total);
  let end = 0;
  const index = weighted.findIndex(({ weight = 0 }) => {
    end += weight;
    return drawn < end;
  });
  const cluster = proxy.cluster ?? weighted[index]?.name;
  if (cluster === undefined)
    return { kind: "undecided", listener, filterChain, why: "not simulated: the TCP proxy's choice of a cluster" };
  const split: readonly Share[] =
    proxy.cluster === undefined
      ? weighted.map(({ name = "", weight = 0 }): Share => ({ cluster: name, share: weight / total }))
      : [{ cluster, share: 1 }];
  const { isThere, endpointCount, why } = clusterState(snapshot, cluster);
  onStep?.({
    stage: "cluster",
    resource: { typeUrl: typeUrls.cluster, name: cluster },
    path: "",
    matched: isThere,
    why,
  });
  if (!isThere) return { kind: "reject", listener, filterChain, reason: "no_cluster" };
  if (endpointCount === 0) return { kind: "reject", listener, filterChain, reason: "no_endpoints" };
  return { kind: "tcp", listener, filterChain, cluster, split };
}
