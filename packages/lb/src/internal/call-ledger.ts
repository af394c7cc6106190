import type { Detector } from "../detector.js";
import type { Endpoint } from "../endpoint.js";
import type { Outcome, OutcomeDetails } from "../outcome.js";
import type { Call, Picked } from "../pick-result.js";
import type { Sample } from "../picker.js";
import type { PolicyState } from "../policy.js";
import type { Thresholds } from "../thresholds.js";
import { CallTable, NOWHERE } from "./call-table.js";
import { checkOutcome } from "./check-outcome.js";
import type { SlotTable } from "./slot-table.js";

type MutableSample = { -readonly [K in keyof Sample]: Sample[K] };

/** Keeps account of calls: who is in flight, what is known of them, and who shall be told. */
export class CallLedger<E extends Endpoint> {
  readonly #calls = new CallTable();
  readonly #table: SlotTable<E>;
  readonly #state: PolicyState;
  readonly #now: () => number;
  readonly #detector: Detector | undefined;
  readonly #thresholds: Thresholds | undefined;
  readonly #onThrow: (error: unknown) => void;
  /** The clock is read only where somebody wants to know. */
  readonly #isTimed: boolean;
  readonly #sample: MutableSample = { slot: 0, outcome: "success", latencyMs: 0, nowMs: 0, details: undefined };
  #begunCount = 0;
  #cancelledCount = 0;

  constructor(
    table: SlotTable<E>,
    state: PolicyState,
    now: () => number,
    detector: Detector | undefined,
    thresholds: Thresholds | undefined,
    onThrow: (error: unknown) => void,
  ) {
    this.#table = table;
    this.#state = state;
    this.#now = now;
    this.#detector = detector;
    this.#thresholds = thresholds;
    this.#onThrow = onThrow;
    this.#isTimed = state.observe !== undefined;
  }

  counts(): { readonly callCount: number; readonly cancelledCount: number; readonly openCallCount: number } {
    return {
      callCount: this.#begunCount,
      cancelledCount: this.#cancelledCount,
      openCallCount: this.#calls.openCount,
    };
  }

  begin(picked: Picked<E>): Call {
    const slot = this.#table.picked[picked.slot] === picked ? picked.slot : this.#slotOfOld(picked);
    const calls = this.#calls;
    const place = calls.open();
    calls.slots[place] = slot;
    this.#begunCount++;
    if (slot !== NOWHERE) {
      this.#table.add(slot);
      if (this.#detector?.begin !== undefined) {
        calls.probes[place] = this.#detector.begin(picked.endpoint.address);
      }
    }
    if (this.#thresholds?.tryAcquire("requests") === true) calls.holds[place] = 1;
    if (this.#isTimed) calls.startsMs[place] = this.#now();
    return calls.ticketOf(place) as Call;
  }

  report(call: Call, outcome: Outcome, details: OutcomeDetails | undefined): void {
    checkOutcome(outcome);
    const place = this.#calls.placeOf(call);
    if (place >= 0) this.#note(place, outcome, details);
  }

  end(call: Call, outcome: Outcome | undefined, details: OutcomeDetails | undefined): boolean {
    if (outcome !== undefined) checkOutcome(outcome);
    const calls = this.#calls;
    const place = calls.placeOf(call);
    if (place < 0) return false;
    const isReported = calls.reported[place] === 1;
    if (outcome !== undefined && !(isReported && calls.outcomes[place] === outcome))
      this.#note(place, outcome, details);
    else if (!isReported) this.#note(place, "cancelled", details);
    const slot = calls.slots[place] as number;
    const probe = calls.probes[place] as number;
    if (calls.outcomes[place] === "cancelled") this.#cancelledCount++;
    if (calls.holds[place] === 1) this.#thresholds?.release("requests");
    calls.close(place);
    if (slot !== NOWHERE) {
      const address = this.#table.addressOf(slot);
      if (probe !== 0 && address !== undefined) this.#detector?.abandon?.(address, probe);
      this.#table.subtract(slot);
      this.retire(slot);
    }
    return true;
  }

  /** Gives up a slot that nobody needs any more. */
  retire(slot: number): void {
    if (!this.#table.retire(slot)) return;
    try {
      this.#state.forget?.(slot);
    } catch (error) {
      this.#onThrow(error);
    }
  }

  #slotOfOld(picked: Picked<E>): number {
    if (!this.#table.isOwn(picked)) throw new TypeError("picked: must be what pick of this balancer answered");
    const isThere =
      this.#table.isPresent(picked.slot) && this.#table.addressOf(picked.slot) === picked.endpoint.address;
    return isThere ? picked.slot : NOWHERE;
  }

  #note(place: number, outcome: Outcome, details: OutcomeDetails | undefined): void {
    const calls = this.#calls;
    const slot = calls.slots[place] as number;
    const isFirst = calls.reported[place] === 0;
    calls.reported[place] = 1;
    calls.outcomes[place] = outcome;
    if (slot === NOWHERE) return;
    if (isFirst && this.#state.observe !== undefined) this.#observe(place, slot, outcome, details);
    if (this.#detector === undefined || outcome === "cancelled" || !this.#table.isPresent(slot)) return;
    calls.probes[place] = 0;
    this.#detector.record(this.#table.addressOf(slot) as string, outcome);
  }

  #observe(place: number, slot: number, outcome: Outcome, details: OutcomeDetails | undefined): void {
    const sample = this.#sample;
    const nowMs = this.#now();
    sample.slot = slot;
    sample.outcome = outcome;
    sample.latencyMs = details?.latencyMs ?? nowMs - (this.#calls.startsMs[place] as number);
    sample.nowMs = nowMs;
    sample.details = details;
    try {
      this.#state.observe?.(sample);
    } catch (error) {
      this.#onThrow(error);
    }
  }
}
