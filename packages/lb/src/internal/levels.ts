import type { Endpoint, EndpointSet, Locality } from "../endpoint.js";
import type { PriorityCounts } from "../priority-load.js";

/** Endpoints of one priority by what may be done with them: places in the set, in host order. */
export interface Level {
  readonly all: number[];
  readonly healthy: number[];
  readonly degraded: number[];
  excludedCount: number;
}

/** What the levels are made of: a set, and which of its endpoints the detector took out. */
export interface Members {
  readonly set: EndpointSet;
  readonly slots: Int32Array;
  readonly ejected: ArrayLike<number>;
}

/**
 * The endpoints at `places` by priority, a level for each number up to the highest. Endpoints of weight 0 are in none:
 * they are known and nothing more.
 */
export function levelsOf({ set, slots, ejected }: Members, places: readonly number[] | undefined): readonly Level[] {
  const levels: Level[] = [];
  const { endpoints } = set;
  const count = places?.length ?? endpoints.length;
  for (let i = 0; i < count; i++) {
    const place = places === undefined ? i : (places[i] as number);
    const endpoint = endpoints[place] as Endpoint;
    if (endpoint.weight === 0) continue;
    const priority = endpoint.priority ?? 0;
    while (levels.length <= priority) levels.push({ all: [], healthy: [], degraded: [], excludedCount: 0 });
    const level = levels[priority] as Level;
    level.all.push(place);
    const health = endpoint.health ?? "healthy";
    if (isExcluded(endpoint)) level.excludedCount++;
    else if (ejected[slots[place] as number] === 1) continue;
    else if (health === "healthy") level.healthy.push(place);
    else if (health === "degraded") level.degraded.push(place);
  }
  return levels;
}

/** Whether an endpoint leaves its priority's total. Envoy counts draining ones so, too: they are no loss of health. */
function isExcluded(endpoint: Endpoint | undefined): boolean {
  return endpoint?.health === "excluded" || endpoint?.health === "draining";
}

export function countsOf(level: Level, { endpoints, weightedPriorityHealth = false }: EndpointSet): PriorityCounts {
  const counts = {
    healthy: level.healthy.length,
    degraded: level.degraded.length,
    excluded: level.excludedCount,
    total: level.all.length,
  };
  if (!weightedPriorityHealth) return counts;
  const sum = (places: readonly number[]): number =>
    places.reduce((all, place) => all + (endpoints[place]?.weight ?? 1), 0);
  const excluded = level.all.filter((place) => isExcluded(endpoints[place]));
  const weights = {
    healthy: sum(level.healthy),
    degraded: sum(level.degraded),
    excluded: sum(excluded),
    total: sum(level.all),
  };
  return { ...counts, weights };
}

/** A locality of a level, with places of its endpoints. */
export interface LevelLocality {
  readonly key: string;
  readonly locality: Locality;
  /** What discovery says it weighs. */
  readonly weight: number;
  readonly level: Level;
}

/**
 * The localities of a level, the own one first, the others by region, zone and sub-zone (byte order), as Envoy's
 * `PriorityStateManager::updateClusterPrioritySet` in `source/common/upstream/upstream_impl.cc`.
 */
export function localitiesOf(level: Level, priority: number, set: EndpointSet): readonly LevelLocality[] {
  const found = new Map<string, LevelLocality>();
  const weights = new Map<string, number>();
  for (const each of set.localityWeights ?? []) {
    if ((each.priority ?? 0) === priority) weights.set(localityKey(each.locality), each.weight);
  }
  const groupOf = (place: number): Level => {
    const { locality = {} } = set.endpoints[place] ?? {};
    const key = localityKey(locality);
    let group = found.get(key);
    if (group === undefined) {
      const empty = { all: [], healthy: [], degraded: [], excludedCount: 0 };
      group = { key, locality, weight: weights.get(key) ?? 0, level: empty };
      found.set(key, group);
    }
    return group.level;
  };
  for (const place of level.all) {
    const group = groupOf(place);
    group.all.push(place);
    if (isExcluded(set.endpoints[place])) group.excludedCount++;
  }
  for (const place of level.healthy) groupOf(place).healthy.push(place);
  for (const place of level.degraded) groupOf(place).degraded.push(place);
  const own = set.local === undefined ? undefined : localityKey(set.local.locality);
  return [...found.values()].sort((a, b) => Number(b.key === own) - Number(a.key === own) || (a.key < b.key ? -1 : 1));
}

/** Three texts with a character between that sorts before any other. */
export function localityKey({ region = "", zone = "", subZone = "" }: Locality): string {
  return `${region}\0${zone}\0${subZone}`;
}
