import type { AttachmentId } from "../../attachment-id.js";
import { CniError } from "../../errors.js";
import type { AttachmentCache, CachedAttachment } from "../attachment-cache.js";
import { formatCacheDocument, parseCacheDocument } from "../cache-document.js";

/**
 * Keeps attachments in memory, for tests and for runtimes whose attachments end with them.
 *
 * @category Testing
 */
export function createMemoryCache(): AttachmentCache {
  // As text, so that an entry does not change with what was put.
  const entries = new Map<string, string>();
  const keyOf = (network: string, { containerId, ifname }: AttachmentId): string =>
    `${network}\0${containerId}\0${ifname}`;
  return {
    async put(entry, { signal } = {}) {
      signal?.throwIfAborted();
      entries.set(keyOf(entry.network.name, entry.attachment), formatCacheDocument(entry));
    },
    async get(network, id, { signal } = {}) {
      signal?.throwIfAborted();
      const text = entries.get(keyOf(network, id));
      return text === undefined ? undefined : entryOf(text);
    },
    async delete(network, id, { signal } = {}) {
      signal?.throwIfAborted();
      entries.delete(keyOf(network, id));
    },
    async list({ signal } = {}) {
      signal?.throwIfAborted();
      return [...entries.values()].map(entryOf).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    },
  };
}

function entryOf(text: string): CachedAttachment {
  const document = parseCacheDocument(text);
  if (document.kind === "entry") return document.entry;
  throw new CniError("cache_failure", "an entry of the memory cache has no kind");
}

function orderOf({ network, attachment }: CachedAttachment): string {
  return `${network.name}-${attachment.containerId}-${attachment.ifname}`;
}
