import type { Endpoint } from "../endpoint.js";
import { effectiveLocalityWeights } from "../locality-weight.js";
import type { FoldedLocalities } from "../picker.js";
import type { LocalityMode, Policy, PolicyState } from "../policy.js";
import { type PriorityLoad, type PriorityOptions, priorityLoads } from "../priority-load.js";
import { type ZoneRouting, zoneRouting } from "../zone-routing.js";
import { EdfSchedule } from "./edf-schedule.js";
import { Leaf, sameNumbers } from "./leaf.js";
import {
  countsOf,
  type Level,
  type LevelLocality,
  levelsOf,
  localitiesOf,
  localityKey,
  type Members,
} from "./levels.js";
import { type LocalityChoice, type Route, type RouteSource, WeightedLocalities, ZoneChoice } from "./route.js";
import type { SlotTable } from "./slot-table.js";

/** What every scope of one balancer is built with. */
export interface ScopeContext {
  readonly policy: Policy;
  readonly state: PolicyState;
  readonly table: SlotTable<Endpoint>;
  readonly priority: PriorityOptions;
  /** The lower word of the balancer's seed. */
  readonly seed: number;
}

/** Endpoints among which priorities are balanced: all of a set, or those of one subset. Immutable but for positions. */
export interface Scope {
  readonly routes: readonly Route[];
  readonly loads: readonly PriorityLoad[];
  readonly levels: readonly Level[];
  readonly options: PriorityOptions;
  /** By `priority/source/locality`. */
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly choices: ReadonlyMap<string, LocalityChoice>;
  readonly isEmpty: boolean;
}

/** Builds a scope; leaves and positions of the one before are kept where nothing in them changed. */
export function buildScope(
  members: Members,
  places: readonly number[] | undefined,
  before: Scope | undefined,
  context: ScopeContext,
): Scope {
  return new ScopeBuilder(members, before, context).build(places);
}

class ScopeBuilder {
  readonly #members: Members;
  readonly #before: Scope | undefined;
  readonly #context: ScopeContext;
  readonly #leaves = new Map<string, Leaf>();
  readonly #choices = new Map<string, LocalityChoice>();

  constructor(members: Members, before: Scope | undefined, context: ScopeContext) {
    this.#members = members;
    this.#before = before;
    this.#context = context;
  }

  build(places: readonly number[] | undefined): Scope {
    const { set } = this.#members;
    const levels = levelsOf(this.#members, places);
    const options = {
      ...this.#context.priority,
      ...(set.overprovisioningPercent === undefined ? {} : { overprovisioningPercent: set.overprovisioningPercent }),
    };
    const loads = priorityLoads(
      levels.map((level) => countsOf(level, set)),
      options,
    );
    const routes: Route[] = [];
    let until = 0;
    for (const source of ["healthy", "degraded"] as const) {
      for (const [priority, load] of loads.entries()) {
        const percent = source === "healthy" ? load.healthyPercent : load.degradedPercent;
        if (percent === 0) continue;
        until += percent;
        routes.push(this.#route(until, priority, load.panic ? "all" : source, levels[priority] as Level));
      }
    }
    const isEmpty = levels.every(({ all }) => all.length === 0);
    return { routes, loads, levels, options, leaves: this.#leaves, choices: this.#choices, isEmpty };
  }

  #route(until: number, priority: number, source: RouteSource, level: Level): Route {
    const mode = this.#context.policy.locality ?? "merged";
    const isZoneAware = typeof mode === "object";
    const failOnPanic =
      (this.#context.priority.failOnPanic ?? false) || (isZoneAware && mode.zoneAware.failOnPanic === true);
    // A table of a hash policy has the healthy endpoints only, whichever source the hash falls on.
    const taken = source === "degraded" && this.#context.policy.word === "hash" ? "healthy" : source;
    const choice = source === "all" ? undefined : this.#choice(mode, priority, taken, level);
    const leaf =
      mode === "folded"
        ? this.#foldedLeaf(priority, taken, level)
        : choice instanceof WeightedLocalities
          ? undefined
          : this.#leaf(`${priority}/${taken}/`, level[taken]);
    return { until, priority, source, refuses: source === "all" && failOnPanic, leaf, choice };
  }

  #leaf(key: string, places: readonly number[], localities?: FoldedLocalities): Leaf | undefined {
    if (places.length === 0) return undefined;
    const { set, slots } = this.#members;
    const own = new Int32Array(places.length);
    const endpoints: Endpoint[] = [];
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      own[i] = slots[place] as number;
      endpoints.push(set.endpoints[place] as Endpoint);
    }
    const leaf = Leaf.of(endpoints, own, localities, this.#before?.leaves.get(key), this.#context);
    this.#leaves.set(key, leaf);
    return leaf;
  }

  #foldedLeaf(priority: number, source: RouteSource, level: Level): Leaf | undefined {
    const key = `${priority}/${source}/`;
    if (this.#members.set.localityWeights === undefined) return this.#leaf(key, level[source]);
    const localities = localitiesOf(level, priority, this.#members.set);
    const weights = localities.map(({ weight }) => weight);
    if (weights.every((weight) => weight === 0)) return undefined;
    const places = localities.flatMap((each) => each.level[source]);
    const indices = localities.flatMap((each, i) => each.level[source].map(() => i));
    return this.#leaf(key, places, { indices, weights });
  }

  #choice(mode: LocalityMode, priority: number, source: RouteSource, level: Level): LocalityChoice | undefined {
    if (mode === "weighted") return this.#weightedChoice(priority, source, level);
    if (typeof mode !== "object" || priority !== 0) return undefined;
    const { set } = this.#members;
    if (set.local === undefined) return undefined;
    const localities = localitiesOf(level, priority, set);
    const routing = zonesOf(localities, set.local, mode.zoneAware.minEndpointCount);
    if (routing.kind === "none") return undefined;
    const leaves = this.#localityLeaves(priority, source, localities);
    const choice = new ZoneChoice(names(localities), leaves, routing, mode.zoneAware.routingPercent ?? 100);
    this.#choices.set(`${priority}/${source}`, choice);
    return choice;
  }

  #localityLeaves(
    priority: number,
    source: RouteSource,
    localities: readonly LevelLocality[],
  ): readonly (Leaf | undefined)[] {
    return localities.map((each, i) => this.#leaf(`${priority}/${source}/${i}`, each.level[source]));
  }

  #weightedChoice(priority: number, source: RouteSource, level: Level): LocalityChoice | undefined {
    const { set } = this.#members;
    if (set.localityWeights === undefined) return undefined;
    const localities = localitiesOf(level, priority, set);
    const weights = effectiveLocalityWeights(
      localities.map(({ weight, level: { all, excludedCount, [source]: eligible } }) => ({
        weight,
        eligible: eligible.length,
        excluded: excludedCount,
        total: all.length,
      })),
      set.overprovisioningPercent ?? this.#context.priority.overprovisioningPercent,
    );
    if (weights.every((weight) => weight === 0)) return undefined;
    const leaves = this.#localityLeaves(priority, source, localities);
    const key = `${priority}/${source}`;
    const before = this.#before?.choices.get(key);
    const isKept =
      before instanceof WeightedLocalities &&
      sameNumbers(before.weights, weights) &&
      leaves.every((leaf, i) => leaf === before.leaves[i]);
    const schedule = isKept
      ? before.schedule
      : new EdfSchedule(Float64Array.from(weights.filter((weight) => weight > 0)), this.#context.seed);
    const choice = new WeightedLocalities(names(localities), leaves, weights, schedule);
    this.#choices.set(key, choice);
    return choice;
  }
}

function names(localities: readonly LevelLocality[]): readonly LevelLocality["locality"][] {
  return localities.map(({ locality }) => locality);
}

function zonesOf(
  localities: readonly LevelLocality[],
  local: NonNullable<Members["set"]["local"]>,
  minEndpointCount: number | undefined,
): ZoneRouting {
  const own = localityKey(local.locality);
  const peers = new Map<string, number>();
  for (const { locality, healthyCount } of local.peers) peers.set(localityKey(locality), healthyCount);
  if ((peers.get(own) ?? 0) === 0) return { kind: "none", reason: "no_peers_at_home" };
  const known = new Set(localities.map(({ key }) => key));
  const elsewhere = [...peers].filter(([key]) => !known.has(key)).map(([, count]) => count);
  return zoneRouting(
    localities.map(({ key, level }) => ({ endpoints: level.healthy.length, peers: peers.get(key) ?? 0 })),
    {
      hasOwnZone: localities[0]?.key === own,
      peersElsewhere: elsewhere,
      ...(minEndpointCount === undefined ? {} : { minEndpointCount }),
    },
  );
}
