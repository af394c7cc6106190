// Which cluster a route chooses, and with what share (weighted_cluster_specifier.cc, header_cluster_specifier.cc).
import type { RouteActionJson, WeightedCluster_ClusterWeightJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { Share } from "../../outcome.js";
import type { RequestView } from "./request-view.js";
import type { NotSimulated } from "./text-matchers.js";

/** A cluster and the whole distribution it was drawn from. */
export interface ClusterChoice {
  readonly cluster: string;
  readonly split: readonly Share[];
  /** JSON Pointer below the route's action. */
  readonly path: string;
  readonly weighted?: WeightedCluster_ClusterWeightJson;
}

export function chooseCluster(action: RouteActionJson, request: RequestView): ClusterChoice | NotSimulated {
  if (action.cluster !== undefined) return only(action.cluster, "/cluster");
  if (action.clusterHeader !== undefined) {
    return only(firstValue(action.clusterHeader, request), "/clusterHeader");
  }
  if (action.weightedClusters === undefined) return { unknown: "cluster specifier plugin" };
  const { clusters = [], headerName = "", useHashPolicy } = action.weightedClusters;
  if (useHashPolicy === true) return { unknown: "weightedClusters by hash policy" };
  const total = clusters.reduce((sum, { weight = 0 }) => sum + weight, 0);
  // Envoy refuses such a route, so there is no choice of its to foretell.
  if (total === 0) return { unknown: "weights that sum to 0" };
  const drawn = headerDraw(headerName, total, request) ?? request.pick(total);
  const names = clusters.map((each) => nameOf(each, request));
  const split = clusters.map(
    ({ weight = 0 }, index): Share => ({ cluster: names[index] ?? "", share: weight / total }),
  );
  let end = 0;
  for (const [index, weighted] of clusters.entries()) {
    end += weighted.weight ?? 0;
    if (drawn < end) {
      return { cluster: names[index] ?? "", split, path: `/weightedClusters/clusters/${index}`, weighted };
    }
  }
  return { unknown: "weights that sum to 0" };
}

function only(cluster: string, path: string): ClusterChoice {
  return { cluster, split: [{ cluster, share: 1 }], path };
}

function nameOf({ name = "", clusterHeader }: WeightedCluster_ClusterWeightJson, request: RequestView): string {
  return name === "" && clusterHeader !== undefined ? firstValue(clusterHeader, request) : name;
}

function firstValue(header: string, { headers }: RequestView): string {
  return headers.get(header.toLowerCase()) ?? "";
}

/** A header given once and holding an unsigned 64-bit number takes the place of chance. */
function headerDraw(header: string, total: number, { headers, repeated }: RequestView): number | undefined {
  const name = header.toLowerCase();
  const text = header === "" || repeated.has(name) ? undefined : headers.get(name);
  if (text === undefined || !/^\s*\+?\d{1,20}\s*$/.test(text) || BigInt(text) > 0xffffffffffffffffn) return undefined;
  return Number(BigInt(text) % BigInt(total));
}
