import type { Endpoint } from "../endpoint.js";
import { createDraws } from "../internal/draws.js";
import type { Outcome } from "../outcome.js";
import type { EndpointView, Selection } from "../picker.js";
import type { Policy, PolicyState } from "../policy.js";
import { seededRandom } from "./chance.js";
import { createManualClock } from "./manual-clock.js";

/** What a policy sees of a balancer, without one: a leaf, slots, requests in flight and a clock that goes on. */
export interface LeafBench {
  readonly state: PolicyState;
  /** A leaf of these endpoints; those that are gone and idle are forgotten before. */
  leaf(endpoints: readonly Endpoint[]): EndpointView;
  /** The next question, with a random word and now and then another attempt. The object is reused, as a balancer's is. */
  select(): Selection;
  /** Sends a request to an endpoint of the last leaf, and lets one in flight come back. */
  serve(index: number): void;
}

const OUTCOMES: readonly Outcome[] = [200, 503, 404, "success", "timeout", "connect_failure", "cancelled", "reset"];

/** Repeatable by `seed`. */
export function createLeafBench(policy: Policy, seed: number): LeafBench {
  const random = seededRandom(seed);
  const draws = createDraws(random);
  const clock = createManualClock();
  const active: number[] = [];
  const slots = new Map<string, number>();
  const free: number[] = [];
  const inFlight: { readonly slot: number; readonly startMs: number }[] = [];
  let current: readonly number[] = [];
  const state = policy.create({
    now: clock.now,
    seed: { hi: (random() * 2 ** 32) | 0, lo: (random() * 2 ** 32) | 0 },
    below: (bound) => draws.below(bound),
    totalActiveCount: () => inFlight.length,
  });
  const selection = { hi: 0, lo: 0, hashed: true, attempt: 0, request: {} };
  const words = new Int32Array(2);

  const forgetGone = (endpoints: readonly Endpoint[]): void => {
    const kept = new Set(endpoints.map(({ address }) => address));
    for (const [address, slot] of slots) {
      if (kept.has(address) || (active[slot] ?? 0) > 0) continue;
      slots.delete(address);
      free.push(slot);
      state.forget?.(slot);
    }
  };
  const slotOf = ({ address }: Endpoint): number => {
    const known = slots.get(address);
    if (known !== undefined) return known;
    const slot = free.pop() ?? active.push(0) - 1;
    slots.set(address, slot);
    return slot;
  };

  return {
    state,
    leaf(endpoints) {
      forgetGone(endpoints);
      const own = endpoints.map(slotOf);
      current = own;
      return {
        endpoints,
        weights: endpoints.map(({ weight = 1 }) => weight),
        slots: own,
        activeCount: (index) => active[own[index] ?? -1] ?? 0,
        slowStartSinceMs: (index) => (index % 5 === 0 ? clock.now() : Number.NaN),
      };
    },
    select() {
      draws.draw(words);
      selection.hi = words[0] as number;
      selection.lo = words[1] as number;
      selection.attempt = random() < 0.1 ? Math.floor(random() * 5) : 0;
      return selection;
    },
    serve(index) {
      clock.advance(random() * 20);
      const slot = current[index];
      if (slot === undefined) return;
      active[slot] = (active[slot] ?? 0) + 1;
      inFlight.push({ slot, startMs: clock.now() });
      if (random() < 0.3) return;
      const [ended] = inFlight.splice(Math.floor(random() * inFlight.length), 1);
      if (ended === undefined) return;
      active[ended.slot] = (active[ended.slot] ?? 1) - 1;
      const outcome = OUTCOMES[Math.floor(random() * OUTCOMES.length)] ?? 200;
      const nowMs = clock.now();
      state.observe?.({ slot: ended.slot, outcome, latencyMs: nowMs - ended.startMs, nowMs, details: undefined });
    },
  };
}
