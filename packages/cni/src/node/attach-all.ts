import type { NetworkConfigList } from "../network-config.js";
import type { CniResult } from "../result.js";
import type { Attachment } from "./attachment-cache.js";
import type { Cni } from "./cni.js";
import type { CallOptions } from "./exec.js";

/** The network of the loopback interface, for the first of `attachAll`'s attachments. */
export const LOOPBACK: NetworkConfigList = {
  name: "cni-loopback",
  cniVersion: "1.0.0",
  plugins: [{ type: "loopback" }],
};

/** A network and an attachment to it. */
export interface NetworkAttachment {
  readonly network: NetworkConfigList;
  readonly attachment: Attachment;
}

/**
 * Adds all or none. Loopback goes first, then the others in order (`serial`, the default) or at once (`parallel`, where
 * each container still gets one at a time). On a failure or abort everything added is deleted again in reverse, and the
 * first error is thrown; if deleting fails too, it is an `AggregateError` with the first error first.
 *
 * @returns results in the order of the input
 * @category Runtime
 */
export async function attachAll(
  cni: Cni,
  attachments: readonly NetworkAttachment[],
  options: CallOptions & { readonly mode?: "serial" | "parallel" } = {},
): Promise<readonly CniResult[]> {
  const { mode = "serial", ...abortable } = options;
  const jobs = attachments.map((each, index) => ({ ...each, index }));
  const isLoopback = ({ network }: NetworkAttachment): boolean =>
    network.plugins?.every(({ type }) => type === "loopback") === true;
  const others = jobs.filter((job) => !isLoopback(job));
  const stages = [
    ...jobs.filter(isLoopback).map((job) => [job]),
    ...(mode === "serial" ? others.map((job) => [job]) : [others]),
  ];
  const results: CniResult[] = [];
  const added: NetworkAttachment[] = [];
  for (const stage of stages) {
    const ends = await Promise.allSettled(
      stage.map(async (job) => {
        results[job.index] = await cni.add(job.network, job.attachment, abortable);
        added.push(job);
      }),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw await undo(cni, added, failed.reason);
  }
  return results;
}

async function undo(cni: Cni, added: readonly NetworkAttachment[], first: unknown): Promise<unknown> {
  const errors: unknown[] = [];
  for (const { network, attachment } of [...added].reverse()) {
    await cni.del(network, attachment, { continueOnError: true }).catch((error) => errors.push(error));
  }
  return errors.length === 0 ? first : new AggregateError([first, ...errors], "attachments could not be deleted again");
}
