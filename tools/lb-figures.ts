// The figures of the guide to policies: a table and pictures, all from simulations, so that they are the same everywhere.
import {
  createBalancer,
  createFailureAccrual,
  createOutlierDetector,
  leastRequest,
  maglev,
  type Policy,
  peakEwma,
  random,
  rendezvous,
  ringHash,
  roundRobin,
} from "@netmason/lb";
import { type Scenario, type SimulatedEndpoint, simulate } from "@netmason/lb/simulate";

interface Row {
  readonly name: string;
  readonly policy: Policy;
  /** When to take it. */
  readonly purpose: string;
}

const ROWS: readonly Row[] = [
  { name: "`random`", policy: random(), purpose: "many clients, cheap requests, nothing to measure" },
  { name: "`roundRobin`", policy: roundRobin(), purpose: "endpoints and requests much alike" },
  { name: "`leastRequest`", policy: leastRequest(), purpose: "requests of unequal length; the default to begin with" },
  {
    name: '`leastRequest`, `sampling: "full_scan"`',
    policy: leastRequest({ sampling: "full_scan" }),
    purpose: "few endpoints, one client",
  },
  { name: "`peakEwma`", policy: peakEwma(), purpose: "endpoints of unequal speed, and speed that changes" },
  { name: "`ringHash`", policy: ringHash(), purpose: "a key to the same endpoint, as Envoy's ring does" },
  {
    name: "`ringHash`, `vnodesPerEndpoint`",
    policy: ringHash({ vnodesPerEndpoint: 200 }),
    purpose: "the same, and no key moves without need",
  },
  { name: "`maglev`", policy: maglev(), purpose: "a key to the same endpoint, evenly spread and fast to look up" },
  { name: "`rendezvous`", policy: rendezvous(), purpose: "the same for few endpoints, without a table" },
];

const KEY_COUNT = 20_000;
const COUNT = 10;

function endpointsOf(of: (i: number) => Partial<SimulatedEndpoint>): readonly SimulatedEndpoint[] {
  return Array.from({ length: COUNT }, (_, i) => ({
    ...{ address: `10.0.0.${i}:80`, service: { kind: "exponential", meanMs: 10 } as const },
    ...of(i),
  }));
}

const LOAD = { arrivalsPerSecond: 600, durationMs: 60_000, seed: 1, hashKeyCount: KEY_COUNT };
/** Ten alike, each working on one request at a time, 60 % of the time. */
const ALIKE = endpointsOf(() => ({ concurrency: 1 }));
/** One of ten takes ten times as long; each works on up to eight requests at once. */
const ONE_SLOW = endpointsOf((i) => ({
  concurrency: 8,
  service: { kind: "exponential", meanMs: i === 0 ? 100 : 10 },
}));

interface Measured extends Row {
  readonly alikeMs: number;
  readonly slowMs: number;
  readonly slowPercent: number;
  /** Keys of other endpoints that move when one of ten goes, in percent of all; NaN without keys. */
  readonly movedPercent: number;
}

function measure(row: Row): Measured {
  const play = (endpoints: Scenario["endpoints"]): ReturnType<typeof simulate> =>
    simulate({ ...LOAD, policy: row.policy, endpoints });
  const slow = play(ONE_SLOW);
  return {
    ...row,
    alikeMs: play(ALIKE).latencyMs.p99,
    slowMs: slow.latencyMs.p99,
    slowPercent: 100 * (slow.shares["10.0.0.0:80"] ?? 0),
    movedPercent: row.policy.word === "hash" ? movedWithoutNeed(row.policy) : Number.NaN,
  };
}

function movedWithoutNeed(policy: Policy): number {
  const balancer = createBalancer({ policy, endpoints: ALIKE });
  const ownersOf = (): readonly string[] =>
    Array.from({ length: KEY_COUNT }, (_, i) => {
      const result = balancer.pick({ hashKey: `key ${i}` });
      return result.kind === "complete" ? result.endpoint.address : result.kind;
    });
  const before = ownersOf();
  const [gone] = ALIKE;
  balancer.update(ALIKE.slice(1));
  const after = ownersOf();
  const moved = before.filter((owner, i) => owner !== gone?.address && owner !== after[i]).length;
  return (100 * moved) / KEY_COUNT;
}

/** The decision table and the pictures, by path. */
export function drawLbFigures(): { readonly table: string; readonly pictures: Readonly<Record<string, string>> } {
  const measured = ROWS.map(measure);
  return {
    table: tableOf(measured),
    pictures: {
      "docs/lb-latency.svg": drawBars("p99 latency in ms, ten endpoints of which one takes ten times as long", [
        ...measured.map(({ name, slowMs }): Bar => ({ name: name.replaceAll("`", ""), value: slowMs })),
      ]),
      "docs/lb-failures.svg": drawBars("failed requests in a minute in which one of ten endpoints fails", failures()),
    },
  };
}

function tableOf(measured: readonly Measured[]): string {
  const lines = measured.map(({ name, purpose, alikeMs, slowMs, slowPercent, movedPercent }) => {
    const moved = Number.isNaN(movedPercent) ? "" : `${movedPercent.toFixed(1)} %`;
    return [name, purpose, `${alikeMs.toFixed(0)} ms`, `${slowMs.toFixed(0)} ms`, `${slowPercent.toFixed(1)} %`, moved];
  });
  const head = [
    "policy",
    "take it for",
    "p99, all alike",
    "p99, one slow",
    "share of the slow one",
    "moved without need",
  ];
  const rows = [head, ...lines];
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const print = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return ["", print(head), print(widths.map((width) => "-".repeat(width))), ...lines.map(print), ""].join("\n");
}

function failures(): readonly Bar[] {
  const endpoints = endpointsOf((i) => (i === 0 ? { failure: { ratio: 1, fromMs: 5_000 } } : {}));
  const play = (detector?: Scenario["detector"]): number =>
    simulate({ ...LOAD, policy: roundRobin(), endpoints, ...(detector === undefined ? {} : { detector }) }).failedCount;
  return [
    { name: "no detector", value: play() },
    { name: "createOutlierDetector", value: play((clock) => createOutlierDetector(clock)) },
    { name: "createFailureAccrual", value: play((clock) => createFailureAccrual(clock)) },
  ];
}

interface Bar {
  readonly name: string;
  readonly value: number;
}

const LABEL_WIDTH = 330;
const BAR_WIDTH = 400;
const LINE = 30;

/** Bars one below the other, the longest as wide as there is room. */
function drawBars(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = 40 + bars.length * LINE;
  const lines = bars.flatMap(({ name, value }, i) => {
    const y = 40 + i * LINE;
    const width = Math.max(1, (BAR_WIDTH * value) / most).toFixed(1);
    const text = escapeXml(name);
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${y + 15}" text-anchor="end" font-family="ui-monospace, monospace" font-size="13" fill="#777">${text}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width}" height="20" rx="3" fill="#60a5fa"/>`,
      `<text x="${LABEL_WIDTH + Number(width) + 6}" y="${y + 15}" font-family="ui-monospace, monospace" font-size="13" fill="#777">${value.toFixed(0)}</text>`,
    ];
  });
  const total = LABEL_WIDTH + BAR_WIDTH + 70;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height}" width="${total}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<text x="10" y="22" font-family="ui-monospace, monospace" font-size="14" fill="#777">${escapeXml(title)}</text>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
