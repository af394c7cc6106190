import type { PoolSpec } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";

/** What counts for addresses in an `IPPool` of projectcalico.org/v3; tunnels and NAT are the data plane's. */
export interface CalicoPool {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly cidr: string;
    readonly blockSize?: number;
    readonly nodeSelector?: string;
    readonly namespaceSelector?: string;
    readonly allowedUses?: readonly string[];
    readonly assignmentMode?: "Automatic" | "Manual";
    readonly disabled?: boolean;
  };
}

/** The same pool here: blocks with affinity that may be borrowed from, which is Calico's default. */
export function poolOfCalico({ metadata, spec }: CalicoPool): PoolSpec {
  const prefix = parsePrefix(spec.cidr);
  const { nodeSelector, namespaceSelector, allowedUses = ["Workload", "Tunnel"], assignmentMode = "Automatic" } = spec;
  return {
    name: metadata.name,
    prefix,
    units: {
      kind: "addresses",
      blockLength: spec.blockSize ?? (prefix.family === 4 ? 26 : 122),
      affinity: "preferred",
      skipFirst: 0,
      skipLast: 0,
    },
    eligibility: {
      ...(nodeSelector !== undefined && { nodeSelector }),
      ...(namespaceSelector !== undefined && { namespaceSelector }),
      uses: allowedUses.map((use) => use.toLowerCase()),
      assignment: assignmentMode === "Manual" ? "manual" : "automatic",
    },
    state: spec.disabled === true ? "disabled" : "enabled",
  };
}
