import type { Endpoint, EndpointSet, Locality, LocalityWeight } from "../endpoint.js";
import { LbError } from "../errors.js";
import { isPlainContent } from "./plain-content.js";

const HEALTHS: readonly unknown[] = ["healthy", "degraded", "unhealthy", "draining", "excluded"];
const MOST_WEIGHT = 2 ** 32 - 1;
const LOWEST_PRIORITY = 127;

type Field = keyof Endpoint | Exclude<keyof EndpointSet, "endpoints">;

/** Brings both forms to one and refuses what is wrong in it, before anything is changed. */
export function checkEndpointSet<E extends Endpoint>(input: readonly E[] | EndpointSet<E>): EndpointSet<E> {
  const set = isList(input) ? { endpoints: input } : input;
  if (typeof set !== "object" || set === null || !Array.isArray(set.endpoints)) {
    throw new TypeError("endpoints: must be an array of endpoints or an object with one");
  }
  const addresses = new Set<string>();
  for (const endpoint of set.endpoints) {
    checkEndpoint(endpoint);
    if (addresses.has(endpoint.address)) {
      const text = `two endpoints have the address ${JSON.stringify(endpoint.address)}`;
      throw new LbError("duplicate_endpoint", text, { address: endpoint.address });
    }
    addresses.add(endpoint.address);
  }
  checkWeightSums(set.endpoints);
  checkLocalityWeights(set.localityWeights ?? []);
  checkNumbers(set);
  return set;
}

function isList<E extends Endpoint>(input: readonly E[] | EndpointSet<E>): input is readonly E[] {
  return Array.isArray(input);
}

function checkEndpoint(endpoint: Endpoint): void {
  if (typeof endpoint !== "object" || endpoint === null) {
    throw new TypeError(`endpoints: each must be an object, got ${String(endpoint)}`);
  }
  const { address, hostname, hashKey, weight, priority, locality, health, metadata } = endpoint;
  const refuse = (field: Field, value: unknown, wanted: string): never =>
    refuseField(String(address), field, value, wanted);
  if (typeof address !== "string" || address === "") refuse("address", address, "a text that is not empty");
  if (hostname !== undefined && typeof hostname !== "string") refuse("hostname", hostname, "a text");
  if (hashKey !== undefined && typeof hashKey !== "string") refuse("hashKey", hashKey, "a text");
  if (weight !== undefined && !isWeight(weight)) refuse("weight", weight, "finite and not negative");
  if (priority !== undefined && !isPriority(priority)) refuse("priority", priority, "an integer from 0 to 127");
  if (locality !== undefined && !isLocality(locality))
    refuse("locality", locality, "texts under region, zone, subZone");
  if (health !== undefined && !HEALTHS.includes(health)) refuse("health", health, `one of ${HEALTHS.join(", ")}`);
  if (metadata !== undefined && (typeof metadata !== "object" || metadata === null)) {
    refuse("metadata", metadata, "an object");
  }
  checkMetadata(address, metadata ?? {});
}

/** Subsets know objects by their JSON text. */
function checkMetadata(address: string, metadata: NonNullable<Endpoint["metadata"]>): void {
  for (const key in metadata) {
    const value = metadata[key];
    if (typeof value !== "object") continue;
    try {
      if (!isPlainContent(value)) JSON.stringify(value);
    } catch (cause) {
      const text = `metadata.${key} of endpoint ${JSON.stringify(address)} must have a JSON text`;
      throw new LbError("invalid_endpoint", text, { address, field: "metadata", value }, { cause });
    }
  }
}

function refuseField(address: string, field: Field, value: unknown, wanted: string): never {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  const where = address === "" ? "" : ` of endpoint ${JSON.stringify(address)}`;
  throw new LbError("invalid_endpoint", `${field}${where} must be ${wanted}, got ${shown}`, { address, field, value });
}

function isWeight(weight: unknown): boolean {
  return typeof weight === "number" && weight >= 0 && weight < Number.POSITIVE_INFINITY;
}

function isPriority(priority: unknown): boolean {
  return Number.isInteger(priority) && (priority as number) >= 0 && (priority as number) <= LOWEST_PRIORITY;
}

function isLocality(locality: unknown): locality is Locality {
  if (typeof locality !== "object" || locality === null) return false;
  const { region = "", zone = "", subZone = "" } = locality as Record<string, unknown>;
  return typeof region === "string" && typeof zone === "string" && typeof subZone === "string";
}

function checkWeightSums(endpoints: readonly Endpoint[]): void {
  const sums = new Map<number, number>();
  for (const { priority = 0, weight = 1 } of endpoints) {
    const sum = (sums.get(priority) ?? 0) + weight;
    if (sum > MOST_WEIGHT) refuseSum("endpoints", priority, sum);
    sums.set(priority, sum);
  }
}

function checkLocalityWeights(weights: readonly LocalityWeight[]): void {
  const sums = new Map<number, number>();
  const seen = new Set<string>();
  for (const each of weights) {
    const { locality, priority = 0, weight } = each;
    const refuse = (wanted: string): never => refuseField("", "localityWeights", JSON.stringify(each), wanted);
    if (!isLocality(locality)) refuse("with a locality");
    if (!isPriority(priority)) refuse("with a priority from 0 to 127");
    if (!isWeight(weight)) refuse("with a weight that is finite and not negative");
    const key = JSON.stringify([priority, locality.region ?? "", locality.zone ?? "", locality.subZone ?? ""]);
    if (seen.has(key)) refuse("one a locality and priority");
    seen.add(key);
    const sum = (sums.get(priority) ?? 0) + weight;
    if (sum > MOST_WEIGHT) refuseSum("localities", priority, sum);
    sums.set(priority, sum);
  }
}

function refuseSum(whose: string, priority: number, sum: number): never {
  throw new LbError(
    "weight_overflow",
    `the weights of the ${whose} of priority ${priority} sum up to more than 2³²−1`,
    { sum },
  );
}

function checkNumbers({ overprovisioningPercent, dropPercent, local }: EndpointSet): void {
  if (overprovisioningPercent !== undefined && !(overprovisioningPercent >= 100 && overprovisioningPercent < 2 ** 32)) {
    refuseField("", "overprovisioningPercent", overprovisioningPercent, "at least 100");
  }
  if (dropPercent !== undefined && !(dropPercent >= 0 && dropPercent <= 100)) {
    refuseField("", "dropPercent", dropPercent, "from 0 to 100");
  }
  if (local === undefined) return;
  if (!isLocality(local.locality) || !Array.isArray(local.peers)) {
    refuseField("", "local", JSON.stringify(local), "a locality and peers");
  }
  for (const { locality, healthyCount } of local.peers) {
    if (isLocality(locality) && Number.isInteger(healthyCount) && healthyCount >= 0) continue;
    refuseField("", "local", JSON.stringify(local), "a locality and peers with whole healthyCounts");
  }
}
