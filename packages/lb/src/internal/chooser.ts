import type { Endpoint } from "../endpoint.js";
import type { FailReason } from "../errors.js";
import { xxh64 } from "../hash-functions.js";
import type { Picked, PickResult } from "../pick-result.js";
import type { PickRequest, Selection } from "../picker.js";
import type { Policy } from "../policy.js";
import type { Draws } from "./draws.js";
import type { Leaf } from "./leaf.js";
import { remainder64 } from "./remainder64.js";
import type { Route } from "./route.js";
import type { Scope } from "./scope.js";

const MOST_REPEATS = 3;

type Failure = PickResult & { readonly kind: "fail" };

const failure = (reason: FailReason): Failure => Object.freeze({ kind: "fail" as const, reason });

/** Answers that are not endpoints: shared objects, so that a pick makes none. */
export const FAILURES: Readonly<Record<FailReason, Failure>> = {
  no_endpoints: failure("no_endpoints"),
  no_eligible_endpoint: failure("no_eligible_endpoint"),
  no_subset: failure("no_subset"),
  policy_returned_none: failure("policy_returned_none"),
};

/** A `Selection` under the hands of its maker. */
export interface MutableSelection extends Selection {
  hi: number;
  lo: number;
  hashed: boolean;
  attempt: number;
  request: PickRequest;
}

/** Word, priority, locality and picker: the part of a pick after the subset is known. */
export class Chooser<E extends Endpoint> {
  readonly selection: MutableSelection = { hi: 0, lo: 0, hashed: false, attempt: 0, request: {} };
  readonly #word: Policy["word"];
  readonly #draws: Draws;
  readonly #below: (bound: number) => number;
  readonly #picked: readonly (Picked<E> | undefined)[];
  readonly #onThrow: (error: unknown) => void;
  readonly #words = new Int32Array(2);
  /** Where the last pick fell. */
  #route: Route | undefined;
  #leaf: Leaf | undefined;

  constructor(
    word: Policy["word"],
    draws: Draws,
    picked: readonly (Picked<E> | undefined)[],
    onThrow: (error: unknown) => void,
  ) {
    this.#word = word;
    this.#draws = draws;
    this.#below = (bound) => draws.below(bound);
    this.#picked = picked;
    this.#onThrow = onThrow;
  }

  choose(scope: Scope, request: PickRequest): PickResult<E> {
    const { avoid } = request;
    let result = this.#chooseOnce(scope, request, 0);
    if (avoid === undefined) return result;
    for (let repeat = 1; repeat <= MOST_REPEATS; repeat++) {
      if (result.kind !== "complete" || !avoid.has(result.endpoint.address)) break;
      result = this.#chooseOnce(scope, request, repeat);
    }
    if (result.kind !== "complete" || !avoid.has(result.endpoint.address)) return result;
    return this.#firstOther(avoid) ?? result;
  }

  /** Where a policy insists on what is avoided, as one of least requests does on a dead endpoint: any other one. */
  #firstOther(avoid: ReadonlySet<string>): Picked<E> | undefined {
    const leaf = this.#leaf;
    const other = leaf === undefined ? undefined : this.#otherOf(leaf, avoid);
    const choice = this.#route?.choice;
    if (other !== undefined || choice === undefined) return other;
    for (let i = 0; i < choice.leaves.length; i++) {
      const next = choice.leaves[i];
      if (next === undefined || next === leaf || !((choice.percents[i] as number) > 0)) continue;
      const found = this.#otherOf(next, avoid);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The one of all that are not avoided that the hash names, or chance. */
  #otherOf(leaf: Leaf, avoid: ReadonlySet<string>): Picked<E> | undefined {
    let count = 0;
    for (let place = 0; place < leaf.slots.length; place++) if (this.#isOther(leaf, place, avoid)) count++;
    if (count === 0) return undefined;
    const { hashed, hi, lo } = this.selection;
    let left = hashed ? remainder64(hi, lo, count) : count === 1 ? 0 : this.#below(count);
    for (let place = 0; place < leaf.slots.length; place++) {
      if (this.#isOther(leaf, place, avoid) && left-- === 0) return this.#picked[leaf.slots[place] as number];
    }
    return undefined;
  }

  #isOther({ slots, localities }: Leaf, place: number, avoid: ReadonlySet<string>): boolean {
    if (localities?.weights[localities.indices[place] as number] === 0) return false;
    const picked = this.#picked[slots[place] as number];
    return picked !== undefined && !avoid.has(picked.endpoint.address);
  }

  /** The route that a word falls on, with routes laid end to end. */
  routeOf(routes: readonly Route[], hi: number, lo: number): Route | undefined {
    if (routes.length <= 1) return routes[0];
    const percent = remainder64(hi, lo, 100);
    for (let i = 0; i < routes.length; i++) if (percent < (routes[i] as Route).until) return routes[i];
    return undefined;
  }

  /** A hash moves on with each repeat, as with each attempt; a draw is drawn anew. */
  #chooseOnce(scope: Scope, request: PickRequest, repeat: number): PickResult<E> {
    const { routes } = scope;
    const { selection } = this;
    selection.request = request;
    selection.attempt = (request.attempt ?? 0) + (this.#word === "hash" ? repeat : 0);
    this.#setWord(request, routes.length > 1);
    const route = this.routeOf(routes, selection.hi, selection.lo);
    if (route === undefined || route.refuses) return FAILURES.no_eligible_endpoint;
    let { leaf } = route;
    if (route.choice !== undefined) {
      const locality = route.choice.next(this.#below);
      if (locality >= 0) leaf = route.choice.leaves[locality];
    }
    this.#route = route;
    this.#leaf = leaf;
    if (leaf === undefined) {
      return this.#word === "hash" ? FAILURES.policy_returned_none : FAILURES.no_eligible_endpoint;
    }
    return this.#pickFrom(leaf);
  }

  /** The pick where one leaf is all there is to choose from and nothing is to be avoided. */
  chooseFrom(leaf: Leaf, request: PickRequest): PickResult<E> {
    const { selection } = this;
    selection.request = request;
    selection.attempt = request.attempt ?? 0;
    this.#setWord(request, false);
    return this.#pickFrom(leaf);
  }

  #pickFrom(leaf: Leaf): PickResult<E> {
    try {
      const slot = leaf.slots[leaf.picker.pick(this.selection)];
      return (slot === undefined ? undefined : this.#picked[slot]) ?? FAILURES.policy_returned_none;
    } catch (error) {
      this.#onThrow(error);
      return FAILURES.policy_returned_none;
    }
  }

  #setWord({ hashKey }: PickRequest, canFallOnSeveral: boolean): void {
    const { selection } = this;
    selection.hashed = this.#word === "hash" && hashKey !== undefined && hashKey !== null;
    if (selection.hashed) {
      if (typeof hashKey === "string") {
        xxh64(hashKey, selection);
      } else if (hashKey !== undefined) {
        selection.hi = hashKey.hi | 0;
        selection.lo = hashKey.lo | 0;
      }
    } else if (this.#word !== "split" || canFallOnSeveral) {
      this.#draws.draw(this.#words);
      selection.hi = this.#words[0] as number;
      selection.lo = this.#words[1] as number;
    } else {
      selection.hi = 0;
      selection.lo = 0;
    }
  }
}
