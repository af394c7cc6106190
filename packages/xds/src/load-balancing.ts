/**
 * Load-balancing policies of a cluster.
 *
 * @module loadBalancing
 * @category Builders
 */
import type { LoadBalancingPolicyJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { ClientSideWeightedRoundRobinJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3";
import type { LeastRequestJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/least_request/v3";
import type { MaglevJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/maglev/v3";
import type { OverrideHostJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/override_host/v3";
import type { RandomJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/random/v3";
import type { RingHashJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/ring_hash/v3";
import type { RoundRobinJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/round_robin/v3";
import type { SubsetJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/subset/v3";
import type { TypedAny } from "@netmason/envoy-api/type-urls";
import { isPrime } from "./internal/prime.js";
import { pruned } from "./internal/pruned.js";

/**
 * Endpoints in turn, by weight.
 *
 * @category Builders
 */
export function roundRobin(config: RoundRobinJson = {}): LoadBalancingPolicyJson {
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin";
  return policyOf("round_robin", { "@type": url, ...config });
}

/**
 * The least loaded of `choiceCount` endpoints drawn at random.
 *
 * @category Builders
 */
export function leastRequest(config: LeastRequestJson = {}): LoadBalancingPolicyJson {
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest";
  return policyOf("least_request", { "@type": url, ...config });
}

/**
 * Any endpoint, by chance.
 *
 * @category Builders
 */
export function random(config: RandomJson = {}): LoadBalancingPolicyJson {
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.random.v3.Random";
  return policyOf("random", { "@type": url, ...config });
}

/**
 * A ring of hashes; the route's `hashPolicy` says what is hashed.
 *
 * @throws RangeError when `minimumRingSize` is over `maximumRingSize` or either is over 8,388,608: Envoy aborts or
 * ignores what it does not check
 * @category Builders
 */
export function ringHash(config: RingHashJson = {}): LoadBalancingPolicyJson {
  const most = Number(config.maximumRingSize ?? 8_388_608);
  const least = Number(config.minimumRingSize ?? Math.min(1_024, most));
  if (!(most >= 1 && most <= 8_388_608)) throw new RangeError(`maximumRingSize must be 1 to 8388608, not ${most}`);
  if (!(least >= 1 && least <= most)) throw new RangeError(`minimumRingSize must be 1 to ${most}, not ${least}`);
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash";
  return policyOf("ring_hash", { "@type": url, ...config });
}

/**
 * A Maglev table; the route's `hashPolicy` says what is hashed.
 *
 * @throws RangeError when `tableSize` is no prime up to 5,000,011
 * @category Builders
 */
export function maglev(config: MaglevJson = {}): LoadBalancingPolicyJson {
  const size = Number(config.tableSize ?? 65_537);
  if (!isPrime(size) || size > 5_000_011) throw new RangeError(`tableSize must be a prime up to 5000011, not ${size}`);
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.maglev.v3.Maglev";
  return policyOf("maglev", { "@type": url, ...config });
}

/**
 * A locality by its weight, then an endpoint of it by the weights that endpoints report: the only policy below a
 * locality that Envoy 1.40 takes.
 *
 * @category Builders
 */
export function wrrLocality(config: ClientSideWeightedRoundRobinJson = {}): LoadBalancingPolicyJson {
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality";
  return policyOf("wrr_locality", { "@type": url, endpointPickingPolicy: clientSideWeighted(config) });
}

/**
 * Round robin by weights that endpoints report with their answers (ORCA).
 *
 * @category Builders
 */
export function clientSideWeighted(config: ClientSideWeightedRoundRobinJson = {}): LoadBalancingPolicyJson {
  const url =
    "type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin";
  return policyOf("client_side_weighted_round_robin", { "@type": url, ...config });
}

/**
 * Endpoints whose metadata the route names, balanced by `child`.
 *
 * @category Builders
 */
export function subset(
  config: Omit<SubsetJson, "subsetLbPolicy">,
  child: LoadBalancingPolicyJson,
): LoadBalancingPolicyJson {
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.subset.v3.Subset";
  return policyOf("subset", { "@type": url, ...config, subsetLbPolicy: child });
}

/**
 * The endpoint that a header or metadata names, else one by `fallback`.
 *
 * @category Builders
 */
export function overrideHost(
  config: Omit<OverrideHostJson, "fallbackPolicy">,
  fallback: LoadBalancingPolicyJson,
): LoadBalancingPolicyJson {
  const url = "type.googleapis.com/envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost";
  return policyOf("override_host", { "@type": url, ...config, fallbackPolicy: fallback });
}

function policyOf(name: string, typedConfig: TypedAny): LoadBalancingPolicyJson {
  return {
    policies: [{ typedExtensionConfig: pruned({ name: `envoy.load_balancing_policies.${name}`, typedConfig }) }],
  };
}
