import * as lb from "@netmason/lb";
import { type EndpointView, isLbError, type Picker, type Policy } from "@netmason/lb";
import { policyContract } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

const POLICIES: Readonly<Record<string, () => Policy>> = {
  random: () => lb.random(),
  "weighted random": () => lb.random({ weighted: true }),
  "round robin": () => lb.roundRobin(),
  "round robin with slow start": () => lb.roundRobin({ slowStart: { windowMs: 500 } }),
  "smooth weighted round robin": () => lb.smoothWeightedRoundRobin(),
  "static stride": () => lb.staticStride(),
  "least request": () => lb.leastRequest(),
  "least request with a bias": () => lb.leastRequest({ activeRequestBias: 1.5 }),
  "least request, distinct": () => lb.leastRequest({ sampling: "distinct", choiceCount: 3 }),
  "least request, full scan": () => lb.leastRequest({ sampling: "full_scan" }),
  "peak EWMA": () => lb.peakEwma(),
  "ring hash": () => lb.ringHash(),
  "ring hash with constant numbers": () => lb.ringHash({ vnodesPerEndpoint: 40 }),
  "bounded ring hash": () => lb.ringHash({ boundedLoadPercent: 110 }),
  maglev: () => lb.maglev({ tableSize: 251 }),
  "bounded maglev": () => lb.maglev({ tableSize: 251, boundedLoadPercent: 100 }),
  rendezvous: () => lb.rendezvous(),
  jump: () => lb.jump(),
  "deterministic aperture": () => lb.deterministicAperture({ peerIndex: 2, peerCount: 7 }),
};

describe.each(Object.entries(POLICIES))("%s", (_, policy) => {
  for (const { name, run } of policyContract(policy)) it(name, run);
});

/** A policy that is right but for one thing. */
function flawed(pickerOf: (view: EndpointView, shared: { count: number }) => Picker): () => Policy {
  const shared = { count: 0 };
  return () => ({ name: "flawed", word: "split", create: () => ({ build: (view) => pickerOf(view, shared) }) });
}

describe("policyContract sees", () => {
  const flaws: Readonly<Record<string, () => Policy>> = {
    "an index past the end": flawed((view) => ({ pick: () => view.endpoints.length })),
    "a fraction": flawed(() => ({ pick: () => 0.5 })),
    "state outside of the balancer": flawed((view, shared) => ({ pick: () => shared.count++ % view.endpoints.length })),
    "an explanation that moves on": flawed((view) => {
      let next = 0;
      return { pick: () => next++ % view.endpoints.length, explain: () => ({ next: next++ }) };
    }),
    "an object that is written to": flawed(() => ({
      pick(selection) {
        (selection as { attempt: number }).attempt = 1;
        return 0;
      },
    })),
    "an endpoint of the view before": flawed((view, shared) => {
      shared.count = Math.max(shared.count, view.endpoints.length);
      return { pick: () => shared.count - 1 };
    }),
    "a name that is empty": () => ({ ...flawed(() => ({ pick: () => 0 }))(), name: "" }),
    "an unknown word": () => ({ ...flawed(() => ({ pick: () => 0 }))(), word: "coin" as "draw" }),
  };

  it.each(Object.entries(flaws))("%s", async (_, policy) => {
    const failures: unknown[] = [];
    for (const { run } of policyContract(policy)) {
      try {
        await run();
      } catch (error) {
        failures.push(error);
      }
    }
    expect(failures).not.toEqual([]);
    expect(failures.every((error) => isLbError(error, "contract_broken") || error instanceof TypeError)).toBe(true);
  });
});
