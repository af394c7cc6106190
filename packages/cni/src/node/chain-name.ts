import { createHash } from "node:crypto";

const MOST_LENGTH = 28;

/**
 * The firewall chain of an attachment's container on a network, as the reference plugins name it.
 *
 * @param prefix - further letters that stand behind `CNI-`; default none
 * @category Plugins
 */
export function formatChainName(network: string, containerId: string, prefix = ""): string {
  const start = `CNI-${prefix}`;
  const hash = createHash("sha512")
    .update(network + containerId)
    .digest("hex");
  return start + hash.slice(0, Math.max(0, MOST_LENGTH - start.length));
}

/**
 * The comment the reference plugins write to firewall rules.
 *
 * @category Plugins
 */
export function formatRuleComment(network: string, containerId: string): string {
  return `name: ${JSON.stringify(network)} id: ${JSON.stringify(containerId)}`;
}
