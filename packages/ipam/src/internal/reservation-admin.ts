import {
  type AddressRange,
  compareAddresses,
  createAddressSet,
  createRange,
  firstAddress,
  formatRange,
  lastAddress,
} from "@netmason/net";
import type { AddressAllocation } from "../allocation.js";
import type { Reservation } from "../pool-state.js";
import type { CallOptions } from "../store.js";
import { toAllocation } from "./allocate-op.js";
import { changePolicy } from "./change-policy.js";
import type { Engine } from "./engine.js";
import { hasLoneSurrogate } from "./keys.js";
import type { Policy } from "./policy.js";
import { reindexPool } from "./reindex.js";
import type { WriteSet } from "./write-set.js";

const LONGEST_NAME = 253;

/** Adds a reservation, or replaces the one of its name; returns what is live in it. */
export async function reserve(
  engine: Engine,
  spec: Reservation,
  options?: CallOptions,
): Promise<{ readonly live: readonly AddressAllocation[] }> {
  const { name, reason } = spec;
  if (typeof name !== "string" || name.length === 0 || name.length > LONGEST_NAME || hasLoneSurrogate(name)) {
    throw new RangeError(`name: 1 to ${LONGEST_NAME} characters are needed, got ${JSON.stringify(name)}`);
  }
  const range = rangeOf(spec);
  const changed = await changePolicy(
    engine,
    (policy, writes) => {
      const before = policy.reservations.find((each) => each.name === name);
      const addresses = "length" in spec.addresses ? spec.addresses.toString() : formatRange(spec.addresses);
      writes.put(engine.keys.reservation(name), { v: 1, name, addresses, ...(reason !== undefined && { reason }) });
      return markPools(engine, policy, writes, before === undefined ? [range] : [range, rangeOf(before)]);
    },
    options,
  );
  const live: AddressAllocation[] = [];
  for (const { pool, within } of changed) {
    for (const state of await reindexPool(engine, pool, { within, everyList: false }, options)) {
      const now = engine.now();
      const valid = state.record.live.filter(({ x }) => x === undefined || now < x + engine.skewMs);
      const held = valid.map((entry) => toAllocation(state, pool, entry));
      live.push(...held.filter(({ address }) => isInside(range, address)));
    }
  }
  return { live };
}

/** Ends a reservation. */
export async function unreserve(engine: Engine, name: string, options?: CallOptions): Promise<void> {
  const policy = await engine.freshPolicy(options);
  if (!policy.reservations.some((each) => each.name === name)) return;
  const changed = await changePolicy(
    engine,
    (current, writes) => {
      const before = current.reservations.find((each) => each.name === name);
      writes.delete(engine.keys.reservation(name));
      return before === undefined ? [] : markPools(engine, current, writes, [rangeOf(before)]);
    },
    options,
  );
  for (const { pool, within } of changed) await reindexPool(engine, pool, { within, everyList: false }, options);
}

function rangeOf({ addresses }: Reservation): AddressRange {
  return "length" in addresses ? createRange(firstAddress(addresses), lastAddress(addresses)) : addresses;
}

function isInside({ first, last }: AddressRange, address: AddressAllocation["address"]): boolean {
  if (address.family !== first.family) return false;
  return compareAddresses(first, address) <= 0 && compareAddresses(address, last) <= 0;
}

/** Notes the pools whose blocks have to be looked through, with the part of each. */
function markPools(
  engine: Engine,
  policy: Policy,
  writes: WriteSet,
  ranges: readonly AddressRange[],
): readonly { readonly pool: string; readonly within: AddressRange }[] {
  return policy.pools.flatMap(({ pool }) => {
    if (pool.units.kind !== "addresses") return [];
    const touched = createAddressSet(ranges)
      .intersect(createAddressSet([pool.prefix]))
      .ranges();
    const [first, last] = [touched[0], touched[touched.length - 1]];
    if (first === undefined || last === undefined) return [];
    writes.put(engine.keys.reindex(pool.name), { v: 1, w: writes.writer });
    return [{ pool: pool.name, within: createRange(first.first, last.last) }];
  });
}
