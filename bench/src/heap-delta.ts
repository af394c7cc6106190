import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import type { Task } from "./bench-case.js";

const enoughBytes = 512 * 1024;
const mostIterations = 65_536;
const attempts = 3;

/**
 * Bytes that one operation allocates, or that the kept value holds. Undefined when a collection ran in the smallest
 * batch, so that there is nothing to read off the heap.
 */
export async function taskBytes({ run, keep, isElsewhere }: Task): Promise<number | undefined> {
  if (isElsewhere) return undefined;
  if (keep !== undefined) return keptBytes(keep);
  const collections = watchCollections();
  const found: number[] = [];
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const bytes = await allocatedBytes(run, collections.seen);
      if (bytes !== undefined) found.push(bytes);
    }
  } finally {
    collections.stop();
  }
  return found.length === 0 ? undefined : Math.min(...found);
}

/** From the largest batch in which nothing was collected: there, what is not the operation's weighs least. */
async function allocatedBytes(run: Task["run"], collected: () => Promise<boolean>): Promise<number | undefined> {
  const nothing = await heapGrowth(() => run(0));
  let perOperation: number | undefined;
  for (let iterations = 1; iterations <= mostIterations; iterations *= 4) {
    const batch = iterations;
    await collected();
    const growth = await heapGrowth(() => run(batch));
    if (await collected()) break;
    perOperation = Math.max(0, growth - nothing) / iterations;
    if (growth >= enoughBytes) break;
  }
  return perOperation === undefined ? undefined : Math.round(perOperation * 10) / 10;
}

/** `seen` says whether a collection was begun by the engine itself since the last call. */
function watchCollections(): { readonly seen: () => Promise<boolean>; readonly stop: () => void } {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { flags = 0 } =
        (entry as PerformanceEntry & { readonly detail?: { readonly flags?: number } }).detail ?? {};
      if (flags !== constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) count++;
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  const seen = async (): Promise<boolean> => {
    // Entries arrive after the turn in which they are made.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    const any = count > 0;
    count = 0;
    return any;
  };
  return { seen, stop: () => observer.disconnect() };
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
