import type { Inputs } from "../bench-case.js";
import { createSeededRandom, type SeededRandom } from "../seeded-random.js";
import { randomBits } from "./address-inputs.js";
import { type Family, maskValue, prefixText, textOf, widthOf } from "./address-text.js";
import { createLongestMatch } from "./longest-match.js";

const mostProbes = 65_536;
const checkedCount = 2_048;
const missShare = 0.1;

interface Lengths {
  readonly lengths: readonly number[];
  /** How often each length is drawn, against the others. */
  readonly weights: readonly number[];
}

/** The proportions of a public BGP table; IPv6 goes on to single hosts, so that all 128 bits matter. */
const lengthsOf: Readonly<Record<Family, Lengths>> = {
  4: {
    lengths: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32],
    weights: [0.016, 0.013, 0.04, 0.1, 0.3, 0.6, 1.2, 2, 13, 8, 14, 25, 43, 52, 110, 100, 600, 3, 3, 3, 4, 6, 4, 1, 7],
  },
  6: {
    lengths: [
      20, 24, 28, 29, 30, 31, 32, 33, 34, 35, 36, 38, 40, 42, 44, 45, 46, 47, 48, 52, 56, 60, 64, 72, 80, 96, 112, 120,
      126, 127, 128,
    ],
    weights: [
      0.02, 0.1, 1, 40, 4, 3, 130, 15, 12, 10, 40, 12, 75, 15, 80, 12, 25, 25, 350, 5, 20, 5, 60, 2, 5, 5, 10, 5, 5, 15,
      40,
    ],
  },
};

interface Route {
  readonly value: bigint;
  readonly length: number;
}

/**
 * A routing table of different prefixes in no order, addresses to look up, and the index of the longest match (-1 for
 * none) of the first addresses. Half of the prefixes lie inside an earlier one, as more-specific routes do.
 */
export function routeInputs(family: Family, size: number): Inputs {
  const random = createSeededRandom(1_000 * family + size);
  const pickLength = lengthPicker(lengthsOf[family]);
  const routes: Route[] = [];
  const prefixes = new Set<string>();
  const truth = createLongestMatch(family);
  while (prefixes.size < size) {
    const length = pickLength(random);
    const value = maskValue(family, routeValue(family, length, routes, random), length);
    const count = prefixes.size;
    if (prefixes.add(prefixText(family, value, length)).size === count) continue;
    truth.insert(value, length, count);
    routes.push({ value, length });
  }
  const probes = new Set<bigint>();
  while (probes.size < Math.min(mostProbes, 8 * size)) {
    if (random.below(1_000) >= missShare * 1_000) probes.add(insideOf(family, pick(routes, random), random));
    else probes.add(missOf(family, truth.lookup, random));
  }
  const addresses = [...probes];
  return {
    prefixes: [...prefixes],
    addresses: addresses.map((address) => textOf(family, address)),
    matches: addresses.slice(0, checkedCount).map((address) => String(truth.lookup(address))),
  };
}

/** Draws from a table in which each length stands as often as its weight says, and at least once. */
function lengthPicker({ lengths, weights }: Lengths): (random: SeededRandom) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const slots = lengths.flatMap((length, index) => {
    const share = (weights[index] as number) / total;
    return Array.from({ length: Math.max(1, Math.round(share * 65_536)) }, () => length);
  });
  return (random) => pick(slots, random);
}

function routeValue(family: Family, length: number, routes: readonly Route[], random: SeededRandom): bigint {
  if (routes.length > 0 && random.below(2) === 0) {
    const outer = pick(routes, random);
    if (outer.length < length) return insideOf(family, outer, random);
  }
  return unicast(family, random);
}

function insideOf(family: Family, { value, length }: Route, random: SeededRandom): bigint {
  return value | randomBits(random, widthOf(family) - length);
}

/** 1.0.0.0 to 223.255.255.255, or 2000::/3. */
function unicast(family: Family, random: SeededRandom): bigint {
  if (family === 4) return (BigInt(1 + random.below(223)) << 24n) | randomBits(random, 24);
  return (1n << 125n) | randomBits(random, 125);
}

function missOf(family: Family, lookup: (address: bigint) => number, random: SeededRandom): bigint {
  for (;;) {
    const address = unicast(family, random);
    if (lookup(address) === -1) return address;
  }
}

function pick<T>(items: readonly T[], random: SeededRandom): T {
  return items[random.below(items.length)] as T;
}
