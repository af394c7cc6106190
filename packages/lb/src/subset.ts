import type { Endpoint } from "./endpoint.js";

/**
 * What a request gets whose metadata no subset has: `none`, no endpoint; `any_endpoint`, one of all; `default_subset`,
 * one of those that match `defaultSubset`.
 */
export type SubsetFallback = "none" | "any_endpoint" | "default_subset";

/** Keys by which endpoints are grouped: a subset for each combination of their values that any endpoint has. */
export interface SubsetSelector {
  /** A request is matched by the selector that has exactly its keys; at least one. */
  readonly keys: readonly string[];
  /** Instead of the fallback of all selectors. `keys_subset`: look again with `fallbackKeys` alone. */
  readonly fallback?: SubsetFallback | "keys_subset";
  /** For `keys_subset`: some of `keys`, not all. If another selector has exactly these, its subsets are looked at. */
  readonly fallbackKeys?: readonly string[];
  /** Each subset has one endpoint, the first that matches. */
  readonly singleEndpoint?: boolean;
}

/** How `PickRequest.metadata` narrows the choice to endpoints with the same metadata. */
export interface SubsetOptions {
  readonly selectors: readonly SubsetSelector[];
  /** For requests without metadata, too; default `none`. */
  readonly fallback?: SubsetFallback;
  /** What endpoints of the default subset have; without it, every endpoint is one. */
  readonly defaultSubset?: Readonly<Record<string, unknown>>;
}

/** Subsets of one endpoint set: lists of places in it. */
export interface SubsetGroups {
  /** Each list of places that a request can lead to, without `any_endpoint`. */
  readonly groups: readonly { readonly name: string; readonly places: readonly number[] }[];
  /** Which group a request's metadata leads to: an index, or -1 for any endpoint, or -2 for none. */
  find(metadata: Readonly<Record<string, unknown>> | undefined): number;
}

/** `SubsetGroups.find`: the request may take any endpoint. */
export const ANY_ENDPOINT = -1;
/** `SubsetGroups.find`: the request matches nothing. */
export const NO_SUBSET = -2;

interface Group {
  readonly name: string;
  readonly places: number[];
}

type Level = Map<unknown, Level | number>;

interface Selector {
  readonly keys: readonly string[];
  readonly values: Level;
  readonly isSingle: boolean;
  /** Where a request goes whose values no endpoint has; -1 and -2 as in `SubsetGroups.find`. */
  fallTo: number;
  /** The selector that is asked before that. */
  reduced: Selector | undefined;
}

/**
 * Refuses options that mean nothing.
 *
 * @throws TypeError for a selector without keys, an unknown fallback, or `fallbackKeys` that are not some of the keys
 */
export function checkSubsetOptions({ selectors, fallback = "none" }: SubsetOptions): void {
  const fallbacks: readonly unknown[] = ["none", "any_endpoint", "default_subset"];
  const refuse = (field: string, wanted: string): never => {
    throw new TypeError(`subset.${field} must be ${wanted}`);
  };
  if (!fallbacks.includes(fallback)) refuse("fallback", "none, any_endpoint or default_subset");
  for (const [i, { keys, fallback: own, fallbackKeys }] of selectors.entries()) {
    const field = `selectors[${i}]`;
    if (keys.length === 0) refuse(`${field}.keys`, "at least one key");
    if (own !== undefined && own !== "keys_subset" && !fallbacks.includes(own)) refuse(`${field}.fallback`, "known");
    if ((own === "keys_subset") !== (fallbackKeys !== undefined)) {
      refuse(`${field}.fallbackKeys`, "given with the fallback keys_subset, and only with it");
    }
    const fewer = new Set(fallbackKeys ?? []);
    const isProper = fewer.size > 0 && fewer.size < new Set(keys).size && [...fewer].every((key) => keys.includes(key));
    if (fallbackKeys !== undefined && !isProper) refuse(`${field}.fallbackKeys`, "some of the keys, not all");
  }
}

/**
 * Groups endpoints by the selectors. `find` allocates nothing where metadata values are texts, numbers or booleans.
 *
 * As Envoy's subset load balancer (`docs/root/intro/arch_overview/upstream/load_balancing/subsets.rst`,
 * `source/extensions/load_balancing_policies/subset/subset_lb.cc`), but for one case: there a selector whose keys begin
 * another one's that stands before it loses its own fallback, here it keeps it.
 */
export function groupSubsets(endpoints: readonly Endpoint[], options: SubsetOptions): SubsetGroups {
  const groups: Group[] = [];
  const selectors = options.selectors.map(
    ({ keys, singleEndpoint = false }): Selector => ({
      keys: [...new Set(keys)],
      values: new Map(),
      isSingle: singleEndpoint,
      fallTo: NO_SUBSET,
      reduced: undefined,
    }),
  );
  for (const [place, { metadata = {} }] of endpoints.entries()) {
    for (const { keys, values, isSingle } of selectors) {
      if (!keys.every((key) => Object.hasOwn(metadata, key))) continue;
      const group = groupOf(values, keys, metadata, groups);
      if (!isSingle || group.length === 0) group.push(place);
    }
  }
  const defaultGroup = defaultSubset(endpoints, options, groups);
  const fallTo = { none: NO_SUBSET, any_endpoint: ANY_ENDPOINT, default_subset: defaultGroup };
  const general = fallTo[options.fallback ?? "none"];
  for (const [i, { fallback, fallbackKeys = [] }] of options.selectors.entries()) {
    const selector = selectors[i] as Selector;
    selector.fallTo = fallback === undefined || fallback === "keys_subset" ? general : fallTo[fallback];
    const fewer = new Set(fallbackKeys);
    selector.reduced = selectors.find(({ keys }) => keys.length === fewer.size && keys.every((key) => fewer.has(key)));
  }
  return { groups, find: (metadata) => findGroup(selectors, metadata, general) };
}

function findGroup(
  selectors: readonly Selector[],
  metadata: Readonly<Record<string, unknown>> | undefined,
  general: number,
): number {
  if (metadata === undefined) return general;
  let count = 0;
  for (const key in metadata) if (Object.hasOwn(metadata, key)) count++;
  for (const first of selectors) {
    if (first.keys.length !== count || !hasAll(metadata, first.keys)) continue;
    let selector = first;
    for (;;) {
      const found = lookup(selector.values, selector.keys, metadata);
      if (found >= 0) return found;
      if (selector.reduced === undefined) return selector.fallTo;
      selector = selector.reduced;
    }
  }
  return general;
}

function groupOf(
  values: Level,
  keys: readonly string[],
  metadata: Readonly<Record<string, unknown>>,
  groups: Group[],
): number[] {
  let level = values;
  for (const [depth, key] of keys.entries()) {
    const value = comparable(metadata[key]);
    let next = level.get(value);
    if (next === undefined) {
      const name = canonicalJson(keys.map((each) => [each, nameable(metadata[each])]));
      next = depth === keys.length - 1 ? groups.push({ name, places: [] }) - 1 : new Map();
      level.set(value, next);
    }
    if (typeof next === "number") return (groups[next] as Group).places;
    level = next;
  }
  return [];
}

function lookup(values: Level, keys: readonly string[], metadata: Readonly<Record<string, unknown>>): number {
  let level = values;
  for (const key of keys) {
    const next = level.get(comparable(metadata[key]));
    if (typeof next === "number") return next;
    if (next === undefined) return -1;
    level = next;
  }
  return -1;
}

function hasAll(metadata: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  for (const key of keys) if (!Object.hasOwn(metadata, key)) return false;
  return true;
}

function defaultSubset(endpoints: readonly Endpoint[], options: SubsetOptions, groups: Group[]): number {
  const wanted = Object.entries(options.defaultSubset ?? {});
  const isUsed = [options, ...options.selectors].some(({ fallback }) => fallback === "default_subset");
  if (!isUsed) return NO_SUBSET;
  const matches = ({ metadata = {} }: Endpoint): boolean =>
    wanted.every(([key, value]) => Object.hasOwn(metadata, key) && comparable(metadata[key]) === comparable(value));
  const places = endpoints.flatMap((endpoint, place) => (matches(endpoint) ? [place] : []));
  return places.length === 0 ? NO_SUBSET : groups.push({ name: "default", places }) - 1;
}

/** What no endpoint has. */
const NO_TEXT = Symbol("no text");

/** Values that are not objects stand for themselves; others for their text, whatever the order of their keys. */
function comparable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    return `\0${canonicalJson(value)}`;
  } catch {
    // A value without a JSON text, which an update refuses in endpoints.
    return NO_TEXT;
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function nameable(value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
