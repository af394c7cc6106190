import { CniError } from "./errors.js";

/** The released versions of the specification, oldest first. */
export const SPEC_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

/** A released version of the specification. */
export type SpecVersion = (typeof SPEC_VERSIONS)[number];

const KNOWN: ReadonlySet<string> = new Set(SPEC_VERSIONS);

/**
 * Whether the text is exactly a released version; `""` and `1.0` are not.
 *
 * @category Versions
 */
export function isSpecVersion(text: string): text is SpecVersion {
  return KNOWN.has(text);
}

/**
 * The released versions from one up: what a plugin says that needs it at least.
 *
 * @category Versions
 */
export function versionsFrom(oldest: SpecVersion): readonly SpecVersion[] {
  return SPEC_VERSIONS.slice(SPEC_VERSIONS.indexOf(oldest));
}

/**
 * Orders versions by their numbers, for `sort`: negative when `a` is older. Missing parts are 0, `""` is `0.1.0`, and
 * unreleased versions such as `1.2.3` have their place.
 *
 * @throws CniError `decode_failure` when either is ill-formed
 * @category Versions
 */
export function compareSpecVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function parseVersion(text: string): readonly [number, number, number] {
  if (text === "") return [0, 1, 0];
  const parts = text.split(".");
  if (parts.length > 3) throw new CniError("decode_failure", `invalid version ${JSON.stringify(text)}: too many parts`);
  const [major, minor, micro] = ["major", "minor", "micro"].map((name, i) => {
    const part = parts[i] ?? "0";
    if (/^[+-]?\d{1,15}$/.test(part)) return Number(part);
    throw new CniError("decode_failure", `failed to convert ${name} version part ${JSON.stringify(part)}`);
  });
  return [major ?? 0, minor ?? 0, micro ?? 0];
}
