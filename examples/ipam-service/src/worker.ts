// One process of a node: allocates for its containers, says how far it is, and stays until it is told to go.
import { createIpam } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import type { Node } from "./pool-file.js";

/** What a worker tells its parent. */
export type WorkerMessage = { readonly started: readonly string[] } | { readonly done: true };

/** Containers whose addresses are asked for at the same time. */
const AT_ONCE = 50;

const [path = "", text = ""] = process.argv.slice(2);
const node = JSON.parse(text) as Node;
const store = createLmdbStore({ path });
const ipam = createIpam({ store });

for (let first = 0; first < node.containers; first += AT_ONCE) {
  const count = Math.min(AT_ONCE, node.containers - first);
  const handles = Array.from({ length: count }, (_, i) => `${node.name}/container-${first + i + 1}`);
  await Promise.all(
    handles.map((handle) =>
      ipam.allocate({ handle, node: node.name, families: [4, 6], labels: { node: node.labels } }),
    ),
  );
  tell({ started: handles });
}
tell({ done: true });

process.once("disconnect", async () => {
  await ipam.close();
  await store.close();
});

function tell(message: WorkerMessage): void {
  process.send?.(message);
}
