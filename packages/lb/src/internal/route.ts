import type { Locality } from "../endpoint.js";
import { chooseZone, type ZoneRouting } from "../zone-routing.js";
import type { EdfSchedule } from "./edf-schedule.js";
import type { Leaf } from "./leaf.js";

/** Which endpoints of a priority a route leads to. */
export type RouteSource = "healthy" | "degraded" | "all";

/** How a route chooses one of its localities. */
export interface LocalityChoice {
  readonly localities: readonly Locality[];
  /** By locality; undefined where none of its endpoints can be taken. */
  readonly leaves: readonly (Leaf | undefined)[];
  /** Shares for people, in percent. */
  readonly percents: readonly number[];
  /** The next locality; -1 for none in particular. */
  next(below: (bound: number) => number): number;
}

/** A part of all requests, and where it goes. */
export interface Route {
  /** The number of the first percent that is not this route's, when routes are laid end to end. */
  readonly until: number;
  readonly priority: number;
  readonly source: RouteSource;
  /** In panic, where that is to be refused. */
  readonly refuses: boolean;
  /** Without regard to localities. */
  readonly leaf: Leaf | undefined;
  readonly choice: LocalityChoice | undefined;
}

/** Localities by weight, one after the other, earliest deadline first. */
export class WeightedLocalities implements LocalityChoice {
  readonly localities: readonly Locality[];
  readonly leaves: readonly (Leaf | undefined)[];
  readonly percents: readonly number[];
  readonly schedule: EdfSchedule;
  readonly weights: readonly number[];
  readonly #indices: readonly number[];

  /** @param schedule - over the localities that weigh more than 0, in their order */
  constructor(
    localities: readonly Locality[],
    leaves: readonly (Leaf | undefined)[],
    weights: readonly number[],
    schedule: EdfSchedule,
  ) {
    this.localities = localities;
    this.leaves = leaves;
    this.weights = weights;
    this.schedule = schedule;
    this.#indices = weights.flatMap((weight, i) => (weight > 0 ? [i] : []));
    const sum = weights.reduce((all, weight) => all + weight, 0);
    this.percents = weights.map((weight) => (100 * weight) / sum);
  }

  next(): number {
    const locality = this.peek();
    this.schedule.advance();
    return locality;
  }

  /** What `next` will answer. */
  peek(): number {
    return this.#indices[this.schedule.top()] as number;
  }
}

/** Localities by chance, the own one preferred. */
export class ZoneChoice implements LocalityChoice {
  readonly localities: readonly Locality[];
  readonly leaves: readonly (Leaf | undefined)[];
  readonly percents: readonly number[];
  readonly #routing: Exclude<ZoneRouting, { readonly kind: "none" }>;
  readonly #routingPercent: number;

  constructor(
    localities: readonly Locality[],
    leaves: readonly (Leaf | undefined)[],
    routing: Exclude<ZoneRouting, { readonly kind: "none" }>,
    routingPercent: number,
  ) {
    this.localities = localities;
    this.leaves = leaves;
    this.#routing = routing;
    this.#routingPercent = routingPercent;
    this.percents = zonePercents(routing, localities.length);
  }

  /** The coin of `routingPercent` is tossed first, and only where it can fall either way. */
  next(below: (bound: number) => number): number {
    const percent = this.#routingPercent;
    if (percent <= 0 || (percent < 100 && below(100) >= percent)) return -1;
    return chooseZone(this.#routing, below);
  }
}

function zonePercents(routing: Exclude<ZoneRouting, { readonly kind: "none" }>, count: number): readonly number[] {
  const zones = Array.from({ length: count }, (_, zone) => zone);
  if (routing.kind === "direct") return zones.map((zone) => (zone === 0 ? 100 : 0));
  const { localShare, residuals } = routing;
  const away = 100 - localShare / 100;
  const total = residuals[residuals.length - 1] ?? 0;
  return zones.map((zone) => {
    const width = (residuals[zone] ?? 0) - (zone === 0 ? 0 : (residuals[zone - 1] ?? 0));
    const part = total === 0 ? 1 / count : width / total;
    return (zone === 0 ? localShare / 100 : 0) + away * part;
  });
}
