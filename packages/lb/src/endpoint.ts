/** Where an endpoint runs. Two localities are the same if all three texts are; an absent one is "". */
export interface Locality {
  /** The largest unit. */
  readonly region?: string;
  /** Inside the region. */
  readonly zone?: string;
  /** Inside the zone. */
  readonly subZone?: string;
}

/**
 * What discovery says of an endpoint. `draining` and `excluded` take no new picks and leave their priority's total, so
 * that they do not count as a loss of health; a draining one may still be an override. In panic all may be picked.
 */
export type Health = "healthy" | "degraded" | "unhealthy" | "draining" | "excluded";

/** One destination. Programs may extend the interface: picks answer with the very object that was given. */
export interface Endpoint {
  /** `host:port`, `[v6]:port` or any other text; the endpoint's identity across updates. */
  readonly address: string;
  /** The name the address came from. */
  readonly hostname?: string;
  /** What hash policies hash instead of the address; "" is as absent. */
  readonly hashKey?: string;
  /** Finite and not negative; default 1. Only proportions matter. 0: known, but never picked. */
  readonly weight?: number;
  /** 0 (the default, highest) to 127; levels may be left out. */
  readonly priority?: number;
  /** Default: all three texts empty. */
  readonly locality?: Locality;
  /** Default `healthy`. */
  readonly health?: Health;
  /** Matched by subset selectors. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The weight of a locality in one priority. */
export interface LocalityWeight {
  /** Which one. */
  readonly locality: Locality;
  /** Default 0. */
  readonly priority?: number;
  /** Finite and not negative; 0 takes no traffic. */
  readonly weight: number;
}

/** Peers of this process in one locality, for zone-aware routing. */
export interface LocalityPeer {
  /** Which one. */
  readonly locality: Locality;
  /** Healthy processes there, this one included. */
  readonly healthyCount: number;
}

/** What one discovery answer says; replaces the previous answer whole. A bare array of endpoints means only `endpoints`. */
export interface EndpointSet<E extends Endpoint = Endpoint> {
  /** In host order, which round robin and ring hash depend on. */
  readonly endpoints: readonly E[];
  /** Absent: localities have no weight. A locality that is not named has weight 0. */
  readonly localityWeights?: readonly LocalityWeight[];
  /** At least 100; default 140. */
  readonly overprovisioningPercent?: number;
  /** Health of a priority by weight instead of by number; default false. */
  readonly weightedPriorityHealth?: boolean;
  /** Requests in a hundred that are dropped; 0 (the default) to 100. */
  readonly dropPercent?: number;
  /** Where this process runs and where its peers do. */
  readonly local?: { readonly locality: Locality; readonly peers: readonly LocalityPeer[] };
}
