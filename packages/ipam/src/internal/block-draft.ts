import type { AllocationOrder } from "../pool.js";
import { type BlockState, type FreshBlock, liveIndex } from "./block-state.js";
import { clearBit, countClear, firstClear, hasBit, type OrdinalBits, setBit } from "./ordinal-bits.js";
import { mayOutgrow } from "./record-size.js";
import type { BlockRecord, CoolingRecord, LiveRecord } from "./records.js";

/** What decides about the addresses of one block, at one moment. */
export interface BlockRules {
  readonly order: AllocationOrder;
  /** How long a release rests: cooldown and clock skew, or 0 without a cooldown. */
  readonly restMs: number;
  /** Added to the end of a lease. */
  readonly skewMs: number;
  /** Ordinals that are never handed out. */
  readonly excluded: OrdinalBits | undefined;
  readonly now: number;
  /** How large a record may become, in bytes. */
  readonly valueBytes: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An ordinal that was taken, and when the release was whose place in the queue it had. */
export interface Taken {
  readonly ordinal: number;
  readonly live: LiveRecord;
  readonly queuedAt: number | undefined;
}

/**
 * One change of a block in the making: no clock, no store. Copies what it changes, so the state it came from stays as it
 * was. Free are the ordinals neither live nor queued; queued ones are free again once they have rested.
 */
export class BlockDraft {
  readonly state: BlockState;
  readonly rules: BlockRules;
  #node: string | undefined;
  #claimedAt: number;
  #live: LiveRecord[];
  #cooling: CoolingRecord[];
  readonly #used: OrdinalBits;
  #cursor: number;
  #firstExpiry: number;
  #room = -1;
  #changed = false;

  constructor(state: BlockState, rules: BlockRules) {
    this.state = state;
    this.rules = rules;
    this.#node = state.record.node;
    this.#claimedAt = state.record.claimedAt;
    this.#live = state.record.live.slice();
    this.#cooling = state.record.cooling.slice();
    this.#used = state.used.slice();
    this.#cursor = state.record.cursor ?? 0;
    this.#firstExpiry = state.firstExpiry;
    for (let index = 0; index < this.#cooling.length; index += 1) {
      const entry = this.#cooling[index] as CoolingRecord;
      // The clock stepped back: the rest starts again, so it is never shorter.
      if (entry.r > rules.now) this.#cooling[index] = { ...entry, r: rules.now };
    }
    if (rules.order !== "oldest") this.#dropRested();
  }

  /** The node that owns it. */
  get owner(): string | undefined {
    return this.#node;
  }

  get live(): readonly LiveRecord[] {
    return this.#live;
  }

  get cooling(): readonly CoolingRecord[] {
    return this.#cooling;
  }

  /** Whether anything was done to it. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Marks it to be written though nothing was done: its index rows are brought in order. */
  touch(): void {
    this.#changed = true;
  }

  /** Gives the block another owner, or none. */
  moveTo(node: string | undefined): void {
    this.#node = node;
    if (node !== undefined) this.#claimedAt = this.rules.now;
    this.#changed = true;
  }

  /** How many addresses can be taken now. */
  get room(): number {
    if (this.#isHeavy()) return 0;
    if (this.#room < 0) {
      const { excluded } = this.rules;
      let count = countClear(this.#used, excluded, this.state.size);
      for (const entry of this.#cooling) if (this.#isTakeable(entry)) count += 1;
      this.#room = count;
    }
    return this.#room;
  }

  /** The live entry of an ordinal. */
  find(ordinal: number): LiveRecord | undefined {
    const index = liveIndex(this.#live, ordinal);
    return index < 0 ? undefined : this.#live[index];
  }

  /** Whether a live entry's lease has run out, beyond doubt. */
  isExpired(entry: LiveRecord): boolean {
    return entry.x !== undefined && this.rules.now >= entry.x + this.rules.skewMs;
  }

  /** Entries whose lease has run out, at most `limit` of them. */
  expired(limit: number): readonly LiveRecord[] {
    if (this.rules.now < this.#firstExpiry + this.rules.skewMs) return [];
    const found = this.#live.filter((entry) => this.isExpired(entry));
    return found.sort((a, b) => (a.x ?? 0) - (b.x ?? 0)).slice(0, limit);
  }

  holds(handle: string): boolean {
    for (const entry of this.#live) if (entry.h === handle) return true;
    return false;
  }

  /** The next ordinal by the order of the pool, made live by `toLive`; `undefined` when there is none. */
  take(toLive: (ordinal: number) => LiveRecord): Taken | undefined {
    if (this.#isHeavy()) return undefined;
    const { order, excluded } = this.rules;
    const { size } = this.state;
    const from = order === "next" ? this.#cursor % size : 0;
    let ordinal = firstClear(this.#used, excluded, from, size);
    if (ordinal < 0 && from > 0) ordinal = firstClear(this.#used, excluded, 0, size);
    let queuedAt: number | undefined;
    if (ordinal < 0) {
      const index = this.#cooling.findIndex((entry) => this.#isTakeable(entry));
      const entry = this.#cooling[index];
      if (entry === undefined) return undefined;
      ordinal = entry.o;
      queuedAt = entry.r;
      this.#cooling.splice(index, 1);
    }
    const live = toLive(ordinal);
    this.#makeLive(ordinal, live);
    this.#cursor = ordinal + 1 === size ? 0 : ordinal + 1;
    return { ordinal, live, queuedAt };
  }

  /** Why an ordinal cannot be taken now; `undefined`: it can. */
  obstacle(ordinal: number): "live" | "excluded" | "cooling" | "full" | undefined {
    if (this.find(ordinal) !== undefined) return "live";
    if (this.#isHeavy()) return "full";
    if (this.rules.excluded !== undefined && hasBit(this.rules.excluded, ordinal)) return "excluded";
    const queued = this.#cooling.find((entry) => entry.o === ordinal);
    return queued !== undefined && !this.#hasRested(queued) ? "cooling" : undefined;
  }

  /** When a resting ordinal can be taken. */
  restsUntil(ordinal: number): number | undefined {
    const queued = this.#cooling.find((entry) => entry.o === ordinal);
    return queued === undefined ? undefined : queued.r + this.rules.restMs;
  }

  /** Takes this ordinal, for which there is no obstacle; the queue of the others stays as it was. */
  takeExact(ordinal: number, live: LiveRecord): Taken {
    const index = this.#cooling.findIndex((entry) => entry.o === ordinal);
    const queuedAt = index < 0 ? undefined : this.#cooling.splice(index, 1)[0]?.r;
    this.#makeLive(ordinal, live);
    return { ordinal, live, queuedAt };
  }

  /** Ends a live entry; it rests from `at` on. */
  release(ordinal: number, at: number): void {
    this.#drop(ordinal);
    if (this.rules.order === "oldest" || this.rules.restMs > 0) this.#cooling.push({ o: ordinal, r: at });
    else clearBit(this.#used, ordinal);
  }

  /** Ends a live entry as if it had never been: it goes back to where `take` found it. */
  undo(ordinal: number, queuedAt: number | undefined): void {
    this.#drop(ordinal);
    if (queuedAt === undefined) clearBit(this.#used, ordinal);
    else this.#cooling.unshift({ o: ordinal, r: queuedAt });
  }

  /** Puts another entry in the place of a live one. */
  replace(live: LiveRecord): void {
    this.#live[liveIndex(this.#live, live.o)] = live;
    this.#firstExpiry = earliestExpiry(this.#live);
    this.#changed = true;
  }

  /** Whether nothing is live and nothing rests. */
  isEmpty(): boolean {
    return this.#live.length === 0 && this.#cooling.every((entry) => this.#hasRested(entry));
  }

  /** How many queued entries still rest. */
  coolingCount(): number {
    let count = 0;
    for (const entry of this.#cooling) if (!this.#hasRested(entry)) count += 1;
    return count;
  }

  /** The block after this change, as written by `writer`. */
  finish(writer: string): FreshBlock {
    const { key, segment, prefix, first, size, unknown, record: before } = this.state;
    const record: Mutable<BlockRecord> = {
      v: 1,
      prefix: before.prefix,
      claimedAt: this.#claimedAt,
      cursor: this.#cursor,
      live: this.#live,
      cooling: this.#cooling,
      w: writer,
    };
    const node = this.#node;
    const idle = this.#idleSince();
    if (node !== undefined) record.node = node;
    this.#index(record);
    if (idle !== undefined) record.idle = idle;
    if (unknown !== undefined) Object.assign(record, unknown);
    const used = this.#used;
    const firstExpiry = this.#firstExpiry;
    return { key, segment, revision: undefined, record, prefix, first, size, used, firstExpiry, unknown };
  }

  #makeLive(ordinal: number, live: LiveRecord): void {
    const list = this.#live;
    const last = list[list.length - 1];
    if (last === undefined || last.o < ordinal) list.push(live);
    else list.splice(~liveIndex(list, ordinal), 0, live);
    setBit(this.#used, ordinal);
    this.#changed = true;
    if (live.x !== undefined && live.x < this.#firstExpiry) this.#firstExpiry = live.x;
    if (this.#room >= 0) this.#room -= 1;
  }

  #drop(ordinal: number): void {
    const [gone] = this.#live.splice(liveIndex(this.#live, ordinal), 1);
    if (gone?.x !== undefined && gone.x === this.#firstExpiry) this.#firstExpiry = earliestExpiry(this.#live);
    this.#room = -1;
    this.#changed = true;
  }

  /** Whether the record might outgrow what the store takes with one more entry: then the block counts as full. */
  #isHeavy(): boolean {
    const { valueBytes } = this.rules;
    return valueBytes !== Number.POSITIVE_INFINITY && mayOutgrow(this.#live, this.state.size, valueBytes);
  }

  #hasRested(entry: CoolingRecord): boolean {
    const { restMs, now } = this.rules;
    return restMs === 0 || now - entry.r >= restMs;
  }

  #isTakeable(entry: CoolingRecord): boolean {
    const { excluded } = this.rules;
    return this.#hasRested(entry) && !(excluded !== undefined && hasBit(excluded, entry.o));
  }

  #dropRested(): void {
    this.#cooling = this.#cooling.filter((entry) => {
      if (!this.#hasRested(entry)) return true;
      clearBit(this.#used, entry.o);
      return false;
    });
  }

  /** Says in a record where the block belongs in the index: room now, room later, or none. */
  #index(record: Mutable<BlockRecord>): void {
    const { excluded } = this.rules;
    if (this.#isHeavy()) return;
    if (firstClear(this.#used, excluded, 0, this.state.size) >= 0) {
      record.at = 0;
      return;
    }
    const isExcluded = (ordinal: number): boolean => excluded !== undefined && hasBit(excluded, ordinal);
    let release = Number.POSITIVE_INFINITY;
    for (const entry of this.#cooling) {
      if (this.#isTakeable(entry)) {
        record.at = 0;
        return;
      }
      if (entry.r < release && !isExcluded(entry.o)) release = entry.r;
    }
    let end = Number.POSITIVE_INFINITY;
    if (this.#firstExpiry < release) {
      for (const { o, x } of this.#live) if (x !== undefined && x < end && !isExcluded(o)) end = x;
    }
    if (end < release) record.ends = true;
    const at = Math.min(end, release);
    if (at !== Number.POSITIVE_INFINITY) record.at = Math.max(1, at);
  }

  #idleSince(): number | undefined {
    if (this.#live.length > 0) return undefined;
    const { restMs, now } = this.rules;
    let since = this.state.record.idle ?? now;
    if (restMs > 0) for (const { r } of this.#cooling) if (r + restMs > since) since = r + restMs;
    return since;
  }
}

function earliestExpiry(live: readonly LiveRecord[]): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const { x } of live) if (x !== undefined && x < earliest) earliest = x;
  return earliest;
}
