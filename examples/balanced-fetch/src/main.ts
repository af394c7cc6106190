import { peakEwma, roundRobin } from "@netmason/lb";
import { createBalancedFetch } from "./balanced-fetch.js";
import { startDnsServer } from "./dns-server.js";
import { percentile, type Sample, sendSteadily } from "./load.js";
import { bar, drawHistograms } from "./picture.js";
import { type Behaviour, startServers } from "./servers.js";

const swift: Behaviour = { name: "swift", workMs: 5, failureRatio: 0 };
const BEHAVIOURS: readonly Behaviour[] = [
  ...Array.from({ length: 6 }, () => swift),
  { name: "slow", workMs: 85, failureRatio: 0 },
  { name: "flaky", workMs: 5, failureRatio: 0.6 },
];
const LOAD = { perSecond: 150, durationMs: 4_000 };
/** For connections to open and latencies to be known; not counted. */
const WARM_UP = { perSecond: 150, durationMs: 1_500 };
const COLUMN = 26;
const SERVICE = "_http._tcp.orders.internal";

// In a few seconds there is no time for the usual decay of ten.
const measuring = peakEwma({ decayMs: 500 });

const WAYS = [
  { name: "round robin", policy: roundRobin(), guarded: false },
  { name: "peak EWMA", policy: measuring, guarded: false },
  { name: "peak EWMA, guarded", policy: measuring, guarded: true },
] as const;

console.log("Eight servers on loopback: six answer in 5 ms, one in 85 ms, and one fails 6 requests of 10 at once.");
console.log("Where they are is asked of a DNS server, also on loopback, which has an SRV record for each.");
console.log(`${LOAD.perSecond} requests a second for ${LOAD.durationMs / 1_000} s, in three ways at once:\n`);

const results = await Promise.all(WAYS.map(run));

const row = (label: string, cells: readonly string[]): string =>
  `${label.padStart(18)}  ${cells.map((cell) => cell.padEnd(COLUMN)).join("")}`.trimEnd();
const rowOf = (label: string, cell: (samples: readonly Sample[]) => string): string => row(label, results.map(cell));
const milliseconds = (ratio: number) => (samples: readonly Sample[]) => `${percentile(samples, ratio).toFixed(1)} ms`;

console.log(
  row(
    "",
    WAYS.map(({ name }) => name),
  ),
);
console.log(rowOf("requests", (samples) => String(samples.length)));
for (const name of new Set(BEHAVIOURS.map((behaviour) => behaviour.name))) {
  console.log(
    rowOf(`answered by ${name}`, (samples) => {
      const share = samples.filter(({ server }) => server === name).length / samples.length;
      return `${`${Math.round(100 * share)} %`.padStart(4)} ${bar(share, COLUMN - 8)}`;
    }),
  );
}
console.log(rowOf("failed", (samples) => String(samples.filter(({ server }) => server === undefined).length)));
console.log(rowOf("half below", milliseconds(0.5)));
console.log(rowOf("19 of 20 below", milliseconds(0.95)));

console.log("\nHow late the answers were:");
const latencies = results.map((samples) => samples.map(({ latencyMs }) => latencyMs));
console.log(drawHistograms(latencies, { classMs: 10, classCount: 11, width: COLUMN - 2 }));

async function run({ policy, guarded }: (typeof WAYS)[number]): Promise<readonly Sample[]> {
  const servers = await startServers(BEHAVIOURS, Math.random);
  const dns = await startDnsServer({ name: SERVICE, host: "127.0.0.1", ports: servers.map(({ port }) => port) });
  const balanced = createBalancedFetch({ policy, service: SERVICE, dns: { resolver: dns.resolver }, guarded });
  try {
    await sendSteadily(balanced.fetch, WARM_UP);
    return await sendSteadily(balanced.fetch, LOAD);
  } finally {
    await balanced.close();
    await dns.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}
