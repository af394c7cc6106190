import type { AttachmentId } from "../attachment-id.js";
import type { CniArgs } from "../cni-args.js";
import type { JsonValue } from "../json-value.js";
import type { NetworkConfigList } from "../network-config.js";
import type { CniResult } from "../result.js";
import type { CallOptions } from "./exec.js";

/** A container's interface on a network, and what plugins are told of it. */
export interface Attachment extends AttachmentId {
  /** Path of the network namespace: needed by ADD and CHECK, may be gone for DEL. */
  readonly netns?: string;
  /** For `CNI_ARGS`. Unless they name it, `IgnoreUnknown=1` is added. */
  readonly args?: CniArgs;
  /** Arguments by capability: each plugin gets those its configuration has switched on. */
  readonly capabilityArgs?: Readonly<Record<string, JsonValue>>;
}

/** What is remembered of an attachment, so that it can be checked and undone. */
export interface CachedAttachment {
  /** As it was added. Only its `name` where the entry was written before configurations were kept. */
  readonly network: NetworkConfigList;
  readonly attachment: Attachment;
  readonly result?: CniResult;
}

/** Remembers attachments. Entries are known by network name, container id and interface name. */
export interface AttachmentCache {
  /**
   * Writes an entry, in place of an older one.
   *
   * @throws CniError `cache_failure` when it cannot be written, or its place is held by another attachment
   */
  put(entry: CachedAttachment, options?: CallOptions): Promise<void>;
  /**
   * An entry, or `undefined` when there is none or it cannot be read; the latter is told as a warning.
   *
   * @throws CniError `unsupported_version` when the result is of a version this package does not know; `cache_failure` when
   * the place of this entry is held by another attachment
   */
  get(network: string, id: AttachmentId, options?: CallOptions): Promise<CachedAttachment | undefined>;
  /** Forgets an entry; none is no error. */
  delete(network: string, id: AttachmentId, options?: CallOptions): Promise<void>;
  /** All readable entries, ordered by network, container id and interface name joined with `-`. */
  list(options?: CallOptions): Promise<readonly CachedAttachment[]>;
}
