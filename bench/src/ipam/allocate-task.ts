import { createIpam, type Ipam, type Store } from "@netmason/ipam";
import { containsAddress, parsePrefix } from "@netmason/net";
import type { Task } from "../bench-case.js";

/** An Ipam over one pool of addresses, and a count of the handles it has seen. */
export interface Bench {
  readonly ipam: Ipam;
  readonly prefix: string;
  /** A handle that was not used before. */
  handle(): string;
  close(): Promise<void>;
}

export async function openBench(store: Store, prefix: string, tidy: () => void = () => {}): Promise<Bench> {
  const ipam = createIpam({ store });
  await ipam.createPool({ name: "bench", prefix: parsePrefix(prefix), units: { kind: "addresses" } });
  let handles = 0;
  const close = async (): Promise<void> => {
    await ipam.close();
    await store.close();
    tidy();
  };
  return { ipam, prefix, handle: () => `handle-${++handles}`, close };
}

/** A task whose answers say that addresses are of the pool and each was handed out once. */
export function taskOf(bench: Bench, count: number, run: (iterations: number) => Promise<void>): Task {
  const { ipam, prefix, handle } = bench;
  const answers = async (): Promise<readonly string[]> => {
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) {
      for (const { address } of await ipam.allocate({ handle: handle(), count })) {
        if (containsAddress(parsePrefix(prefix), address)) seen.add(String(address));
      }
    }
    return [`${seen.size} addresses`];
  };
  const roundTrips = async (): Promise<number> => {
    const before = ipam.metrics();
    await run(1);
    const after = ipam.metrics();
    return after.txnCount + after.readCount - before.txnCount - before.readCount;
  };
  return { run, answers, roundTrips, close: bench.close };
}

/** Allocates `count` addresses for a new handle and gives them back, one pair after the other. */
export function pairs(bench: Bench, count: number): Task {
  return taskOf(bench, count, async (iterations) => {
    for (let i = 0; i < iterations; i++) {
      const handle = bench.handle();
      await bench.ipam.allocate({ handle, count });
      await bench.ipam.releaseByHandle(handle);
    }
  });
}
