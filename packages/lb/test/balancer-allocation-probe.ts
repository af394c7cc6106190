// Prints by how much more the heap grows over many picks than over few: run with --expose-gc. What a heap holds of the
// harness itself is in both, so growth a pick is all that is left.
import {
  createBalancer,
  leastRequest,
  maglev,
  type PickRequest,
  type Policy,
  peakEwma,
  random,
  ringHash,
  roundRobin,
} from "@netmason/lb";

const endpoints = Array.from({ length: 10 }, (_, i) => ({ address: `10.0.0.${i}:80` }));
const weighted = endpoints.map((endpoint, i) => ({ ...endpoint, weight: 1 + (i % 3), priority: i % 2 }));
const versions = endpoints.map((endpoint, i) => ({ ...endpoint, metadata: { version: i % 2 } }));
const keyed = Array.from({ length: 64 }, (_, i) => ({ hashKey: `user ${i * 7919}` }));
const FEW = 1_000_000;

let kept = 0;

function picks(
  policy: Policy,
  set: typeof endpoints,
  requests: readonly PickRequest[] = [{}],
): (count: number) => void {
  let time = 0;
  const subset = { selectors: [{ keys: ["version"] }], fallback: "any_endpoint" as const };
  const balancer = createBalancer({ policy, endpoints: set, subset, now: () => time });
  return (count) => {
    for (let i = 0; i < count; i++) {
      time = (time + 1) & 0xffff;
      if (balancer.pick(requests[i % requests.length]).kind === "complete") kept++;
    }
  };
}

function calls(policy: Policy): (count: number) => void {
  let time = 0;
  const balancer = createBalancer({ policy, endpoints, now: () => time });
  return (count) => {
    for (let i = 0; i < count; i++) {
      time = (time + 1) & 0xffff;
      const picked = balancer.pick();
      if (picked.kind === "complete" && balancer.end(balancer.begin(picked), 200)) kept++;
    }
  };
}

const runs: readonly (readonly [name: string, many: number, run: (count: number) => void])[] = [
  ["round robin", 50_000_000, picks(roundRobin(), endpoints)],
  ["round robin by weight and priority", 5_000_000, picks(roundRobin(), weighted)],
  ["random", 5_000_000, picks(random(), endpoints)],
  ["least request", 5_000_000, picks(leastRequest(), endpoints)],
  ["peak EWMA", 5_000_000, picks(peakEwma(), endpoints)],
  ["ring hash", 5_000_000, picks(ringHash(), endpoints, keyed)],
  ["maglev", 5_000_000, picks(maglev({ tableSize: 251 }), endpoints, keyed)],
  ["a subset", 5_000_000, picks(roundRobin(), versions, [{ metadata: { version: 1 } }])],
  ["calls with least request", 5_000_000, calls(leastRequest())],
  ["calls with peak EWMA", 5_000_000, calls(peakEwma())],
];

function growth(run: (count: number) => void, count: number): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  run(count);
  return process.memoryUsage().heapUsed - before;
}

const found: Record<string, number> = {};
for (const [name, many, run] of runs) {
  run(FEW);
  let least = Number.POSITIVE_INFINITY;
  // A compiler at work beside the calls can only add, so the least of a few rounds counts.
  for (let round = 0; round < 4 && least > 1_024; round++)
    least = Math.min(least, growth(run, many) - growth(run, FEW));
  found[name] = Math.max(0, least);
}
process.stdout.write(JSON.stringify({ found, kept }));
