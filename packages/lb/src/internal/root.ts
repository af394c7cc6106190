import type { Endpoint, EndpointSet } from "../endpoint.js";
import { groupSubsets, type SubsetGroups, type SubsetOptions } from "../subset.js";
import { buildScope, type Scope, type ScopeContext } from "./scope.js";

/** Everything a pick reads, made anew and swapped in one assignment at each change. */
export interface Root<E extends Endpoint> {
  readonly set: EndpointSet<E>;
  /** By place in the set. */
  readonly slots: Int32Array;
  readonly whole: Scope;
  readonly subsets: SubsetGroups | undefined;
  /** By group of `subsets`. */
  readonly scopes: readonly Scope[];
  /** Of a group's name. */
  readonly scopesByName: ReadonlyMap<string, Scope>;
}

/** Builds a root; what did not change is taken from the one before. */
export function buildRoot<E extends Endpoint>(
  set: EndpointSet<E>,
  slots: Int32Array,
  before: Root<E> | undefined,
  context: ScopeContext,
  options: SubsetOptions | undefined,
): Root<E> {
  const members = { set, slots, ejected: context.table.ejected };
  const subsets = options === undefined ? undefined : groupSubsets(set.endpoints, options);
  const scopesByName = new Map<string, Scope>();
  const scopes = (subsets?.groups ?? []).map(({ name, places }) => {
    const scope = buildScope(members, places, before?.scopesByName.get(name), context);
    scopesByName.set(name, scope);
    return scope;
  });
  const whole = buildScope(members, undefined, before?.whole, context);
  return { set, slots, whole, subsets, scopes, scopesByName };
}
