import { createIpam, createMemoryStore, type Ipam } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
import type { BenchCase, Task } from "../bench-case.js";
import { ours } from "./ours.js";

const POOL = "bench";
const PARENT = "10.0.0.0/8";
const LENGTH = 28;

/** Children of a pool that has many already: what one costs must not grow with them. */
export function allocatePrefixCase(label: string, held = Number(label)): BenchCase {
  return {
    name: `allocate-prefix-memory-${label}`,
    operation: `allocatePrefix of a /${LENGTH} of a /8 in which ${held} are held, and its release; store in memory`,
    inputs: () => ({ prefix: [PARENT], held: [String(held)] }),
    expected: () => ["100 children"],
    ours: ours(async () => pairs(await openPool(held))),
    peers: [
      {
        name: "go-ipam",
        note: "Go; memory storage, no handles",
        go: { program: "goipam", mode: "child" },
      },
    ],
  };
}

async function openPool(held: number): Promise<Ipam> {
  const ipam = createIpam({ store: createMemoryStore() });
  await ipam.createPool({ name: POOL, prefix: parsePrefix(PARENT), units: { kind: "prefixes", maxLength: LENGTH } });
  for (let i = 0; i < held; i++) await ipam.allocatePrefix({ handle: `held-${i}`, pool: POOL, want: LENGTH });
  return ipam;
}

function pairs(ipam: Ipam): Task {
  let handles = 0;
  const run = async (iterations: number): Promise<void> => {
    for (let i = 0; i < iterations; i++) {
      const handle = `handle-${++handles}`;
      await ipam.allocatePrefix({ handle, pool: POOL, want: LENGTH });
      await ipam.releaseByHandle(handle);
    }
  };
  const answers = async (): Promise<readonly string[]> => {
    const fresh = await openPool(0);
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) {
      seen.add(String((await fresh.allocatePrefix({ handle: `asked-${i}`, pool: POOL, want: LENGTH })).prefix));
    }
    return [`${seen.size} children`];
  };
  const roundTrips = async (): Promise<number> => {
    const before = ipam.metrics();
    await run(1);
    const after = ipam.metrics();
    return after.txnCount + after.readCount - before.txnCount - before.readCount;
  };
  return { run, answers, roundTrips, close: () => ipam.close() };
}
