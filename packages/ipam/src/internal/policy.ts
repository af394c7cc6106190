import {
  type Address,
  type AddressRange,
  addToAddress,
  compareAddresses,
  createAddressSet,
  createPrefixTable,
  createRange,
  distance,
  firstAddress,
  lastAddress,
  type Prefix,
  type PrefixLookup,
} from "@netmason/net";
import type { Pool, Reservation } from "../pool-state.js";
import { parseSelector, type Selector } from "../selector.js";
import { blockSize } from "./block-state.js";
import { segment } from "./keys.js";
import { createBits, type OrdinalBits, setBit } from "./ordinal-bits.js";
import type { PoolRecord } from "./pool-record.js";

const CACHED_BLOCKS = 16_384;

/** A pool with everything that is derived from it and the reservations, for as long as neither changes. */
export class PoolPolicy {
  readonly pool: Pool;
  readonly record: PoolRecord;
  readonly revision: string;
  /** The name as a segment of keys; pools are tried in the order of these. */
  readonly segment: string;
  readonly nodeSelector: Selector | undefined;
  readonly namespaceSelector: Selector | undefined;
  /** Excluded addresses of the pool, sorted, disjoint. */
  readonly excluded: readonly AddressRange[];
  readonly #bits = new Map<string, OrdinalBits | undefined>();

  constructor(pool: Pool, record: PoolRecord, revision: string, reservations: readonly Reservation[]) {
    this.pool = pool;
    this.record = record;
    this.revision = revision;
    this.segment = segment(pool.name);
    const { nodeSelector, namespaceSelector } = pool.eligibility ?? {};
    this.nodeSelector = nodeSelector === undefined ? undefined : parseSelector(nodeSelector);
    this.namespaceSelector = namespaceSelector === undefined ? undefined : parseSelector(namespaceSelector);
    this.excluded = excludedRanges(pool, reservations);
  }

  /** Ordinals of a block that are never handed out; `undefined`: none. */
  excludedBits(key: string, block: Prefix): OrdinalBits | undefined {
    if (this.excluded.length === 0) return undefined;
    const known = this.#bits.get(key);
    if (known !== undefined || this.#bits.has(key)) return known;
    const bits = bitsInside(this.excluded, block);
    if (this.#bits.size >= CACHED_BLOCKS) this.#bits.clear();
    this.#bits.set(key, bits);
    return bits;
  }

  /** The excluded range that covers a whole block, if one does. */
  excludedAround(block: Prefix): AddressRange | undefined {
    const range = this.excluded[firstEndingFrom(this.excluded, firstAddress(block))];
    if (range === undefined || compareAddresses(range.first, firstAddress(block)) > 0) return undefined;
    return compareAddresses(range.last, lastAddress(block)) >= 0 ? range : undefined;
  }
}

/** What operators decided for one VRF, as it stood at one revision. */
export interface Policy {
  /** Of the generation record: it changes with every pool and reservation. `undefined`: there is none yet. */
  readonly revision: string | undefined;
  readonly generation: number;
  /** In the order they are tried. */
  readonly pools: readonly PoolPolicy[];
  readonly byName: ReadonlyMap<string, PoolPolicy>;
  readonly bySegment: ReadonlyMap<string, PoolPolicy>;
  readonly reservations: readonly Reservation[];
  /** Revisions of the reservation records, by name. */
  readonly reservationRevisions: ReadonlyMap<string, string>;
  /** Pools whose blocks a crashed change left to be indexed anew, with the revisions of these records. */
  readonly reindex: ReadonlyMap<string, string>;
  /** The pool of addresses an address lies in, reserved or not. */
  readonly addressPools: PrefixLookup<PoolPolicy>;
  /** The innermost pool of prefixes. */
  readonly prefixPools: PrefixLookup<PoolPolicy>;
}

/** Puts what was read together. */
export function createPolicy(
  parts: Pick<Policy, "revision" | "generation" | "reservations" | "reservationRevisions" | "reindex"> & {
    readonly pools: readonly PoolPolicy[];
  },
): Policy {
  const pools = parts.pools.toSorted((a, b) => (a.segment < b.segment ? -1 : 1));
  const tableOf = (kind: Pool["units"]["kind"]): PrefixLookup<PoolPolicy> =>
    createPrefixTable(
      pools.filter(({ pool }) => pool.units.kind === kind).map((each) => [each.pool.prefix, each] as const),
    );
  return {
    ...parts,
    pools,
    byName: new Map(pools.map((each) => [each.pool.name, each])),
    bySegment: new Map(pools.map((each) => [each.segment, each])),
    addressPools: tableOf("addresses"),
    prefixPools: tableOf("prefixes"),
  };
}

function excludedRanges(pool: Pool, reservations: readonly Reservation[]): readonly AddressRange[] {
  const { prefix, units } = pool;
  const [first, last] = [firstAddress(prefix), lastAddress(prefix)];
  const items: (Address | Prefix | AddressRange)[] = reservations.map(({ addresses }) => addresses);
  if (units.kind === "addresses") {
    const size = distance(first, last) + 1n;
    const clamp = (count: number): number => Number(BigInt(count) < size ? BigInt(count) : size);
    if (units.skipFirst > 0) items.push(createRange(first, addToAddress(first, clamp(units.skipFirst) - 1)));
    if (units.skipLast > 0) items.push(createRange(addToAddress(last, 1 - clamp(units.skipLast)), last));
    if (units.gateway !== undefined) items.push(units.gateway);
  }
  return createAddressSet(items)
    .intersect(createAddressSet([prefix]))
    .ranges();
}

/** The index of the first range that ends at or behind an address. */
function firstEndingFrom(ranges: readonly AddressRange[], address: Address): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAddresses((ranges[middle] as AddressRange).last, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bitsInside(ranges: readonly AddressRange[], block: Prefix): OrdinalBits | undefined {
  const size = blockSize(block);
  const [first, last] = [firstAddress(block), lastAddress(block)];
  let bits: OrdinalBits | undefined;
  for (let index = firstEndingFrom(ranges, first); index < ranges.length; index += 1) {
    const range = ranges[index] as AddressRange;
    if (compareAddresses(range.first, last) > 0) break;
    const from = compareAddresses(range.first, first) <= 0 ? 0 : Number(distance(first, range.first));
    const to = compareAddresses(range.last, last) >= 0 ? size - 1 : Number(distance(first, range.last));
    bits ??= createBits(size);
    for (let ordinal = from; ordinal <= to; ordinal += 1) setBit(bits, ordinal);
  }
  return bits;
}
