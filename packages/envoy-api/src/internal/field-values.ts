import type { FieldShape } from "../schema.js";
import { setEntry } from "./well-known-decoding.js";
import { isJsonObject } from "./well-known-encoding.js";

/**
 * A field's value with `change` done to it, or to each item or entry it holds. Items and entries that become undefined are
 * left out; `otherwise` stands for what should be a list or a map and is not.
 */
export function changeValues(
  { kind }: FieldShape,
  value: unknown,
  otherwise: unknown,
  change: (value: unknown) => unknown,
): unknown {
  if (kind === "list") {
    if (!Array.isArray(value)) return otherwise;
    return value.map(change).filter((item, index) => item !== undefined || value[index] === undefined);
  }
  return kind === "map" ? changeEntries(value, otherwise, change) : change(value);
}

/** The same for an object, whatever its keys. */
export function changeEntries(
  value: unknown,
  otherwise: unknown,
  change: (value: unknown, key: string) => unknown,
): unknown {
  if (!isJsonObject(value)) return otherwise;
  const entries: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const changed = change(entry, key);
    if (changed !== undefined || entry === undefined) setEntry(entries, key, changed);
  }
  return entries;
}
