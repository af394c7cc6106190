/** What a check of this folder throws: test runners show `expected` and `actual` side by side. */
class AssertionError extends Error {
  readonly expected: unknown;
  readonly actual: unknown;

  constructor(message: string, expected: unknown, actual: unknown, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "AssertionError";
    this.expected = expected;
    this.actual = actual;
  }
}

/** Fails a test with a message of its own. */
export function fail(message: string, cause?: unknown): never {
  throw new AssertionError(message, undefined, undefined, { cause });
}

/** Deep equality of JSON values; `undefined` is a value of its own, the order of fields does not count. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) {
    throw new AssertionError(`${what}: ${show(actual)} instead of ${show(expected)}`, expected, actual);
  }
}

export function assertTrue(condition: boolean, what: string): void {
  if (!condition) throw new AssertionError(what, true, false);
}

/** Awaits a rejection and answers its reason. */
export async function assertRejects(promise: Promise<unknown>, what: string): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await promise;
  } catch (error) {
    return error;
  }
  throw new AssertionError(`${what}: resolved to ${show(answer)} instead of rejecting`, "a rejection", answer);
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(Reflect.get(a, key), Reflect.get(b, key)));
}

function show(value: unknown): string {
  const text = value instanceof Error ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
