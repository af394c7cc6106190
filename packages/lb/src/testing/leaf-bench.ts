import type { Endpoint } from "../endpoint.js";
import { createDraws, type Draws } from "../internal/draws.js";
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
  return new SeededBench(policy, seed);
}

class SeededBench implements LeafBench {
  readonly state: PolicyState;
  readonly #random: () => number;
  readonly #draws: Draws;
  readonly #clock = createManualClock();
  /** By slot. */
  readonly #active: number[] = [];
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #inFlight: { readonly slot: number; readonly startMs: number }[] = [];
  readonly #selection = { hi: 0, lo: 0, hashed: true, attempt: 0, request: {} };
  readonly #words = new Int32Array(2);
  #current: readonly number[] = [];

  constructor(policy: Policy, seed: number) {
    this.#random = seededRandom(seed);
    this.#draws = createDraws(this.#random);
    this.#draws.draw(this.#words);
    this.state = policy.create({
      now: this.#clock.now,
      seed: { hi: this.#words[0] as number, lo: this.#words[1] as number },
      below: (bound) => this.#draws.below(bound),
      totalActiveCount: () => this.#inFlight.length,
    });
  }

  leaf(endpoints: readonly Endpoint[]): EndpointView {
    this.#forgetGone(endpoints);
    const slots = endpoints.map((endpoint) => this.#slotOf(endpoint));
    this.#current = slots;
    return {
      endpoints,
      weights: endpoints.map(({ weight = 1 }) => weight),
      slots,
      activeCount: (index) => this.#active[slots[index] ?? -1] ?? 0,
      slowStartSinceMs: (index) => (index % 5 === 0 ? this.#clock.now() : Number.NaN),
    };
  }

  #forgetGone(endpoints: readonly Endpoint[]): void {
    const kept = new Set(endpoints.map(({ address }) => address));
    for (const [address, slot] of this.#slots) {
      if (kept.has(address) || (this.#active[slot] ?? 0) > 0) continue;
      this.#slots.delete(address);
      this.#free.push(slot);
      this.state.forget?.(slot);
    }
  }

  #slotOf({ address }: Endpoint): number {
    const known = this.#slots.get(address);
    if (known !== undefined) return known;
    const slot = this.#free.pop() ?? this.#active.push(0) - 1;
    this.#slots.set(address, slot);
    return slot;
  }

  select(): Selection {
    const selection = this.#selection;
    this.#draws.draw(this.#words);
    selection.hi = this.#words[0] as number;
    selection.lo = this.#words[1] as number;
    selection.attempt = this.#random() < 0.1 ? Math.floor(this.#random() * 5) : 0;
    return selection;
  }

  serve(index: number): void {
    this.#clock.advance(this.#random() * 20);
    const slot = this.#current[index];
    if (slot === undefined) return;
    this.#active[slot] = (this.#active[slot] ?? 0) + 1;
    this.#inFlight.push({ slot, startMs: this.#clock.now() });
    if (this.#random() >= 0.3) this.#endOne();
  }

  #endOne(): void {
    const [ended] = this.#inFlight.splice(Math.floor(this.#random() * this.#inFlight.length), 1);
    if (ended === undefined) return;
    const { slot, startMs } = ended;
    this.#active[slot] = (this.#active[slot] ?? 1) - 1;
    const outcome = OUTCOMES[Math.floor(this.#random() * OUTCOMES.length)] ?? 200;
    const nowMs = this.#clock.now();
    this.state.observe?.({ slot, outcome, latencyMs: nowMs - startMs, nowMs, details: undefined });
  }
}
