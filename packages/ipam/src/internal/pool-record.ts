import { type Address, containsAddress, type Prefix, parseAddress, parsePrefix } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { AddressUnits, PoolSpec, PrefixUnits } from "../pool.js";
import type { Pool, PoolChange } from "../pool-state.js";
import { parseSelector } from "../selector.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import { hasLoneSurrogate } from "./keys.js";
import { checkRecord } from "./records.js";

const STATES: readonly string[] = ["enabled", "disabled", "draining"] satisfies Pool["state"][];
const MAX_NODE_BLOCKS = 1_000_000;
const MAX_SKIP = 65_536;
const MAX_COOLDOWN_MS = 86_400_000 * 365;

/** Fills in the defaults of a pool and checks every field. */
export function completePool(spec: PoolSpec): Pool {
  checkName(spec.name, spec.name, "/name");
  const { name, prefix, units, eligibility, attributes, state = "enabled" } = spec;
  if (!STATES.includes(state)) {
    throw invalid(name, "/state", `state is one of ${STATES.join(", ")}, got ${JSON.stringify(state)}`);
  }
  return {
    name,
    prefix,
    units: units.kind === "addresses" ? addressUnits(name, prefix, units) : prefixUnits(name, prefix, units),
    ...(eligibility !== undefined && { eligibility: checkEligibility(name, eligibility) }),
    ...(attributes !== undefined && { attributes }),
    state,
  };
}

/** A pool after a change. */
export function changePool(pool: Pool, change: PoolChange): Pool {
  const units = { ...pool.units, ...change.units } as AddressUnits | PrefixUnits;
  const { eligibility = pool.eligibility, attributes = pool.attributes, state = pool.state } = change;
  return completePool({
    name: pool.name,
    prefix: pool.prefix,
    units,
    ...(eligibility !== undefined && { eligibility }),
    ...(attributes !== undefined && { attributes }),
    state,
  });
}

function addressUnits(pool: string, prefix: Prefix, units: AddressUnits): Pool["units"] {
  const longest = prefix.family === 4 ? 32 : 128;
  const usual = prefix.family === 4 ? 26 : 122;
  const { affinity = "shared", order = "oldest", cooldownMs = 0, maxBlocksPerNode = 20, gateway } = units;
  const blockLength = units.blockLength ?? Math.max(usual, prefix.length);
  const few = prefix.length >= longest - 1;
  const { skipFirst = few ? 0 : 1, skipLast = few || prefix.family === 6 ? 0 : 1 } = units;
  checkNumber(pool, "blockLength", blockLength, Math.max(longest - 12, prefix.length), longest);
  checkNumber(pool, "maxBlocksPerNode", maxBlocksPerNode, 1, MAX_NODE_BLOCKS);
  checkNumber(pool, "cooldownMs", cooldownMs, 0, MAX_COOLDOWN_MS);
  checkNumber(pool, "skipFirst", skipFirst, 0, MAX_SKIP);
  checkNumber(pool, "skipLast", skipLast, 0, MAX_SKIP);
  checkOneOf(pool, "affinity", affinity, ["shared", "preferred", "strict"]);
  checkOneOf(pool, "order", order, ["oldest", "lowest", "next"]);
  if (gateway !== undefined && !containsAddress(prefix, gateway)) {
    throw invalid(pool, "/units/gateway", `the gateway ${gateway} is outside ${prefix}`);
  }
  const base = { kind: "addresses", blockLength, affinity, maxBlocksPerNode, order, cooldownMs } as const;
  return { ...base, ...(gateway !== undefined && { gateway }), skipFirst, skipLast };
}

function prefixUnits(pool: string, prefix: Prefix, units: PrefixUnits): Pool["units"] {
  const longest = prefix.family === 4 ? 32 : 128;
  const { minLength = prefix.length, maxLength = longest, cooldownMs = 0 } = units;
  checkNumber(pool, "minLength", minLength, prefix.length, longest);
  checkNumber(pool, "maxLength", maxLength, minLength, longest);
  checkNumber(pool, "cooldownMs", cooldownMs, 0, MAX_COOLDOWN_MS);
  return { kind: "prefixes", minLength, maxLength, cooldownMs };
}

function checkEligibility(pool: string, eligibility: NonNullable<PoolSpec["eligibility"]>): typeof eligibility {
  for (const field of ["nodeSelector", "namespaceSelector"] as const) {
    const text = eligibility[field];
    if (text === undefined) continue;
    try {
      parseSelector(text);
    } catch (cause) {
      if (!(cause instanceof IpamError)) throw cause;
      const { column } = cause.details as { readonly column: number };
      const path = `/eligibility/${field}`;
      throw new IpamError("invalid_pool", `pool ${pool}: ${cause.message}`, { pool, path, column }, { cause });
    }
  }
  return eligibility;
}

/** Throws `invalid_pool` unless a name has 1 to 253 characters that text can carry. */
export function checkName(pool: string, name: string, path: string): void {
  if (typeof name !== "string" || name.length === 0 || name.length > 253 || hasLoneSurrogate(name)) {
    throw invalid(pool, path, `a name has 1 to 253 characters, got ${JSON.stringify(name)}`);
  }
}

function checkNumber(pool: string, field: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw invalid(pool, `/units/${field}`, `${field} is ${least} to ${most}, got ${value}`);
  }
}

function checkOneOf(pool: string, field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw invalid(pool, `/units/${field}`, `${field} is one of ${allowed.join(", ")}, got ${JSON.stringify(value)}`);
  }
}

function invalid(pool: string, path: string, text: string): IpamError<"invalid_pool"> {
  return new IpamError("invalid_pool", `pool ${JSON.stringify(pool)}: ${text}`, { pool, path });
}

/** A pool as its record; `strictAt`: since when no address is borrowed; `inside`: the child prefix it lies in. */
export interface PoolRecord extends StoreRecord {
  readonly name: string;
  readonly prefix: string;
  readonly state: Pool["state"];
  readonly units: Readonly<Record<string, unknown>>;
  readonly strictAt?: number;
  readonly inside?: string;
}

export function encodePool(pool: Pool, extra: { readonly strictAt?: number; readonly inside?: string }): PoolRecord {
  const { name, prefix, units, state, eligibility, attributes } = pool;
  const gateway = units.kind === "addresses" ? units.gateway : undefined;
  return {
    v: 1,
    name,
    prefix: prefix.toString(),
    state,
    units: { ...units, ...(gateway !== undefined && { gateway: gateway.toString() }) },
    ...(eligibility !== undefined && { eligibility }),
    ...(attributes !== undefined && { attributes }),
    ...extra,
  };
}

/**
 * Reads a pool.
 *
 * @throws IpamError `store_format`
 */
export function decodePool(entry: StoreEntry): { readonly pool: Pool; readonly record: PoolRecord } {
  const fields = { name: "string", prefix: "string", state: "string", units: "object" } as const;
  const record = checkRecord<PoolRecord>(entry, fields);
  const { gateway: text, ...units } = record.units as Record<string, unknown>;
  const gateway: Address | undefined = typeof text === "string" ? parseAddress(text) : undefined;
  const pool = {
    name: record.name,
    prefix: parsePrefix(record.prefix),
    units: { ...units, ...(gateway !== undefined && { gateway }) } as unknown,
    ...(record.eligibility !== undefined && { eligibility: record.eligibility }),
    ...(record.attributes !== undefined && { attributes: record.attributes }),
    state: record.state,
  };
  return { pool: pool as Pool, record };
}
