import { peakEwma, roundRobin } from "@netmason/lb";
import { createManualClock, seededRandom } from "@netmason/lb/testing";
import { afterEach, describe, expect, it } from "vitest";
import { type BalancedFetch, createBalancedFetch } from "./balanced-fetch.js";
import { type RunningDnsServer, startDnsServer } from "./dns-server.js";
import { percentile, type Sample, sendSteadily } from "./load.js";
import { bar, drawHistograms } from "./picture.js";
import { type RunningServer, startServers, type Work } from "./servers.js";

const SERVICE = "_http._tcp.orders.internal";
const BEHAVIOURS = [
  { name: "swift", workMs: 1, failureRatio: 0 },
  { name: "slow", workMs: 40, failureRatio: 0 },
  { name: "flaky", workMs: 1, failureRatio: 0.5 },
];

interface Scene {
  readonly servers: readonly RunningServer[];
  readonly dns: RunningDnsServer;
}

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function scene(behaviours: typeof BEHAVIOURS, work?: Work): Promise<Scene> {
  const servers = await startServers(behaviours, seededRandom(1), work);
  cleanups.push(() => Promise.all(servers.map((server) => server.close())));
  const dns = await startDnsServer({ name: SERVICE, host: "127.0.0.1", ports: servers.map(({ port }) => port) });
  cleanups.push(() => dns.close());
  return { servers, dns };
}

function balanced(
  { dns: { resolver } }: Scene,
  options: Omit<Parameters<typeof createBalancedFetch>[0], "service" | "dns">,
): BalancedFetch {
  const created = createBalancedFetch({ ...options, service: SERVICE, dns: { resolver, refreshMs: 10 } });
  cleanups.push(() => created.close());
  return created;
}

describe("the balanced fetch", () => {
  it("fails as often as its servers in turn, and less when it is guarded", async () => {
    const played = async (policy: ReturnType<typeof roundRobin>, guarded: boolean): Promise<number> => {
      const { fetch, balancer } = balanced(await scene(BEHAVIOURS), { policy, guarded });
      const samples = await sendSteadily(fetch, { perSecond: 200, durationMs: 600 });
      expect(samples.length).toBeGreaterThan(50);
      expect(balancer.metrics()).toMatchObject({ activeCount: 0 });
      return samples.filter(({ server }) => server === undefined).length / samples.length;
    };
    const [inTurn, guarded] = [await played(roundRobin(), false), await played(peakEwma({ decayMs: 100 }), true)];
    expect(inTurn).toBeGreaterThan(0.1);
    expect(guarded).toBeLessThan(inTurn / 2);
  });

  // Servers and balancer share a clock that only work moves, so that the figures are the same on any machine.
  it("gives a slow server its share in turn, and a twentieth of it by peak EWMA", async () => {
    const played = async (policy: ReturnType<typeof roundRobin>): Promise<readonly Sample[]> => {
      const clock = createManualClock();
      const steady = BEHAVIOURS.map((behaviour) => ({ ...behaviour, failureRatio: 0 }));
      const work: Work = (answer, workMs) => {
        clock.advance(workMs);
        answer();
      };
      const random = seededRandom(1);
      const { fetch } = balanced(await scene(steady, work), { policy, guarded: false, now: clock.now, random });
      const samples: Sample[] = [];
      for (let request = 0; request < 300; request++) {
        const startMs = clock.now();
        const server = await (await fetch("http://orders.internal/")).text();
        samples.push({ server, latencyMs: clock.now() - startMs });
      }
      return samples;
    };
    const slow = (samples: readonly Sample[]): number => samples.filter(({ server }) => server === "slow").length;
    const [inTurn, measured] = [await played(roundRobin()), await played(peakEwma())];
    expect([slow(inTurn), percentile(inTurn, 0.95)]).toEqual([100, 40]);
    expect(percentile(measured, 0.95)).toBe(1);
    expect(slow(measured)).toBeLessThanOrEqual(5);
  });

  it("follows the records of its service", async () => {
    const playing = await scene(BEHAVIOURS);
    const { fetch, balancer } = balanced(playing, { policy: roundRobin(), guarded: false });
    const swift = playing.servers.filter(({ name }) => name === "swift").map(({ port }) => port);
    expect((await fetch("http://orders.internal/")).headers.get("date")).not.toBeNull();
    expect(balancer.inspect().map(({ endpoint }) => endpoint.address)).toEqual(
      playing.servers.map(({ port }) => `127.0.0.1:${port}`).sort(),
    );
    const updated = balancer.nextUpdate();
    playing.dns.publish({ name: SERVICE, host: "127.0.0.1", ports: swift });
    await updated;
    const names = await Promise.all([1, 2, 3, 4].map(async () => (await fetch("http://orders.internal/")).text()));
    expect(names).toEqual(["swift", "swift", "swift", "swift"]);
  });
});

describe("the picture", () => {
  it("draws classes beside each other", () => {
    expect(
      drawHistograms(
        [
          [0, 1, 2, 12],
          [99, 7],
        ],
        { classMs: 5, classCount: 3, width: 4 },
      ).split("\n"),
    ).toEqual(["            0–5 ms  ████", "           5–10 ms        █▍", "    10 ms and more  █▍    █▍"]);
    expect([bar(0, 10), bar(0.0001, 10), bar(0.5, 3), bar(1, 3)]).toEqual(["", "▏", "█▌", "███"]);
  });

  it("knows percentiles", () => {
    const samples = Array.from({ length: 100 }, (_, i) => ({ latencyMs: 100 - i, server: "a" }));
    expect([percentile(samples, 0.5), percentile(samples, 0.99), percentile([], 0.5)]).toEqual([51, 100, 0]);
  });
});
