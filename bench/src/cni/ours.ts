import type { NodeContender } from "../bench-case.js";

/** Our side of a case; a variant of ours stands among the peers, as context. */
export function ours(prepare: NodeContender["prepare"], variant?: { name: string; note: string }): NodeContender {
  return { name: "cni", package: "@netmason/cni", ...variant, prepare };
}
