import { maglevTableSize } from "./build-maglev.js";
import { LbError } from "./errors.js";
import type { HashTable } from "./hash-table.js";

const MOST_WORD = 2 ** 32 - 1;

/**
 * A table as one line of JSON, the same for the same table: its fields, with arrays of numbers.
 *
 * @category Hash tables
 * @example
 * ```ts
 * import { buildMaglev, formatTable, parseTable } from "@netmason/lb";
 *
 * const text = formatTable(buildMaglev([{ key: "a" }, { key: "b" }], { tableSize: 5 }));
 * text; // => '{"kind":"maglev","keys":["a","b"],"owners":[0,1,1,0,0]}'
 * parseTable(text).owners.length; // => 5
 * ```
 */
export function formatTable({ kind, keys, owners, hi, lo }: HashTable): string {
  const positions = hi === undefined || lo === undefined ? {} : { hi: [...hi], lo: [...lo] };
  return JSON.stringify({ kind, keys, owners: [...owners], ...positions });
}

/**
 * Reads what `formatTable` wrote.
 *
 * @throws LbError `invalid_table` with the path of the first field that is wrong: no JSON, a missing field, an owner that
 * is no index of a key, positions out of order, a number of slots that is not prime
 * @category Hash tables
 */
export function parseTable(text: string): HashTable {
  const document = parseObject(text);
  const { kind, keys } = document;
  if (kind !== "ring" && kind !== "maglev") refuse("/kind", "must be ring or maglev");
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string"))
    refuse("/keys", "must be an array of texts");
  const owners = readWords(document, "owners", keys.length - 1);
  if (kind === "maglev") {
    if (owners.length > 0 && !isPrimeSize(owners.length)) refuse("/owners", "must have a prime number of slots");
    return { kind, keys, owners };
  }
  const hi = readWords(document, "hi", MOST_WORD);
  const lo = readWords(document, "lo", MOST_WORD);
  if (hi.length !== owners.length) refuse("/hi", `must have ${owners.length} numbers`);
  if (lo.length !== owners.length) refuse("/lo", `must have ${owners.length} numbers`);
  for (let i = 1; i < hi.length; i++) {
    const [before = 0, at = 0] = [hi[i - 1], hi[i]];
    if (before > at || (before === at && (lo[i - 1] ?? 0) > (lo[i] ?? 0)))
      refuse(`/hi/${i}`, "must not be before the last");
  }
  return { kind, keys, owners, hi, lo };
}

function refuse(path: string, expected: string): never {
  throw new LbError("invalid_table", `${path} ${expected}`, { path, expected });
}

function parseObject(text: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const expected = "must be JSON";
    throw new LbError("invalid_table", expected, { path: "", expected }, { cause });
  }
  if (typeof document !== "object" || document === null) refuse("", "must be an object");
  return document as Record<string, unknown>;
}

function readWords(document: Record<string, unknown>, field: string, most: number): Uint32Array {
  const list = document[field];
  if (!Array.isArray(list)) refuse(`/${field}`, "must be an array of numbers");
  const wrong = list.findIndex((each) => !(Number.isInteger(each) && each >= 0 && each <= most));
  if (wrong >= 0) refuse(`/${field}/${wrong}`, `must be a whole number from 0 to ${most}`);
  return Uint32Array.from(list as readonly number[]);
}

function isPrimeSize(size: number): boolean {
  try {
    return maglevTableSize({ tableSize: size }) === size;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
