import type { Endpoint } from "../endpoint.js";
import type { Picked } from "../pick-result.js";

const ABSENT = 0;
const PRESENT = 1;

/**
 * Endpoints by slot: a number that an address keeps while the balancer knows it, and until the last of its calls has
 * ended. Counts are by slot, so that an address that leaves and comes back finds them again.
 */
export class SlotTable<E extends Endpoint> {
  /** Calls in flight. */
  active: Int32Array = new Int32Array(16);
  /** Since when the endpoint is healthy; NaN where it is not. */
  warmSinceMs: Float64Array = new Float64Array(16);
  /** 1 where the detector took the endpoint out. */
  ejected: Uint8Array = new Uint8Array(16);
  /** What a pick answers; undefined where the endpoint is not part of the set. */
  readonly picked: (Picked<E> | undefined)[] = [];
  readonly #slots = new Map<string, number>();
  readonly #addresses: (string | undefined)[] = [];
  readonly #free: number[] = [];
  #state: Uint8Array = new Uint8Array(16);
  #activeTotal = 0;

  get activeTotal(): number {
    return this.#activeTotal;
  }

  /** Whether a pick is one of this table's, also an old one. */
  isOwn(picked: Picked): boolean {
    return OwnPicked.isOf(picked, this);
  }

  /** The slot of an address; -1 for one that is not part of the set. */
  find(address: string): number {
    const slot = this.#slots.get(address);
    return slot !== undefined && this.#state[slot] === PRESENT ? slot : -1;
  }

  isPresent(slot: number): boolean {
    return this.#state[slot] === PRESENT;
  }

  addressOf(slot: number): string | undefined {
    return this.#addresses[slot];
  }

  /** The slot of an address, a new one if it has none; the endpoint becomes part of the set with `admit`. */
  reserve(address: string): number {
    const known = this.#slots.get(address);
    if (known !== undefined) return known;
    const slot = this.#free.pop() ?? this.#addresses.length;
    if (slot >= this.active.length) this.#grow();
    this.#slots.set(address, slot);
    this.#addresses[slot] = address;
    this.#state[slot] = ABSENT;
    this.active[slot] = 0;
    this.ejected[slot] = 0;
    this.warmSinceMs[slot] = Number.NaN;
    return slot;
  }

  /** Makes the endpoint part of the set; whether it was not. A new object of the same address takes the old one's place. */
  admit(slot: number, endpoint: E): boolean {
    const isNew = this.#state[slot] !== PRESENT;
    this.#state[slot] = PRESENT;
    if (this.picked[slot]?.endpoint !== endpoint) this.picked[slot] = new OwnPicked(endpoint, slot, this);
    return isNew;
  }

  /** Takes the endpoint out of the set. */
  dismiss(slot: number): void {
    this.#state[slot] = ABSENT;
    this.picked[slot] = undefined;
    this.ejected[slot] = 0;
    this.warmSinceMs[slot] = Number.NaN;
  }

  /** Gives up the slot of an endpoint that is neither part of the set nor in use; whether it did. */
  retire(slot: number): boolean {
    const address = this.#addresses[slot];
    if (address === undefined || this.#state[slot] === PRESENT || this.active[slot] !== 0) return false;
    this.#slots.delete(address);
    this.#addresses[slot] = undefined;
    this.#free.push(slot);
    return true;
  }

  add(slot: number): void {
    this.active[slot] = (this.active[slot] as number) + 1;
    this.#activeTotal++;
  }

  subtract(slot: number): void {
    this.active[slot] = (this.active[slot] as number) - 1;
    this.#activeTotal--;
  }

  #grow(): void {
    const length = this.active.length * 2;
    const active = new Int32Array(length);
    const warmSinceMs = new Float64Array(length);
    const ejected = new Uint8Array(length);
    const state = new Uint8Array(length);
    active.set(this.active);
    warmSinceMs.set(this.warmSinceMs);
    ejected.set(this.ejected);
    state.set(this.#state);
    this.active = active;
    this.warmSinceMs = warmSinceMs;
    this.ejected = ejected;
    this.#state = state;
  }
}

class OwnPicked<E extends Endpoint> implements Picked<E> {
  readonly kind = "complete";
  readonly endpoint: E;
  readonly slot: number;
  readonly #owner: object;

  constructor(endpoint: E, slot: number, owner: object) {
    this.endpoint = endpoint;
    this.slot = slot;
    this.#owner = owner;
    Object.freeze(this);
  }

  static isOf(picked: object, owner: object): boolean {
    return #owner in picked && picked.#owner === owner;
  }
}
