// Prints how many bytes a pick of each policy allocates: run with --expose-gc and a young generation large enough for all
// of it. All policies go through one call, so that nothing depends on the compiler knowing which one it is.
import { getHeapStatistics } from "node:v8";
import * as lb from "@netmason/lb";
import { createDraws } from "../src/internal/draws.js";

const CALLS = 100_000;
const COUNT = 50;
const endpoints = Array.from({ length: COUNT }, (_, i) => ({ address: `10.0.0.${i}:80` }));
const active = new Int32Array(COUNT);
const draws = createDraws();
const words = new Int32Array(2);
const selection = { hi: 0, lo: 0, hashed: true, attempt: 0, request: {} };
let time = 0;

function pickerOf(policy: lb.Policy, weighted: boolean, localities?: lb.FoldedLocalities): lb.Picker {
  const state = policy.create({
    now: () => time,
    seed: { hi: 7, lo: 11 },
    below: (bound) => draws.below(bound),
    totalActiveCount: () => COUNT,
  });
  return state.build({
    endpoints,
    weights: endpoints.map((_, i) => (weighted ? 1 + (i % 7) : 1)),
    slots: endpoints.map((_, i) => i),
    ...(localities && { localities }),
    activeCount: (index) => active[index] as number,
    slowStartSinceMs: () => Number.NaN,
  });
}

const folded = { indices: endpoints.map((_, i) => i % 3), weights: [1, 2, 3] };
const pickers: Readonly<Record<string, lb.Picker>> = {
  "round robin": pickerOf(lb.roundRobin(), false),
  "round robin by weight": pickerOf(lb.roundRobin(), true),
  random: pickerOf(lb.random(), false),
  "random by weight": pickerOf(lb.random({ weighted: true }), true),
  "smooth weighted round robin": pickerOf(lb.smoothWeightedRoundRobin(), true),
  "static stride": pickerOf(lb.staticStride(), true),
  "least request": pickerOf(lb.leastRequest(), false),
  "least request by weight": pickerOf(lb.leastRequest(), true),
  "least request with a bias": pickerOf(lb.leastRequest({ activeRequestBias: 1.5 }), true),
  "least request, distinct": pickerOf(lb.leastRequest({ sampling: "distinct", choiceCount: 3 }), true),
  "least request, full scan": pickerOf(lb.leastRequest({ sampling: "full_scan" }), false),
  "peak EWMA": pickerOf(lb.peakEwma(), false),
  "peak EWMA by weight": pickerOf(lb.peakEwma(), true),
  "ring hash": pickerOf(lb.ringHash(), true),
  "ring hash over localities": pickerOf(lb.ringHash({ locality: "folded" }), true, folded),
  "bounded ring hash": pickerOf(lb.ringHash({ boundedLoadPercent: 100 }), true),
  maglev: pickerOf(lb.maglev(), true),
  "maglev of another size": pickerOf(lb.maglev({ tableSize: 251 }), true),
  rendezvous: pickerOf(lb.rendezvous(), false),
  "rendezvous by weight": pickerOf(lb.rendezvous(), true),
  jump: pickerOf(lb.jump(), false),
  "deterministic aperture": pickerOf(lb.deterministicAperture({ peerIndex: 1, peerCount: 7 }), true),
};

let sum = 0;

function pickMany(picker: lb.Picker): void {
  for (let i = 0; i < CALLS; i++) {
    time = (time + 1) & 0xffff;
    draws.draw(words);
    selection.hi = words[0] as number;
    selection.lo = words[1] as number;
    selection.attempt = i & 1;
    // Now and then all are busy, and now and then one is, so that bounds are met.
    active.fill(i & 64 ? 5 : 0);
    active[i % COUNT] = 9;
    sum = (sum + picker.pick(selection)) | 0;
  }
}

/**
 * The least of several rounds: a compiler at work beside the picks can only add, and on a busy machine it comes late.
 */
function bytesPerPick(picker: lb.Picker): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 40 && least >= 1; round++) {
    globalThis.gc?.();
    const before = getHeapStatistics().used_heap_size;
    pickMany(picker);
    least = Math.min(least, (getHeapStatistics().used_heap_size - before) / CALLS);
  }
  return least;
}

for (const picker of Object.values(pickers)) pickMany(picker);
const found = Object.fromEntries(Object.entries(pickers).map(([name, picker]) => [name, bytesPerPick(picker)]));
process.stdout.write(JSON.stringify({ found, sum }));
