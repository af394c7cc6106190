// What callers give is a few levels deep; what is deeper, or a circle, is left to slower ways.
const MOST_LEVELS = 16;

/** Whether values are the same content: plain objects and arrays may be new ones, others are the same only by identity. */
export function hasSameContent(a: unknown, b: unknown, levels: number = MOST_LEVELS): boolean {
  if (Object.is(a, b)) return true;
  if (levels === 0 || !isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  let count = 0;
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !hasSameContent(a[key], b[key], levels - 1)) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

/** True only for a value that surely has a JSON text; a text need not be made to know. */
export function isPlainContent(value: unknown, levels: number = MOST_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "bigint";
  if (levels === 0 || !isPlain(value)) return false;
  for (const key in value) if (key === "toJSON" || !isPlainContent(value[key], levels - 1)) return false;
  return true;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
