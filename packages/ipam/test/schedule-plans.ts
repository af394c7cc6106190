import type { AddressUnits, PoolSpec } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";

/** What a node can do; counted, so that a run can say that all of it happened. */
export type Operation =
  | "allocate"
  | "allocateBoth"
  | "allocateExact"
  | "allocatePrefix"
  | "allocateThisPrefix"
  | "allocateInside"
  | "repeat"
  | "renew"
  | "release"
  | "releaseSome"
  | "releaseUnguarded"
  | "collect"
  | "collectDead"
  /** A collection that freed something of a node that had crashed. */
  | "freeDead"
  /** A repeated call that began anew a lease that had ended. */
  | "beginAnew"
  | "claimBlocks"
  | "releaseBlocks"
  | "createPool"
  | "deletePool"
  | "drain"
  | "enable"
  | "reserve"
  | "unreserve"
  | "nestPool";

/** A small world: its pools, and how often each operation is drawn. */
export interface Plan {
  readonly name: string;
  readonly pools: readonly PoolSpec[];
  /** A pool that is not there at the start. */
  readonly absent?: string;
  readonly weights: Partial<Readonly<Record<Operation, number>>>;
  readonly cooldownMs: number;
  /** Leases of this length; absent: none. */
  readonly ttlMs?: number;
  /** Time that passes at random between operations, in ms. */
  readonly stepMs?: number;
  /** How many of the nodes crash, but for the first; default a quarter. */
  readonly crashRatio?: number;
  /** Clocks of the nodes against true time, in ms. */
  readonly skews?: readonly number[];
}

/** The pools by what they are for. */
export const V4 = "v4";
export const V6 = "v6";
export const NETS = "nets";
/** Comes and goes. */
export const EXTRA = "extra";

const AFFINITIES = ["shared", "preferred", "strict"] as const;

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const prefixes = {
  [V4]: parsePrefix("10.0.0.0/28"),
  [V6]: parsePrefix("fd00::/124"),
  [NETS]: parsePrefix("10.2.0.0/28"),
};
const tight = parsePrefix("10.0.0.0/29");

/** The pool of a name. */
export function poolOf(name: string, units: PoolSpec["units"]): PoolSpec {
  return { name, prefix: name === EXTRA ? parsePrefix("10.1.0.0/30") : prefixes[name as keyof typeof prefixes], units };
}

const ADDRESSES = { allocate: 40, repeat: 8, allocateExact: 9, release: 25, releaseSome: 5, releaseUnguarded: 3 };
const CARE = { collect: 5, claimBlocks: 2, releaseBlocks: 5 };

/** One of the small worlds. Most are of one IPv4 pool, which is where addresses are lost if they are. */
export function drawPlan(random: () => number): Plan {
  const chance = random();
  const affinity = pick(random, AFFINITIES);
  const cooldownMs = random() < 0.5 ? 0 : 10_000;
  const units: AddressUnits = { kind: "addresses", blockLength: 30, affinity, maxBlocksPerNode: 3, cooldownMs };
  const six: AddressUnits = { ...units, blockLength: 126, maxBlocksPerNode: 2 };
  const [v4, v6] = [poolOf(V4, units), poolOf(V6, six)];
  const time = cooldownMs === 0 ? {} : { stepMs: 15_000 };
  if (chance < 0.4) return { name: "one pool", pools: [v4], weights: { ...ADDRESSES, ...CARE }, cooldownMs, ...time };
  if (chance < 0.55) {
    const weights = { ...ADDRESSES, ...CARE, allocate: 15, allocateBoth: 30, repeat: 12 };
    return { name: "both families", pools: [v4, v6], weights, cooldownMs, ...time };
  }
  if (chance < 0.7) return childPlan(cooldownMs);
  if (chance < 0.85) {
    const weights = { ...ADDRESSES, ...CARE, repeat: 25, renew: 25, release: 20, allocate: 30, releaseUnguarded: 0 };
    const skews = pick(random, [
      [0, 0, 0],
      [-2_500, 0, 2_500],
    ] as const);
    return {
      name: "leases",
      pools: [{ ...v4, prefix: tight }],
      weights,
      cooldownMs,
      ttlMs: 20_000,
      stepMs: 15_000,
      skews,
    };
  }
  const plan = operatorPlan(v4, poolOf(EXTRA, { ...units, affinity: "shared" }), cooldownMs);
  return random() < 0.5 ? { ...plan, absent: EXTRA } : plan;
}

function childPlan(cooldownMs: number): Plan {
  const nets = poolOf(NETS, { kind: "prefixes", minLength: 28, maxLength: 31, cooldownMs });
  const weights = {
    allocatePrefix: 35,
    allocateThisPrefix: 12,
    nestPool: 10,
    allocateInside: 8,
    deletePool: 6,
    release: 22,
    releaseSome: 8,
    releaseUnguarded: 5,
    collect: 5,
    collectDead: 8,
    reserve: 3,
    unreserve: 3,
  };
  return { name: "child prefixes", pools: [nets], weights, cooldownMs, ...(cooldownMs > 0 && { stepMs: 15_000 }) };
}

function operatorPlan(v4: PoolSpec, extra: PoolSpec, cooldownMs: number): Plan {
  const weights = {
    ...ADDRESSES,
    ...CARE,
    collectDead: 15,
    createPool: 8,
    deletePool: 10,
    drain: 8,
    enable: 8,
    reserve: 4,
    unreserve: 4,
  };
  const time = cooldownMs > 0 ? { stepMs: 15_000 } : {};
  return { name: "operators", pools: [v4, extra], weights, cooldownMs, crashRatio: 0.6, ...time };
}
