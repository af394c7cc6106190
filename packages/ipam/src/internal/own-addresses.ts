import type { Family } from "@netmason/net";
import type { AddressAllocation } from "../allocation.js";
import type { AllocateOp, TakenAddress } from "./allocate-op.js";
import type { Engine } from "./engine.js";
import type { HeldAddresses } from "./held.js";

const NONE: readonly TakenAddress[] = [];

/**
 * What one call of `allocate` took in transactions before the last: parts of more than one transaction carries, and what
 * a transaction took whose answer was lost. The handle holds it, but it does not count as held before the call.
 */
export class OwnAddresses {
  // Made when there is something: usually there is not, and every call has one of these.
  #taken: Map<string, TakenAddress> | undefined;
  #counted: Set<string> | undefined;
  #found: readonly TakenAddress[] = NONE;

  /** Whether there is nothing of the kind. */
  get isEmpty(): boolean {
    return this.#taken === undefined;
  }

  /** What of it the handle holds, by the last look, and counts what was not known to be taken. */
  found(engine: Engine): readonly TakenAddress[] {
    for (const { allocation } of this.#found) {
      const name = nameOf(allocation);
      if (this.#counted?.has(name) === false) engine.counters.allocatedCount += 1;
      this.#counted?.add(name);
    }
    return this.#found;
  }

  /** Keeps what a call in a lane took, or may have taken, that did not come to its end. */
  learn({ taken, uncertain }: AllocateOp): void {
    if (taken.length + uncertain.length === 0) return;
    this.#taken ??= new Map();
    this.#counted ??= new Set();
    for (const one of taken) this.#counted.add(nameOf(one.allocation));
    for (const one of [...taken, ...uncertain]) this.#taken.set(nameOf(one.allocation), one);
  }

  /** What the handle held before the call. */
  split(held: HeldAddresses): HeldAddresses {
    const taken = this.#taken;
    if (taken === undefined) return held;
    const found: TakenAddress[] = [];
    const addresses = held.addresses.filter((one) => {
      const own = taken.get(nameOf(one));
      if (own !== undefined) found.push(own);
      return own === undefined;
    });
    this.#found = found;
    return { addresses, max: held.max };
  }

  /** How many addresses of each family are still to be taken. */
  lessenNeed(families: readonly Family[], need: readonly number[]): readonly number[] {
    if (this.#found.length === 0) return need;
    return families.map((family, index) => {
      const has = this.#found.filter(({ allocation }) => allocation.address.family === family).length;
      return Math.max(0, (need[index] ?? 0) - has);
    });
  }

  /** What the call returns: what was held before, and all it took, in the order of the families that were asked for. */
  answer(
    engine: Engine,
    families: readonly Family[],
    before: readonly AddressAllocation[],
    last?: AllocateOp,
  ): readonly AddressAllocation[] {
    if (this.#found.length === 0 && last === undefined) return inOrder(families, before);
    const found = this.found(engine).map(({ allocation }) => allocation);
    const taken = last?.taken.map(({ allocation }) => allocation) ?? [];
    return inOrder(families, [...before, ...found, ...taken]);
  }
}

function nameOf({ address, sequence }: AddressAllocation): string {
  return `${address} ${sequence}`;
}

/** Allocations by the order of the families that were asked for. */
function inOrder(families: readonly Family[], list: readonly AddressAllocation[]): readonly AddressAllocation[] {
  if (families.length === 1) {
    const [family] = families;
    return list.every(({ address }) => address.family === family)
      ? list
      : list.filter(({ address }) => address.family === family);
  }
  return families.flatMap((family) => list.filter(({ address }) => address.family === family));
}
