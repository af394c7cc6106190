import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryStore } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import type { BenchCase } from "../bench-case.js";
import { type Bench, openBench, pairs, taskOf } from "./allocate-task.js";
import { ours } from "./ours.js";

const POOL = "10.0.0.0/8";

function openMemory(): Promise<Bench> {
  return openBench(createMemoryStore(), POOL);
}

function openLmdb(): Promise<Bench> {
  const path = mkdtempSync(join(tmpdir(), "netmason-bench-"));
  return openBench(createLmdbStore({ path }), POOL, () => rmSync(path, { recursive: true }));
}

const unchecked: Pick<BenchCase, "inputs" | "expected"> = { inputs: () => ({}), expected: () => ["100 addresses"] };

export const allocateReleaseMemoryCase: BenchCase = {
  ...unchecked,
  name: "allocate-release-memory",
  operation: "allocate for a new handle, awaited, then release by handle, awaited; store in memory",
  ours: ours(async () => pairs(await openMemory(), 1)),
  peers: [],
};

export const batchMemoryCase: BenchCase = {
  inputs: () => ({}),
  expected: () => ["6400 addresses"],
  name: "batch-64-memory",
  operation: "one call for 64 addresses and one that releases them; store in memory",
  ours: ours(async () => pairs(await openMemory(), 64)),
  peers: [],
};

/** Durable: each of the two waits for the disk. */
export const allocateReleaseLmdbCase: BenchCase = {
  ...unchecked,
  name: "allocate-release-lmdb",
  operation: "allocate for a new handle, awaited until it is on disk, then release by handle, likewise",
  ours: ours(async () => pairs(await openLmdb(), 1)),
  peers: [
    ours(
      async () => {
        const bench = await openLmdb();
        return taskOf(bench, 1, async (iterations) => {
          for (let i = 0; i < iterations; i++) await bench.ipam.allocate({ handle: bench.handle() });
        });
      },
      { name: "ipam-allocate", note: "allocate alone, nothing released" },
    ),
  ],
};

const CONCURRENT = 1_024;

export const allocateConcurrentLmdbCase: BenchCase = {
  ...unchecked,
  name: "allocate-concurrent-lmdb",
  operation: `one of ${CONCURRENT} allocations that one process has under way, until it is on disk`,
  ours: ours(async () => {
    const bench = await openLmdb();
    return taskOf(bench, 1, async (iterations) => {
      for (let left = iterations; left > 0; left -= CONCURRENT) {
        const calls = Array.from({ length: Math.min(left, CONCURRENT) }, () =>
          bench.ipam.allocate({ handle: bench.handle() }),
        );
        await Promise.all(calls);
      }
    });
  }),
  peers: [],
};
