import type { Allocation } from "@netmason/ipam";
import { overlaps, type Prefix } from "@netmason/net";

/** What somebody was told that it holds. */
export interface Hold {
  readonly one: Allocation;
  /** The address, or the child prefix. */
  readonly what: string;
  /** Of a child prefix. */
  readonly prefix: Prefix | undefined;
  readonly handle: string;
  readonly sequence: string;
  /** The clock of the holder, and when by that clock its lease ends. */
  readonly now: () => number;
  readonly expiresAt: number;
}

interface Rest {
  readonly sequence: string;
  readonly prefix: Prefix | undefined;
  readonly since: number;
}

/** Who was told that it holds what, and whether that can be true. Child prefixes may not overlap each other. */
export class HoldLedger {
  readonly #holds = new Map<string, Hold>();
  /** Handles of calls that are under way or failed: what they hold nobody knows. */
  readonly #uncertain = new Set<string>();
  readonly #rests = new Map<string, Rest>();
  readonly #cooldownMs: number;

  constructor(cooldownMs: number) {
    this.#cooldownMs = cooldownMs;
  }

  /** From here on the handle may hold more than it is known to. */
  doubt(handle: string): void {
    this.#uncertain.add(handle);
  }

  /** What the handle holds is known again. */
  trust(handle: string): void {
    this.#uncertain.delete(handle);
  }

  isCertain(handle: string): boolean {
    return !this.#uncertain.has(handle);
  }

  heldBy(handle: string): readonly Hold[] {
    return [...this.#holds.values()].filter((hold) => hold.handle === handle);
  }

  /** Whether some lease of these had ended, by the clock of the holder, or was followed by another allocation. */
  hasEnded(allocations: readonly Allocation[]): boolean {
    return allocations.some((one) => {
      const hold = this.#holds.get(whatOf(one));
      return hold?.sequence !== one.sequence || hold.now() >= hold.expiresAt;
    });
  }

  /**
   * What is held already is renewed; answers how many of these were leases that had ended.
   *
   * @param begun - when the call began, by the clock of the holder
   * @throws RangeError when somebody else holds one of these, it has not rested long enough, or the lease was over before
   * anybody asked
   */
  hold(allocations: readonly Allocation[], now: () => number, trueTime: number, begun: number): number {
    let anewCount = 0;
    for (const one of allocations) {
      const { handle, sequence } = one;
      const what = whatOf(one);
      const expiresAt = (one.kind === "address" ? one.expiresAt : undefined) ?? Number.POSITIVE_INFINITY;
      if (expiresAt <= begun) throw new RangeError(`${what} of ${handle} ended at ${expiresAt}, asked at ${begun}`);
      const prefix = one.kind === "prefix" ? one.prefix : undefined;
      const known = this.#holds.get(what);
      if (known?.sequence === sequence && known.expiresAt <= begun) anewCount += 1;
      const hold = { one, what, prefix, handle, sequence, now, expiresAt };
      // It ended on its way here: the holder sees that it holds nothing, and somebody else may.
      const isOver = expiresAt <= now();
      if (isOver && this.#others(hold).some((other) => other.now() < other.expiresAt)) continue;
      this.#take(hold, trueTime);
    }
    return anewCount;
  }

  #take(hold: Hold, trueTime: number): void {
    const { what, handle, sequence } = hold;
    for (const other of this.#others(hold)) {
      const over = other.now() - other.expiresAt;
      if (over < 0) throw new RangeError(`${show(other)} is held, and ${show(hold)} as well`);
      if (over < this.#cooldownMs)
        throw new RangeError(`${what} was given to ${handle} ${over} ms after the end of a lease`);
      this.#holds.delete(other.what);
    }
    for (const [text, rest] of this.#holds.get(what)?.sequence === sequence ? [] : this.#rests) {
      // Of the same allocation: a call that failed has not released it after all.
      const isNear = rest.sequence !== sequence && (text === what || areOverlapping(rest.prefix, hold.prefix));
      if (isNear && trueTime - rest.since < this.#cooldownMs) {
        throw new RangeError(`${what} was given to ${handle} ${trueTime - rest.since} ms after ${text} was released`);
      }
    }
    this.#holds.set(what, hold);
  }

  /** Holds of other allocations that are in the way. */
  #others({ what, prefix, sequence }: Hold): readonly Hold[] {
    if (prefix === undefined) {
      const other = this.#holds.get(what);
      return other === undefined || other.sequence === sequence ? [] : [other];
    }
    return [...this.#holds.values()].filter(
      (other) => other.sequence !== sequence && areOverlapping(other.prefix, prefix),
    );
  }

  /** From here on others may be told that they hold this; returns what it was. */
  beginRelease(holds: readonly Hold[], trueTime: number): readonly Hold[] {
    for (const { what, handle, sequence, prefix, now, expiresAt } of holds) {
      this.#uncertain.add(handle);
      this.#holds.delete(what);
      // A lease that ran out before was over then, not now.
      this.#rests.set(what, { sequence, prefix, since: trueTime - Math.max(0, now() - expiresAt) });
    }
    return holds;
  }

  /** Nothing was released after all. */
  restore(holds: readonly Hold[], trueTime: number): void {
    for (const hold of holds) {
      this.#rests.delete(hold.what);
      this.#take(hold, trueTime);
    }
  }

  /**
   * What is held must be in the store, and what is in the store must be held.
   *
   * @param live - of each address and child prefix in the store, its handle and sequence
   * @throws RangeError for what was lost or leaked
   */
  compare(live: ReadonlyMap<string, string>): void {
    for (const { what, handle, sequence, now, expiresAt } of this.#holds.values()) {
      if (this.#uncertain.has(handle) || now() >= expiresAt) continue;
      const found = live.get(what);
      if (found !== `${handle} ${sequence}`)
        throw new RangeError(`${what} of ${handle} (${sequence}) is lost: ${found}`);
    }
    for (const [what, found] of live) {
      const handle = found.split(" ")[0] ?? "";
      const hold = this.#holds.get(what);
      if (this.#uncertain.has(handle) || (hold !== undefined && `${hold.handle} ${hold.sequence}` === found)) continue;
      throw new RangeError(`${what} leaked to ${found}, held by ${hold?.handle ?? "nobody"}`);
    }
  }
}

/** The address or prefix of an allocation, as text. */
export function whatOf(one: Allocation): string {
  return String(one.kind === "address" ? one.address : one.prefix);
}

function areOverlapping(a: Prefix | undefined, b: Prefix | undefined): boolean {
  return a !== undefined && b !== undefined && overlaps(a, b);
}

function show({ what, handle, sequence }: Hold): string {
  return `${what} by ${handle} (${sequence})`;
}
