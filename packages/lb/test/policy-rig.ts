import type {
  Endpoint,
  EndpointView,
  FoldedLocalities,
  Hash64,
  Picker,
  Policy,
  PolicyEnvironment,
  PolicyState,
  Selection,
} from "@netmason/lb";
import { hashFromBigInt } from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import { createDraws } from "../src/internal/draws.js";

export interface RigOptions {
  readonly seed?: bigint | number;
  readonly random?: () => number;
  readonly now?: () => number;
}

export interface LeafOptions {
  readonly weights?: readonly number[];
  readonly endpoints?: readonly Endpoint[];
  readonly slots?: readonly number[];
  readonly localities?: FoldedLocalities;
  readonly sinceMs?: readonly number[];
}

/** A policy as a balancer would run it, without a balancer: one leaf, requests in flight set by hand. */
export interface Rig {
  readonly state: PolicyState;
  /** By slot. */
  readonly active: number[];
  leaf(options: LeafOptions): EndpointView;
  build(view: EndpointView, previous?: Picker): Picker;
}

export function createRig(policy: Policy, { seed = 0, random = seededRandom(1), now = () => 0 }: RigOptions = {}): Rig {
  const draws = createDraws(random);
  const active: number[] = [];
  const environment: PolicyEnvironment = {
    now,
    seed: hashFromBigInt(BigInt(seed)),
    below: draws.below,
    totalActiveCount: () => active.reduce((sum, count) => sum + (count ?? 0), 0),
  };
  const state = policy.create(environment);
  return {
    state,
    active,
    build: (view, previous) => state.build(view, previous),
    leaf({ weights, endpoints, slots, localities, sinceMs }) {
      const all: readonly Endpoint[] = endpoints ?? (weights ?? []).map((_, i) => ({ address: `10.0.0.${i}:80` }));
      const numbers = slots ?? all.map((_, i) => i);
      return {
        endpoints: all,
        weights: weights ?? all.map(({ weight = 1 }) => weight),
        slots: numbers,
        ...(localities && { localities }),
        activeCount: (index) => active[numbers[index] ?? -1] ?? 0,
        slowStartSinceMs: (index) => sinceMs?.[index] ?? Number.NaN,
      };
    },
  };
}

/** What a picker is asked: the word of a pick as a bigint. */
export function select(word: bigint | number | Hash64 = 0, attempt = 0): Selection {
  const { hi, lo } = typeof word === "object" ? word : hashFromBigInt(BigInt(word));
  return { hi: hi | 0, lo: lo | 0, hashed: true, attempt, request: {} };
}

/** The first `count` picks of a leaf with these weights. */
export function picksOf(policy: Policy, weights: readonly number[], count: number, options?: RigOptions): number[] {
  const rig = createRig(policy, options);
  const picker = rig.build(rig.leaf({ weights }));
  return Array.from({ length: count }, () => picker.pick(select()));
}

/** How often each index was picked. */
export function countsOf(picks: readonly number[], length: number): number[] {
  const counts = new Array<number>(length).fill(0);
  for (const index of picks) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}
