// Outlier ejection: our detector hears of every response of a running Envoy and must decide as Envoy does.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createOutlierDetector, type Detector } from "@netmason/lb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWith } from "./components.js";
import { bootstrapWith, proxiedEndpoint } from "./lb/envoy-bootstrap.js";
import { type RunningEnvoy, startEnvoy } from "./xds/envoy-process.js";

const INTERVAL_MS = 1_000;
const BASE_MS = 2_000;
const ENDPOINT_COUNT = 10;
const WATCHED_MS = 12_000;
/** A busy machine may need more time until so many endpoints were ejected. */
const LEAST_SPELLS = 5;
const MOST_WATCHED_MS = 60_000;
const REST_MS = 4 * INTERVAL_MS;
/** One interval, and what may pass between two looks on a busy machine. */
const TOLERANCE_MS = INTERVAL_MS + 400;

/** One look at Envoy, or at ours: which endpoints were out at a time. */
interface Look {
  readonly atMs: number;
  readonly out: readonly string[];
}

interface Spell {
  readonly address: string;
  readonly fromMs: number;
  /** Undefined where the test ended before it. */
  readonly toMs: number | undefined;
  /** Responses of the endpoint until then. */
  readonly responseCount: number;
}

const hostOf = (address: string): string => address.slice(0, address.indexOf(":"));

/** Answers by the address it was reached at. */
class Backend {
  readonly failing = new Set<string>();
  readonly #server: Server = createServer((request, response) => {
    const status = this.failing.has(String(request.socket.localAddress)) ? 500 : 200;
    response.writeHead(status).end();
  });

  async start(): Promise<number> {
    this.#server.keepAliveTimeout = 60_000;
    this.#server.listen(0, "0.0.0.0");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

interface HostStatuses {
  readonly cluster_statuses: readonly {
    readonly name: string;
    readonly host_statuses?: readonly {
      readonly address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
      readonly health_status: { readonly failed_outlier_check?: boolean };
    }[];
  }[];
}

async function outOf(envoy: RunningEnvoy): Promise<readonly string[]> {
  const { cluster_statuses: clusters } = JSON.parse(await envoy.admin("/clusters?format=json")) as HostStatuses;
  return (clusters.find(({ name }) => name === "watched")?.host_statuses ?? [])
    .filter(({ health_status: { failed_outlier_check: isOut } }) => isOut === true)
    .map(({ address: { socket_address: at } }) => `${at.address}:${at.port_value}`)
    .sort();
}

/** Turns looks into spells, endpoint by endpoint. */
function spellsOf(looks: readonly Look[], responsesAt: (address: string, atMs: number) => number): readonly Spell[] {
  const spells: Spell[] = [];
  const open = new Map<string, number>();
  for (const { atMs, out } of looks) {
    for (const address of out) if (!open.has(address)) open.set(address, atMs);
    for (const [address, fromMs] of open) {
      if (out.includes(address)) continue;
      open.delete(address);
      spells.push({ address, fromMs, toMs: atMs, responseCount: responsesAt(address, fromMs) });
    }
  }
  for (const [address, fromMs] of open) {
    spells.push({ address, fromMs, toMs: undefined, responseCount: responsesAt(address, fromMs) });
  }
  return spells.sort((a, b) => (a.address === b.address ? a.fromMs - b.fromMs : a.address < b.address ? -1 : 1));
}

describeWith("envoy", "outlier detection and a running Envoy", (program) => {
  let backend: Backend;
  let envoy: RunningEnvoy;
  let port = 0;
  const addressOf = (i: number): string => `127.0.1.${i + 1}:${port}`;

  beforeEach(async () => {
    backend = new Backend();
    port = await backend.start();
    const seconds = (ms: number): string => `${ms / 1_000}s`;
    const cluster = {
      lb_policy: "ROUND_ROBIN",
      outlier_detection: {
        interval: seconds(INTERVAL_MS),
        base_ejection_time: seconds(BASE_MS),
        max_ejection_percent: 30,
        consecutive_5xx: 5,
        enforcing_success_rate: 0,
      },
    };
    const endpoints = [
      { lb_endpoints: Array.from({ length: ENDPOINT_COUNT }, (_, i) => proxiedEndpoint(addressOf(i))) },
    ];
    envoy = await startEnvoy(program, bootstrapWith([{ name: "watched", cluster, endpoints }]));
  });

  afterEach(async () => {
    await envoy?.[Symbol.asyncDispose]();
    await backend.stop();
  });

  /**
   * When Envoy looks at who may come back: a remainder of `INTERVAL_MS` on the scale of `performance.now`. An endpoint is
   * ejected for it, and so long waited that nothing of that is left.
   */
  async function phaseOf(ask: () => Promise<void>): Promise<number> {
    backend.failing.add("127.0.1.10");
    while ((await outOf(envoy)).length === 0) await ask();
    backend.failing.delete("127.0.1.10");
    while ((await outOf(envoy)).length > 0) await sleep(2);
    const atMs = performance.now();
    await sleep(2.5 * INTERVAL_MS);
    return atMs % INTERVAL_MS;
  }

  // Envoy's intervals are longer than they should be where the machine holds it up. By how much is seen when an endpoint comes
  // back, and our clock is held up as long. Nothing is asked around the ends of intervals, nor while one of the two has ejected
  // or returned an endpoint that the other has not: both hear of the same responses in the same interval.
  it("eject after the same responses and for the same times, give or take an interval", {
    timeout: 180_000,
  }, async () => {
    const listener = (await envoy.ports()).get("proxy") ?? 0;
    const send = async (): Promise<{ readonly address: string; readonly status: number }> => {
      const response = await fetch(`http://127.0.0.1:${listener}/watched`);
      await response.arrayBuffer();
      return { address: response.headers.get("x-upstream") ?? "", status: response.status };
    };
    const theirPhase = await phaseOf(async () => void (await send()));
    await sleep(INTERVAL_MS - ((performance.now() - theirPhase) % INTERVAL_MS));
    const beginMs = performance.now();
    let heldUpMs = 0;
    let alignedMs = beginMs;
    const now = (): number => performance.now() - heldUpMs;
    const sinceEnd = (): number => (now() - beginMs) % INTERVAL_MS;
    const detector: Detector = createOutlierDetector({
      ...{ now, intervalMs: INTERVAL_MS, ejection: { baseMs: BASE_MS, maxPercent: 30 } },
      successRate: { enforcePercent: 0 },
    });
    const align = (): void => {
      if (sinceEnd() < INTERVAL_MS / 2) heldUpMs += sinceEnd();
      alignedMs = performance.now();
    };
    detector.retain(Array.from({ length: ENDPOINT_COUNT }, (_, i) => addressOf(i)));
    const responses: { readonly address: string; readonly status: number; readonly atMs: number }[] = [];
    const [theirs, ours]: [Look[], Look[]] = [[], []];
    /** Endpoints that came back and will be ejected once more. */
    const returned = new Set<string>();
    let returnedIn: number | undefined;
    let begunCount = 0;
    const startMs = performance.now();
    /** Whether both say the same of all endpoints. */
    const look = async (): Promise<boolean> => {
      detector.tick();
      const atMs = performance.now() - startMs;
      const own = detector.list().map(({ address }) => address);
      const out = await outOf(envoy);
      const before = theirs.at(-1)?.out ?? [];
      begunCount += out.filter((address) => !before.includes(address)).length;
      const back = before.filter((address) => !out.includes(address));
      if (back.length > 0) align();
      for (const address of back) if (backend.failing.has(hostOf(address))) returned.add(address);
      for (const address of out) returned.delete(address);
      ours.push({ atMs, out: own.sort() });
      theirs.push({ atMs, out });
      return out.join() === ours.at(-1)?.out.join();
    };
    const agree = async (): Promise<void> => {
      const fromMs = performance.now();
      while (!(await look())) {
        const waitedMs = performance.now() - fromMs;
        if (waitedMs > TOLERANCE_MS) {
          const shown = [ours, theirs].map((looks) => looks.at(-1)?.out.join(" "));
          throw new Error(`after ${waitedMs} ms ours are ${shown[0]}, Envoy's ${shown[1]}`);
        }
        await sleep(2);
      }
    };
    /** There a response could count before an end of the one and after the other's; the longer ago, the further apart. */
    const isNearEnd = (): boolean => {
      const apartMs = Math.min(100 + (performance.now() - alignedMs) / 20, 400);
      return sinceEnd() < apartMs || sinceEnd() > INTERVAL_MS - 250;
    };
    /**
     * Whether the end of an interval takes back a step of an endpoint's back-off is a matter of microseconds for Envoy if
     * the endpoint returned at the end before. An endpoint is ejected again before it, or after so many that no step is left.
     */
    const rest = async (): Promise<void> => {
      returnedIn = undefined;
      do {
        returned.clear();
        for (const untilMs = performance.now() + REST_MS; performance.now() < untilMs; await sleep(20)) await look();
      } while (returned.size > 0);
    };
    // The first two always fail, the third for a while, and never more than 30 percent may be out.
    backend.failing.add("127.0.1.1").add("127.0.1.2").add("127.0.1.3");
    const isWatching = (): boolean => {
      const spentMs = performance.now() - startMs;
      return spentMs < WATCHED_MS || (begunCount < LEAST_SPELLS && spentMs < MOST_WATCHED_MS);
    };
    while (isWatching()) {
      await agree();
      const interval = Math.floor((now() - beginMs) / INTERVAL_MS);
      returnedIn = returned.size === 0 ? undefined : (returnedIn ?? interval);
      if (returnedIn !== undefined && returnedIn !== interval) await rest();
      if (isNearEnd()) {
        await sleep(5);
        continue;
      }
      const { address, status } = await send();
      responses.push({ address, status, atMs: performance.now() - startMs });
      detector.record(address, status);
      await agree();
      if (performance.now() - startMs > 5_000) backend.failing.delete("127.0.1.3");
    }
    const endMs = performance.now() - startMs;
    const responsesAt = (address: string, atMs: number): number =>
      responses.filter((each) => each.address === address && each.atMs <= atMs).length;
    const [expected, found] = [spellsOf(theirs, responsesAt), spellsOf(ours, responsesAt)];
    const shown = (spells: readonly Spell[]): readonly string[] =>
      spells.map(({ address, responseCount }) => `${address} after ${responseCount} responses`);
    expect(shown(found)).toEqual(shown(expected));
    expect(expected.length).toBeGreaterThanOrEqual(LEAST_SPELLS);
    for (const [i, spell] of expected.entries()) {
      expect(Math.abs((found[i]?.fromMs ?? Number.NaN) - spell.fromMs)).toBeLessThanOrEqual(TOLERANCE_MS);
      const [theirEnd, ourEnd] = [spell.toMs, found[i]?.toMs];
      // One that ends with the test may have ended for one of the two only.
      const last = endMs - TOLERANCE_MS;
      const isEnded = Math.min(theirEnd ?? endMs, ourEnd ?? endMs) < last;
      if (isEnded)
        expect(Math.abs((ourEnd ?? Number.NaN) - (theirEnd ?? Number.NaN))).toBeLessThanOrEqual(TOLERANCE_MS);
    }
    const counters = JSON.parse(
      await envoy.admin("/stats?format=json&filter=watched.outlier_detection.ejections_enforced_total"),
    );
    const total = Number(counters.stats[0]?.value);
    // One more was ejected to find out when Envoy's intervals end.
    expect(detector.metrics?.().enforcedCount).toBe(total - 1);
  });
});
