import type { Task } from "./bench-case.js";

const enoughBytes = 512 * 1024;
const mostIterations = 65_536;
const attempts = 3;

/**
 * Bytes that one operation allocates, or that the kept value holds. Undefined when a collection ran in the smallest
 * batch, so that there is nothing to read off the heap.
 */
export async function taskBytes({ run, keep }: Task): Promise<number | undefined> {
  if (keep !== undefined) return keptBytes(keep);
  const found: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const bytes = await allocatedBytes(run);
    if (bytes !== undefined) found.push(bytes);
  }
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Grows the batch until the heap grew visibly; a batch that breaks the proportion had a collection in it. */
async function allocatedBytes(run: Task["run"]): Promise<number | undefined> {
  const nothing = await heapGrowth(() => run(0));
  let perOperation: number | undefined;
  let iterations = 1;
  while (iterations <= mostIterations) {
    const batch = iterations;
    const growth = (await heapGrowth(() => run(batch))) - nothing;
    const estimate = Math.max(0, growth) / iterations;
    if (growth < 0 && iterations === 1) return undefined;
    if (perOperation !== undefined && iterations > 256 && estimate < perOperation / 2) break;
    perOperation = estimate;
    if (growth >= enoughBytes) break;
    iterations *= 4;
  }
  return perOperation === undefined ? undefined : Math.round(perOperation * 10) / 10;
}

async function heapGrowth(work: () => void | Promise<void>): Promise<number> {
  collect();
  const before = process.memoryUsage().heapUsed;
  await work();
  return process.memoryUsage().heapUsed - before;
}

function keptBytes(keep: () => unknown): number {
  collect();
  const before = occupied();
  const kept = keep();
  collect();
  const growth = occupied() - before;
  holder.kept = kept;
  holder.kept = undefined;
  return growth;
}

const holder: { kept: unknown } = { kept: undefined };

function occupied(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("start Node with --expose-gc");
  globalThis.gc();
  globalThis.gc();
}
