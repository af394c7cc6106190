import { isDeepStrictEqual } from "node:util";
import { CniError, type CniErrorCode, isCniError } from "../../errors.js";

/** Throws, naming what was expected, unless it holds. */
export function expectThat(holds: boolean, expected: string): asserts holds {
  if (!holds) throw new CniError("internal", `contract: ${expected}`);
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const text = `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`;
  expectThat(isDeepStrictEqual(actual, expected), text);
}

export async function expectRejection(promise: Promise<unknown>, code: CniErrorCode): Promise<void> {
  const end = await promise.then(
    () => "nothing was thrown",
    (error: unknown) => (isCniError(error, code) ? undefined : `${String(error)} was thrown`),
  );
  expectThat(end === undefined, `${code} expected, ${end}`);
}
