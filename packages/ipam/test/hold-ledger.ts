import type { AddressAllocation } from "@netmason/ipam";

interface Hold {
  readonly handle: string;
  readonly sequence: string;
  /** The clock of the holder, and when by that clock its lease ends. */
  readonly now: () => number;
  readonly expiresAt: number;
}

/** Who was told that it holds which address, and whether that can be true. */
export class HoldLedger {
  readonly #holds = new Map<string, Hold>();
  /** Handles of calls that are under way or failed: what they hold nobody knows. */
  readonly #uncertain = new Set<string>();
  readonly #releasedAt = new Map<string, number>();
  readonly #cooldownMs: number;

  constructor(cooldownMs: number) {
    this.#cooldownMs = cooldownMs;
  }

  beginTaking(handle: string): void {
    this.#uncertain.add(handle);
  }

  endTaking(handle: string): void {
    this.#uncertain.delete(handle);
  }

  /**
   * What is held already is renewed.
   *
   * @param begun - when the call began, by the clock of the holder
   * @throws RangeError when somebody else holds one of the addresses, it has not rested long enough, or the lease was over
   * before anybody asked
   */
  hold(allocations: readonly AddressAllocation[], now: () => number, trueTime: number, begun: number): void {
    for (const { address, handle, sequence, expiresAt = Number.POSITIVE_INFINITY } of allocations) {
      const text = String(address);
      if (expiresAt <= begun) throw new RangeError(`${text} of ${handle} ended at ${expiresAt}, asked at ${begun}`);
      const other = this.#holds.get(text);
      if (other !== undefined && other.sequence !== sequence && other.now() < other.expiresAt) {
        throw new RangeError(`${text} is held by ${other.handle} (${other.sequence}) and by ${handle} (${sequence})`);
      }
      const rested = trueTime - (this.#releasedAt.get(text) ?? Number.NEGATIVE_INFINITY);
      if (other?.sequence !== sequence && rested < this.#cooldownMs) {
        throw new RangeError(`${text} was given to ${handle} after ${rested} ms of ${this.#cooldownMs}`);
      }
      this.#holds.set(text, { handle, sequence, now, expiresAt });
    }
  }

  /** From here on others may be told that they hold what the handle held. */
  beginRelease(handle: string, trueTime: number): void {
    this.#uncertain.add(handle);
    for (const [text, hold] of this.#holds) {
      if (hold.handle !== handle) continue;
      this.#holds.delete(text);
      // A lease that ran out before was over then, not now.
      this.#releasedAt.set(text, trueTime - Math.max(0, hold.now() - hold.expiresAt));
    }
  }

  endRelease(handle: string): void {
    this.#uncertain.delete(handle);
  }

  /**
   * What is held must be in the store, and what is in the store must be held.
   *
   * @param live - of each address in the store, its handle and sequence
   * @throws RangeError for what was lost or leaked
   */
  compare(live: ReadonlyMap<string, string>): void {
    for (const [text, { handle, sequence, now, expiresAt }] of this.#holds) {
      if (this.#uncertain.has(handle) || now() >= expiresAt) continue;
      const found = live.get(text);
      if (found !== `${handle} ${sequence}`)
        throw new RangeError(`${text} of ${handle} (${sequence}) is lost: ${found}`);
    }
    for (const [text, found] of live) {
      const handle = found.split(" ")[0] ?? "";
      const hold = this.#holds.get(text);
      if (this.#uncertain.has(handle) || (hold !== undefined && `${hold.handle} ${hold.sequence}` === found)) continue;
      throw new RangeError(`${text} leaked to ${found}, held by ${hold?.handle ?? "nobody"}`);
    }
  }
}
