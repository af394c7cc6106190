import { createIpam, createMemoryStore } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
import type { BenchCase, GoContender } from "../bench-case.js";
import { openBench, pairs } from "./allocate-task.js";
import { ours } from "./ours.js";

const goIpam = (mode: "pair" | "fill"): GoContender => ({
  name: "go-ipam",
  note: "Go; memory storage, no handles",
  go: { program: "goipam", mode },
});

/** What go-ipam's own benchmark does, on a prefix in which addresses are live already. */
export function acquireReleaseCase(held: number): BenchCase {
  return {
    name: `acquire-release-16-${held}`,
    operation: `acquire and release of one address of a /16 in which ${held} are live, in memory`,
    inputs: () => ({ prefix: ["10.0.0.0/16"], held: [String(held)] }),
    expected: () => ["100 addresses"],
    ours: ours(async () => {
      const bench = await openBench(createMemoryStore(), "10.0.0.0/16");
      for (let i = 0; i < held; i++) await bench.ipam.allocate({ handle: bench.handle() });
      return pairs(bench, 1);
    }),
    peers: [goIpam("pair")],
  };
}

/** A /18 has 16,384 addresses; the first and the last are not handed out. */
export function fillCase({ quick }: { readonly quick: boolean }): BenchCase {
  const [prefix, count] = quick ? ["10.0.0.0/26", 62] : ["10.0.0.0/18", 16_382];
  return {
    name: "fill-16384",
    operation: `a fresh store and one allocation after the other until a ${prefix} is full: ${count}`,
    inputs: () => ({ prefix: [prefix], held: ["0"] }),
    expected: () => [`${count} addresses`],
    ours: ours(() => ({
      run: async (iterations) => {
        for (let i = 0; i < iterations; i++) await fill(prefix, count);
      },
      answers: async () => [`${await fill(prefix, count)} addresses`],
    })),
    peers: [goIpam("fill")],
  };
}

async function fill(prefix: string, count: number): Promise<number> {
  const ipam = createIpam({ store: createMemoryStore() });
  await ipam.createPool({ name: "fill", prefix: parsePrefix(prefix), units: { kind: "addresses" } });
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    for (const { address } of await ipam.allocate({ handle: `handle-${i}` })) seen.add(String(address));
  }
  await ipam.close();
  return seen.size;
}
