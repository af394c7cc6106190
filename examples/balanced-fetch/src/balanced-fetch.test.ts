import { peakEwma, roundRobin } from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";
import { createBalancedFetch } from "./balanced-fetch.js";
import { percentile, type Sample, sendSteadily } from "./load.js";
import { bar, drawHistograms } from "./picture.js";
import { startServers } from "./servers.js";

async function played(policy: ReturnType<typeof roundRobin>, guarded: boolean): Promise<readonly Sample[]> {
  const behaviours = [
    { name: "swift", workMs: 1, failureRatio: 0 },
    { name: "slow", workMs: 40, failureRatio: 0 },
    { name: "flaky", workMs: 1, failureRatio: 0.5 },
  ];
  const servers = await startServers(behaviours, seededRandom(1));
  const endpoints = servers.map(({ address }) => ({ address }));
  const { fetch, balancer, close } = createBalancedFetch(policy, endpoints, { guarded });
  try {
    const samples = await sendSteadily(fetch, { perSecond: 200, durationMs: 600 });
    expect(balancer.metrics()).toMatchObject({ activeCount: 0 });
    return samples;
  } finally {
    await close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

describe("the balanced fetch", () => {
  it("fails as often as its servers in turn, and less when it is guarded", async () => {
    const failed = (samples: readonly Sample[]): number => samples.filter(({ server }) => server === undefined).length;
    const [inTurn, guarded] = [await played(roundRobin(), false), await played(peakEwma({ decayMs: 100 }), true)];
    expect(inTurn.length).toBeGreaterThan(50);
    const ratio = (samples: readonly Sample[]): number => failed(samples) / samples.length;
    expect(ratio(inTurn)).toBeGreaterThan(0.1);
    expect(ratio(guarded)).toBeLessThan(ratio(inTurn) / 2);
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
