import { findContainerIdFault, findIfnameFault, type NameFault } from "./internal/name-faults.js";
import type { Issue } from "./issue.js";

/** What names an attachment on a network. */
export interface AttachmentId {
  readonly containerId: string;
  /** Name of the interface inside the container. */
  readonly ifname: string;
}

/**
 * What libcni and plugins refuse in a container id and an interface name.
 *
 * @returns [] when both are right
 * @category Arguments
 */
export function validateAttachmentId({ containerId, ifname }: AttachmentId): readonly Issue[] {
  return [
    ...issuesOf("/containerId", findContainerIdFault(containerId)),
    ...issuesOf("/ifname", findIfnameFault(ifname)),
  ];
}

function issuesOf(path: string, fault: NameFault | undefined): readonly Issue[] {
  if (fault === undefined) return [];
  return [{ path, rule: fault.rule, severity: "error", message: fault.msg }];
}
