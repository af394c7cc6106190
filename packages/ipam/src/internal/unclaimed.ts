import {
  type Address,
  addToAddress,
  compareAddresses,
  distance,
  equalAddresses,
  firstAddress,
  type Prefix,
  prefixOf,
} from "@netmason/net";
import type { PoolPolicy } from "./policy.js";
import type { Run } from "./run-record.js";

/** All blocks of a pool as one run. */
export function wholeRun(pool: Prefix, blockLength: number): Run {
  const first = firstAddress(pool);
  const count = 1n << BigInt(blockLength - pool.length);
  return { first, last: addToAddress(first, (count - 1n) * blockStep(pool, blockLength)) };
}

function blockStep(pool: Prefix, blockLength: number): bigint {
  return 1n << BigInt((pool.family === 4 ? 32 : 128) - blockLength);
}

/** How many blocks a run has. */
function countBlocks(run: Run, pool: Prefix, blockLength: number): bigint {
  return distance(run.first, run.last) / blockStep(pool, blockLength) + 1n;
}

/** Whether a block is one of a run. */
export function isInside(run: Run, block: Prefix): boolean {
  const at = firstAddress(block);
  return compareAddresses(run.first, at) <= 0 && compareAddresses(at, run.last) <= 0;
}

/** A run without one of its blocks: what is left on both sides. */
export function withoutBlock(run: Run, block: Prefix): readonly Run[] {
  const at = firstAddress(block);
  const step = 1n << BigInt((block.family === 4 ? 32 : 128) - block.length);
  const rest: Run[] = [];
  if (!equalAddresses(run.first, at)) rest.push({ first: run.first, last: addToAddress(at, -step) });
  if (!equalAddresses(run.last, at)) rest.push({ first: addToAddress(at, step), last: run.last });
  return rest;
}

/**
 * The first block of a run that has an address to hand out, searched from `share` (0 to 1) of the run on, then from its
 * start.
 */
export function usableBlock(policy: PoolPolicy, blockLength: number, run: Run, share: number): Prefix | undefined {
  const { prefix } = policy.pool;
  const count = countBlocks(run, prefix, blockLength);
  const skipped = share === 0 ? 0n : (BigInt(Math.floor(share * 2 ** 32)) * count) >> 32n;
  const from = addToAddress(run.first, skipped * blockStep(prefix, blockLength));
  return firstUsable(policy, blockLength, from, run.last) ?? firstUsable(policy, blockLength, run.first, run.last);
}

function firstUsable(policy: PoolPolicy, blockLength: number, from: Address, last: Address): Prefix | undefined {
  for (let at = from; compareAddresses(at, last) <= 0; ) {
    const block = prefixOf(at, blockLength);
    const around = policy.excludedAround(block);
    if (around === undefined) return block;
    if (compareAddresses(around.last, last) >= 0 && policy.excludedAround(prefixOf(last, blockLength)) !== undefined) {
      return undefined;
    }
    at = firstAddress(prefixOf(addToAddress(around.last, 1), blockLength));
  }
  return undefined;
}
