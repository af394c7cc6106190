import { randomUUID } from "node:crypto";

/** A network namespace of a test's own; disposing removes it. */
export interface Netns extends AsyncDisposable {
  /** For `netns` of an attachment. */
  readonly path: string;
  /** For `ip netns exec`. */
  readonly name: string;
}

/**
 * Makes a network namespace with a unique name. Needs root and iproute2.
 *
 * @category Testing
 */
export async function createNetns(): Promise<Netns> {
  const { execFileSync } = process.getBuiltinModule("node:child_process");
  const name = `netmason-${randomUUID().slice(0, 8)}`;
  execFileSync("ip", ["netns", "add", name], { stdio: "pipe" });
  return {
    path: `/run/netns/${name}`,
    name,
    async [Symbol.asyncDispose]() {
      execFileSync("ip", ["netns", "delete", name], { stdio: "pipe" });
    },
  };
}
