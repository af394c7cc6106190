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
  ["round robin by weight and priority", 2_000_000, picks(roundRobin(), weighted)],
  ["random", 2_000_000, picks(random(), endpoints)],
  ["least request", 2_000_000, picks(leastRequest(), endpoints)],
  ["peak EWMA", 2_000_000, picks(peakEwma(), endpoints)],
  ["ring hash", 2_000_000, picks(ringHash(), endpoints, keyed)],
  ["maglev", 2_000_000, picks(maglev({ tableSize: 251 }), endpoints, keyed)],
  ["a subset", 2_000_000, picks(roundRobin(), versions, [{ metadata: { version: 1 } }])],
  ["calls with least request", 2_000_000, calls(leastRequest())],
  ["calls with peak EWMA", 2_000_000, calls(peakEwma())],
];

function growth(run: (count: number) => void, count: number): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  run(count);
  return process.memoryUsage().heapUsed - before;
}

const found: Record<string, number> = {};
for (const [name, many, run] of runs) {
  // So many are few: 10⁶ beside 5·10⁷.
  const few = many / 50;
  run(many / 10);
  let least = Number.POSITIVE_INFINITY;
  // A compiler at work beside the calls can only add, so the least of a few rounds counts.
  for (let round = 0; round < 4 && least > 1_024; round++)
    least = Math.min(least, growth(run, many) - growth(run, few));
  found[name] = Math.max(0, least);
}
process.stdout.write(JSON.stringify({ found, kept }));
