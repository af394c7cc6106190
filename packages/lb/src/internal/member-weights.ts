import { LbError } from "../errors.js";
import type { HashMember } from "../hash-table.js";
import type { FoldedLocalities } from "../picker.js";
import { canonicalWeights } from "./canonical-weights.js";

/** Weights as parts of 1, as Envoy's tables take them. */
export interface Shares {
  /** Which of the given weights each share belongs to, in the order in which tables visit them. */
  readonly members: Int32Array;
  /** In the same order. */
  readonly values: Float64Array;
}

const MOST_SUM = 2 ** 32 - 1;

/** The weights of members; refuses what is no weight. */
export function weightsOf(members: readonly HashMember[]): Float64Array {
  const weights = Float64Array.from(members, ({ key, weight = 1 }, i) => {
    if (typeof key !== "string" || key === "")
      throw new TypeError(`members[${i}].key must be a text that is not empty`);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`members[${i}].weight must be finite and not negative, not ${weight}`);
    }
    return weight;
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum > MOST_SUM)
    throw new LbError("weight_overflow", "the weights of the members sum up to more than 2³²−1", { sum });
  return weights;
}

/**
 * Weights divided by their sum; with localities by the sum in the locality, times the locality's part. The order of the
 * operations is Envoy's (`normalizeHostWeights` in
 * `source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc`), because the last bit decides who gets an
 * entry. Weights and localities of 0 are left out.
 */
export function sharesOf(weights: ArrayLike<number>, localities?: FoldedLocalities): Shares {
  if (localities === undefined) {
    const all = withWeight(weights);
    return { members: all, values: divide(weights, all, 1) };
  }
  const used = Int32Array.from(localities.weights, (_, i) => i).filter((i) => (localities.weights[i] as number) > 0);
  const localityWeights = canonicalWeights(
    used.length === 0 ? [] : Array.from(used, (i) => localities.weights[i] as number),
  );
  const sum = localityWeights.reduce((all, weight) => all + weight, 0);
  const parts = Array.from(used, (locality, i) => {
    const inside = Int32Array.from(weights, (_, j) => j).filter((j) => localities.indices[j] === locality);
    return { inside, values: divide(weights, inside, (localityWeights[i] as number) / sum) };
  });
  return {
    members: Int32Array.from(parts.flatMap(({ inside }) => [...inside])),
    values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
  };
}

function withWeight(weights: ArrayLike<number>): Int32Array {
  const found = new Int32Array(weights.length);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if ((weights[i] as number) > 0) found[count++] = i;
  return found.slice(0, count);
}

function divide(weights: ArrayLike<number>, members: Int32Array, part: number): Float64Array {
  const chosen = new Float64Array(members.length);
  for (let i = 0; i < members.length; i++) chosen[i] = weights[members[i] as number] as number;
  const canonical = canonicalWeights(chosen);
  let sum = 0;
  for (const weight of canonical) sum += weight;
  for (let i = 0; i < canonical.length; i++) canonical[i] = ((canonical[i] as number) * part) / sum;
  return canonical;
}
