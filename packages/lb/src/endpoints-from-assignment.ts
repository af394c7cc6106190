import type { Endpoint, EndpointSet, Health, Locality, LocalityWeight } from "./endpoint.js";
import { JsonReader } from "./internal/json-reader.js";

const HEALTHS: Readonly<Record<string, Health>> = {
  UNKNOWN: "healthy",
  HEALTHY: "healthy",
  UNHEALTHY: "unhealthy",
  DRAINING: "draining",
  TIMEOUT: "unhealthy",
  DEGRADED: "degraded",
};

const DENOMINATORS: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

/**
 * Reads the proto JSON form of `envoy.config.endpoint.v3.ClusterLoadAssignment`, in either spelling of its names, and
 * keeps the order of the message.
 *
 * `envoy.lb` of an endpoint's metadata becomes `metadata`, and its `hash_key` becomes `hashKey` if it is a text, as in
 * `hashKey` of `source/extensions/load_balancing_policies/common/thread_aware_lb_impl.h`. A locality without a weight has
 * weight 0 if another one has a weight. Categories of `drop_overloads` drop one after the other.
 *
 * @throws LbError `invalid_assignment` with the path of the first field that is wrong
 * @category Endpoints
 * @example
 * ```ts
 * import { endpointsFromAssignment } from "@netmason/lb";
 *
 * const address = { socketAddress: { address: "2001:db8::7", portValue: 80 } };
 * const assignment = { endpoints: [{ lbEndpoints: [{ endpoint: { address }, loadBalancingWeight: 3 }] }] };
 * endpointsFromAssignment(assignment).endpoints; // => [{ address: "[2001:db8::7]:80", weight: 3 }]
 * ```
 */
export function endpointsFromAssignment(assignment: object): EndpointSet {
  const reader = new JsonReader(assignment, "");
  const groups = reader.list("endpoints");
  const policy = reader.object("policy");
  const weights = groups.map((group) => group.number("loadBalancingWeight"));
  const overprovisioningPercent = policy?.number("overprovisioningFactor");
  const weightedPriorityHealth = policy?.flag("weightedPriorityHealth");
  const drops = policy?.list("dropOverloads") ?? [];
  return {
    endpoints: groups.flatMap(endpointsOf),
    ...(weights.some((weight) => weight !== undefined) && { localityWeights: localityWeightsOf(groups, weights) }),
    ...(overprovisioningPercent !== undefined && { overprovisioningPercent }),
    ...(weightedPriorityHealth !== undefined && { weightedPriorityHealth }),
    ...(drops.length > 0 && { dropPercent: dropPercentOf(drops) }),
  };
}

function endpointsOf(group: JsonReader): Endpoint[] {
  const priority = group.number("priority") ?? 0;
  const locality = localityOf(group);
  const place = {
    ...(priority > 0 && { priority }),
    ...(Object.keys(locality).length > 0 && { locality }),
  };
  return group.list("lbEndpoints").map((each) => ({ ...endpointOf(each), ...place }));
}

function endpointOf(reader: JsonReader): Endpoint {
  const endpoint = reader.require("endpoint");
  const hostname = endpoint.text("hostname");
  const weight = reader.number("loadBalancingWeight");
  const status = reader.text("healthStatus");
  if (status !== undefined && HEALTHS[status] === undefined) reader.refuse("healthStatus", "is unknown");
  const health = HEALTHS[status ?? "UNKNOWN"] ?? "healthy";
  const metadata = reader.object("metadata")?.object("filterMetadata")?.fieldsOf("envoy.lb");
  const hashKey = metadata?.hash_key;
  return {
    address: addressOf(endpoint.require("address")),
    ...(hostname !== undefined && hostname !== "" && { hostname }),
    ...(typeof hashKey === "string" && { hashKey }),
    ...(weight !== undefined && { weight }),
    ...(health !== "healthy" && { health }),
    ...(metadata !== undefined && { metadata }),
  };
}

/** As Envoy prints an address, which is what it hashes. */
function addressOf(address: JsonReader): string {
  const path = address.object("pipe")?.text("path");
  if (path !== undefined) return path;
  const socket = address.require("socketAddress");
  const host = socket.text("address") ?? socket.refuse("address", "is missing");
  const port = socket.number("portValue") ?? socket.refuse("portValue", "is missing");
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function localityOf(group: JsonReader): Locality {
  const reader = group.object("locality");
  const [region, zone, subZone] = [reader?.text("region"), reader?.text("zone"), reader?.text("subZone")];
  return { ...(region && { region }), ...(zone && { zone }), ...(subZone && { subZone }) };
}

/** One a locality and priority; of several the last, as Envoy keeps them. */
function localityWeightsOf(groups: readonly JsonReader[], weights: readonly (number | undefined)[]): LocalityWeight[] {
  const found = new Map<string, LocalityWeight>();
  for (const [i, group] of groups.entries()) {
    const priority = group.number("priority") ?? 0;
    const locality = localityOf(group);
    const key = JSON.stringify([priority, locality.region, locality.zone, locality.subZone]);
    found.set(key, { locality, ...(priority > 0 && { priority }), weight: weights[i] ?? 0 });
  }
  return [...found.values()];
}

function dropPercentOf(drops: readonly JsonReader[]): number {
  const passed = drops.reduce((part, drop) => {
    const percentage = drop.require("dropPercentage");
    const denominator =
      DENOMINATORS[percentage.text("denominator") ?? "HUNDRED"] ?? percentage.refuse("denominator", "is unknown");
    return part * (1 - Math.min(1, (percentage.number("numerator") ?? 0) / denominator));
  }, 1);
  return 100 * (1 - passed);
}
