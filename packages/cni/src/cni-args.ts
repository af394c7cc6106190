import { CniError } from "./errors.js";

/** `CNI_ARGS` as pairs, in order. */
export type CniArgs = readonly (readonly [name: string, value: string])[];

/**
 * Reads `CNI_ARGS`: pairs split at `;`, name and value at `=`, nothing escaped. `""` has none.
 *
 * @throws CniError `invalid_environment` when a pair has not exactly one `=`
 * @example
 * ```ts
 * import { parseCniArgs } from "@netmason/cni";
 *
 * parseCniArgs("IgnoreUnknown=1;K8S_POD_NAME=web-1"); // => [["IgnoreUnknown", "1"], ["K8S_POD_NAME", "web-1"]]
 * parseCniArgs("A=x=y"); // throws invalid_environment
 * ```
 * @category Arguments
 */
export function parseCniArgs(text: string): CniArgs {
  if (text === "") return [];
  return text.split(";").map((pair) => {
    const parts = pair.split("=");
    const [name, value] = parts;
    if (parts.length !== 2 || name === undefined || value === undefined) {
      throw new CniError("invalid_environment", `ARGS: invalid pair ${JSON.stringify(pair)}`);
    }
    return [name, value] as const;
  });
}

/**
 * Writes `CNI_ARGS`. There is no way to escape: a `;` or `=` is refused.
 *
 * @throws CniError `invalid_environment` naming the pair
 * @category Arguments
 */
export function formatCniArgs(args: CniArgs): string {
  return args
    .map(([name, value]) => {
      if (name !== "" && !/[;=\0]/.test(name) && !/[;=\0]/.test(value)) return `${name}=${value}`;
      const pair = JSON.stringify(`${name}=${value}`);
      throw new CniError("invalid_environment", `ARGS: ${pair} cannot be written: a name or value has ';' or '='`);
    })
    .join(";");
}

/**
 * What a plugin does first with its arguments: refuses those it does not know, unless `IgnoreUnknown` says `1` or `true`.
 * The last of several pairs of one name counts.
 *
 * @returns the values of the known names
 * @throws CniError `invalid_environment`
 * @category Arguments
 */
export function readCniArgs<N extends string>(args: CniArgs, names: readonly N[]): { readonly [K in N]?: string } {
  const known: { [name: string]: string } = {};
  const unknown: string[] = [];
  let ignoreUnknown = false;
  for (const [name, value] of args) {
    if (name === "IgnoreUnknown") ignoreUnknown = readFlag(value);
    else if ((names as readonly string[]).includes(name)) known[name] = value;
    else unknown.push(`${name}=${value}`);
  }
  if (unknown.length > 0 && !ignoreUnknown) {
    const quoted = unknown.map((pair) => JSON.stringify(pair)).join(" ");
    throw new CniError("invalid_environment", `ARGS: unknown args [${quoted}]`);
  }
  return known as { readonly [K in N]?: string };
}

function readFlag(value: string): boolean {
  const word = value.toLowerCase();
  if (word === "1" || word === "true") return true;
  if (word === "0" || word === "false") return false;
  const pair = JSON.stringify(`IgnoreUnknown=${value}`);
  const complaint = `error parsing value of pair ${pair}: boolean unmarshal error: invalid input ${word}`;
  throw new CniError("invalid_environment", `ARGS: ${complaint}`);
}
