import type { Block, Explanation, Ipam, PoolUtilization } from "@netmason/ipam";

const BAR_CELLS = 32;

/** How much of a block is live, cooling and free, in one line. */
export function drawBlock({ prefix, size, liveCount, coolingCount, node }: Block): string {
  const live = Math.ceil((liveCount / size) * BAR_CELLS);
  const cooling = Math.min(BAR_CELLS - live, Math.ceil((coolingCount / size) * BAR_CELLS));
  const bar = "█".repeat(live) + "▒".repeat(cooling) + "·".repeat(BAR_CELLS - live - cooling);
  return `${String(prefix).padEnd(20)} ${bar} ${String(liveCount).padStart(4)} of ${size} ${node ?? ""}`;
}

/** What each pool has, and which node has what of it. */
export function describePool({ pool, counts, blockCount, nodes }: PoolUtilization): readonly string[] {
  const { capacity, liveCount, coolingCount, reservedCount } = counts;
  const state = pool.state === "enabled" ? "" : ` (${pool.state})`;
  const head = `${pool.name.padEnd(10)} ${String(pool.prefix).padEnd(18)} ${liveCount} live, ${coolingCount} cooling, ${reservedCount} reserved of ${capacity}, ${blockCount} blocks${state}`;
  const rows = Object.entries(nodes).map(
    ([node, of]) =>
      `  ${node.padEnd(10)} ${of.liveCount} addresses, ${of.blockCount} blocks, ${of.borrowedCount} borrowed`,
  );
  return [head, ...rows];
}

/** Why a request was refused, pool by pool. */
export function describeRefusal({ pools }: Explanation): readonly string[] {
  return pools.map(({ name, verdict, counts, topHolders, reclaimable }) => {
    const holders = topHolders.slice(0, 2).map(({ handle, count }) => `${handle} holds ${count}`);
    const space = reclaimable.slice(0, 2).map(({ kind, prefix, count }) => `${count} in ${prefix} are ${kind}`);
    const disabled = counts.disabledCount > 0n ? [`${counts.disabledCount} disabled`] : [];
    const details = [`${counts.freeCount} free`, ...disabled, `${counts.reservedCount} reserved`, ...holders, ...space];
    return `  ${name.padEnd(10)} ${verdict.padEnd(18)} ${details.join(", ")}`;
  });
}

/** The plan per pool and node, and under each pool a bar for each of its blocks, by node; at most so many a pool. */
export async function describeStore(ipam: Ipam, mostBlocks: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const use of await ipam.utilization()) {
    const blocks: Block[] = [];
    for await (const block of ipam.listBlocks({ pool: use.pool.name })) blocks.push(block);
    const byNode = blocks.toSorted((a, b) => (a.node ?? "").localeCompare(b.node ?? ""));
    lines.push(...describePool(use), ...byNode.slice(0, mostBlocks).map((block) => `    ${drawBlock(block)}`));
    if (blocks.length > mostBlocks) lines.push(`    … and ${blocks.length - mostBlocks} blocks more`);
  }
  return lines;
}
