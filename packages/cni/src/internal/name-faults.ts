import { CniError } from "../errors.js";
import type { IssueRule } from "../issue.js";

/** Why a name is refused, in libcni's words, and the code that goes with it. */
export interface NameFault {
  readonly code: "unknown_container" | "invalid_environment" | "invalid_config";
  readonly rule: IssueRule;
  readonly msg: string;
  /** The specification's `details`. */
  readonly text?: string;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export function findContainerIdFault(id: string): NameFault | undefined {
  if (id === "") return { code: "unknown_container", rule: "required", msg: "missing containerID" };
  if (NAME.test(id)) return undefined;
  return { code: "invalid_environment", rule: "format", msg: "invalid characters in containerID", text: id };
}

export function findNetworkNameFault(name: string): NameFault | undefined {
  if (name === "") return { code: "invalid_config", rule: "required", msg: "missing network name:" };
  if (NAME.test(name)) return undefined;
  return { code: "invalid_config", rule: "format", msg: "invalid characters found in network name", text: name };
}

const MOST_IFNAME_BYTES = 15;
/** `/`, `:` and what Go's `unicode.IsSpace` is true for: not U+FEFF, but U+0085. */
const BAD_IFNAME = /[/:\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function findIfnameFault(ifname: string): NameFault | undefined {
  const code = "invalid_environment";
  if (ifname === "") return { code, rule: "required", msg: "interface name is empty" };
  if (new TextEncoder().encode(ifname).length > MOST_IFNAME_BYTES) {
    const text = `interface name should be less than ${MOST_IFNAME_BYTES + 1} characters`;
    return { code, rule: "out_of_range", msg: "interface name is too long", text };
  }
  if (ifname === "." || ifname === "..") return { code, rule: "format", msg: "interface name is . or .." };
  if (!BAD_IFNAME.test(ifname)) return undefined;
  return { code, rule: "format", msg: "interface name contains / or : or whitespace characters" };
}

export function errorOf({ code, msg, text }: NameFault): CniError {
  return new CniError(code, msg, text === undefined ? {} : { text });
}

export function assertNoFault(fault: NameFault | undefined): void {
  if (fault !== undefined) throw errorOf(fault);
}
