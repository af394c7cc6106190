import { type Ipam, isIpamError, type PoolSpec, type Reservation } from "@netmason/ipam";
import { parseAddress, parsePrefix, parseRange } from "@netmason/net";
import { parseAllDocuments } from "yaml";
import { type CalicoPool, poolOfCalico } from "./calico-pool.js";

/** A machine that runs containers. */
export interface Node {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: number;
}

export interface Plan {
  readonly nodes: readonly Node[];
  readonly pools: readonly PoolSpec[];
  readonly reservations: readonly Reservation[];
}

/** A pool as the file writes it: text and numbers. */
interface PoolText {
  readonly name: string;
  readonly prefix: string;
  readonly blockLength?: number;
  readonly affinity?: "shared" | "preferred" | "strict";
  readonly cooldownMs?: number;
  readonly gateway?: string;
  readonly nodeSelector?: string;
  readonly assignment?: "automatic" | "manual";
}

interface PlanText {
  readonly nodes?: readonly Node[];
  readonly pools?: readonly PoolText[];
  readonly reservations?: readonly { readonly name: string; readonly addresses: string; readonly reason?: string }[];
}

/** Reads a file of YAML documents: plans of ours, and `IPPool` resources of Calico. */
export function parsePlan(text: string): Plan {
  const documents = parseAllDocuments(text).map((document) => {
    for (const error of document.errors) throw error;
    return document.toJS() as PlanText | CalicoPool;
  });
  const calico = documents.filter(isCalicoPool);
  const plans = documents.filter((document): document is PlanText => !isCalicoPool(document));
  return {
    nodes: plans.flatMap(({ nodes = [] }) => nodes),
    pools: [...plans.flatMap(({ pools = [] }) => pools.map(poolOf)), ...calico.map(poolOfCalico)],
    reservations: plans.flatMap(({ reservations = [] }) =>
      reservations.map(({ addresses, ...rest }) => ({ ...rest, addresses: spaceOf(addresses) })),
    ),
  };
}

/**
 * Creates what the plan has and the store does not: starting again with the same file changes nothing, and of several
 * processes that start on an empty store at once each finds every pool in the state the plan wants.
 */
export async function applyPlan(ipam: Ipam, plan: Plan): Promise<void> {
  const existing = new Set((await ipam.listPools()).map(({ name }) => name));
  for (const spec of plan.pools) {
    if (existing.has(spec.name)) continue;
    await ipam.createPool(spec).catch((error: unknown) => {
      // Another process was quicker.
      if (!isIpamError(error, "pool_exists")) throw error;
    });
  }
  for (const reservation of plan.reservations) await ipam.reserve(reservation);
}

function isCalicoPool(document: PlanText | CalicoPool): document is CalicoPool {
  return "kind" in document && document.kind === "IPPool";
}

function poolOf({ name, prefix, gateway, nodeSelector, assignment, ...units }: PoolText): PoolSpec {
  return {
    name,
    prefix: parsePrefix(prefix),
    units: { kind: "addresses", ...units, ...(gateway !== undefined && { gateway: parseAddress(gateway) }) },
    eligibility: {
      ...(nodeSelector !== undefined && { nodeSelector }),
      ...(assignment !== undefined && { assignment }),
    },
  };
}

function spaceOf(text: string): Reservation["addresses"] {
  return text.includes("-") ? parseRange(text) : parsePrefix(text);
}
