import { CniError } from "../errors.js";
import { errorOf, findContainerIdFault, findIfnameFault, type NameFault } from "../internal/name-faults.js";

/** The variables of a plugin call; absent ones are `""`. */
export interface PluginEnvironment {
  readonly command: string;
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly args: string;
  readonly path: string;
  readonly netnsOverride: string;
}

interface Variable {
  readonly key: keyof PluginEnvironment;
  readonly name: `CNI_${string}`;
  /** Commands that cannot do without it. */
  readonly neededBy: readonly string[];
  readonly findFault?: (text: string) => NameFault | undefined;
}

/** In the order in which they are read, which decides what a plugin complains about first (libcni, pkg/skel). */
const VARIABLES: readonly Variable[] = [
  { key: "command", name: "CNI_COMMAND", neededBy: ["ADD", "CHECK", "DEL", "GC", "STATUS", ""] },
  {
    key: "containerId",
    name: "CNI_CONTAINERID",
    neededBy: ["ADD", "CHECK", "DEL"],
    findFault: findContainerIdFault,
  },
  { key: "netns", name: "CNI_NETNS", neededBy: ["ADD", "CHECK"] },
  { key: "ifname", name: "CNI_IFNAME", neededBy: ["ADD", "CHECK", "DEL"], findFault: findIfnameFault },
  { key: "args", name: "CNI_ARGS", neededBy: [] },
  { key: "path", name: "CNI_PATH", neededBy: ["ADD", "CHECK", "DEL", "GC", "STATUS"] },
  { key: "netnsOverride", name: "CNI_NETNS_OVERRIDE", neededBy: [] },
];

/**
 * Reads and checks the variables. A needed one that is ill-formed is told before those that are missing.
 *
 * @throws CniError `invalid_environment`
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): PluginEnvironment {
  const command = environment.CNI_COMMAND ?? "";
  const missing: string[] = [];
  const found: { -readonly [K in keyof PluginEnvironment]?: string } = {};
  for (const { key, name, neededBy, findFault } of VARIABLES) {
    const value = environment[name] ?? "";
    found[key] = value;
    if (!neededBy.includes(command)) continue;
    if (value === "") missing.push(name);
    else {
      const fault = findFault?.(value);
      if (fault !== undefined) throw errorOf(fault);
    }
  }
  if (missing.length > 0) {
    throw new CniError("invalid_environment", `required env variables [${missing.join(",")}] missing`);
  }
  return found as PluginEnvironment;
}
