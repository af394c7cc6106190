import { CniError } from "../../errors.js";
import type { AttachmentCache, CachedAttachment } from "../attachment-cache.js";
import type { ContractCase } from "./contract-case.js";
import { expectEqual, expectThat } from "./expect-that.js";

const ENTRY: CachedAttachment = {
  network: { name: "lab", cniVersion: "1.1.0", plugins: [{ type: "bridge", note: "<kept>" }] },
  attachment: {
    containerId: "c1",
    ifname: "eth0",
    netns: "/run/netns/c1",
    args: [["A", "1"]],
    capabilityArgs: { mac: "02:00:00:00:00:01" },
  },
  result: { cniVersion: "1.1.0", ips: [{ address: "10.1.2.3/24", interface: 0 }] },
};
const OTHER: CachedAttachment = { ...ENTRY, attachment: { containerId: "c1", ifname: "net1" } };
const ELSEWHERE: CachedAttachment = { ...ENTRY, network: { ...ENTRY.network, name: "core" } };

/**
 * What every `AttachmentCache` must do.
 *
 * @param create - a new, empty cache for each case
 * @category Testing
 */
export function cacheContract(create: () => AttachmentCache | Promise<AttachmentCache>): readonly ContractCase[] {
  const with1 = (name: string, run: (cache: AttachmentCache) => Promise<void>): ContractCase => ({
    name,
    run: async () => run(await create()),
  });
  return [
    with1("is empty at first", async (cache) => {
      expectEqual(await cache.list(), [], "list");
      expectEqual(await cache.get("lab", ENTRY.attachment), undefined, "get");
    }),
    with1("gives back what was put", async (cache) => {
      await cache.put(ENTRY);
      expectEqual(await cache.get("lab", { containerId: "c1", ifname: "eth0" }), ENTRY, "get");
    }),
    with1("replaces an entry", async (cache) => {
      await cache.put(ENTRY);
      const changed: CachedAttachment = { ...ENTRY, result: { cniVersion: "1.0.0" } };
      await cache.put(changed);
      expectEqual(await cache.list(), [changed], "list");
    }),
    with1("keeps networks, containers and interfaces apart, and lists them in order", async (cache) => {
      for (const entry of [OTHER, ENTRY, ELSEWHERE]) await cache.put(entry);
      expectEqual(await cache.list(), [ELSEWHERE, ENTRY, OTHER], "list");
      expectEqual(await cache.get("core", ENTRY.attachment), ELSEWHERE, "get");
    }),
    with1("forgets, and forgets again", async (cache) => {
      await cache.put(ENTRY);
      await cache.delete("lab", ENTRY.attachment);
      await cache.delete("lab", ENTRY.attachment);
      expectEqual(await cache.list(), [], "list");
    }),
    with1("does not change with what was put", async (cache) => {
      const plugins = [{ type: "bridge" }];
      await cache.put({ network: { name: "lab", plugins }, attachment: { containerId: "c1", ifname: "eth0" } });
      plugins[0] = { type: "changed" };
      const found = await cache.get("lab", { containerId: "c1", ifname: "eth0" });
      expectEqual(found?.network.plugins, [{ type: "bridge" }], "plugins");
    }),
    with1("does nothing once aborted", async (cache) => {
      const reason = new CniError("internal", "enough");
      const signal = AbortSignal.abort(reason);
      const end = await cache.put(ENTRY, { signal }).catch((error: unknown) => error);
      expectThat(end === reason, "put must reject with the signal's reason");
      expectEqual(await cache.list(), [], "list");
    }),
  ];
}
