import type { Endpoint, EndpointSet } from "../endpoint.js";
import type { Explanation } from "../explanation.js";
import { xxh64 } from "../hash-functions.js";
import { hashToBigInt } from "../hash64.js";
import type { Picked } from "../pick-result.js";
import type { PickRequest, Selection } from "../picker.js";
import type { Policy } from "../policy.js";
import { priorityLoads } from "../priority-load.js";
import { FAILURES } from "./chooser.js";
import type { Leaf } from "./leaf.js";
import { countsOf } from "./levels.js";
import { remainder64 } from "./remainder64.js";
import { type Route, WeightedLocalities } from "./route.js";
import type { Scope } from "./scope.js";
import type { SlotTable } from "./slot-table.js";

/** What an explanation reads. */
export interface ExplainInput {
  /** Of the request's subset; undefined where it has none. */
  readonly scope: Scope | undefined;
  /** Undefined before the first update. */
  readonly set: EndpointSet | undefined;
  readonly policy: Policy;
  readonly table: SlotTable<Endpoint>;
  readonly ejections: readonly { readonly address: string; readonly untilMs: number }[];
  readonly override: Picked | undefined;
  readonly isFull: boolean;
}

type Result = Explanation["result"];

/** Says what a pick would answer without making one. */
export function explainPick(request: PickRequest, input: ExplainInput): Explanation {
  const { scope, policy, set } = input;
  const selection = selectionOf(request, policy);
  const hash = selection.hashed ? { hash: hashToBigInt(selection).toString() } : {};
  const ejections = input.ejections.map(({ address, untilMs }) => ({ address, untilMs }));
  const early = earlyResult(input);
  if (set === undefined || scope === undefined || scope.isEmpty) {
    return { result: early ?? FAILURES.no_subset, ...hash, policy: { name: policy.name }, ejections };
  }
  const route = routeOf(scope, selection);
  const choice = route?.choice;
  const leaf = leafOf(route);
  const details = explainLeaf(leaf, selection);
  const chosen = choice instanceof WeightedLocalities ? choice.localities[choice.leaves.indexOf(leaf)] : undefined;
  const shares = choice?.localities.map((locality, i) => ({ locality, percent: choice.percents[i] ?? 0 }));
  return {
    result: early ?? resultOf(route, leaf, details, selection.hashed, input),
    ...hash,
    priority: {
      chosen: route?.priority ?? -1,
      source: route?.source ?? "healthy",
      loads: scope.loads,
      ...withOneLess(scope, route, set),
    },
    ...(shares === undefined ? {} : { locality: { ...(chosen === undefined ? {} : { chosen }), shares } }),
    policy: { ...details, name: policy.name },
    ejections,
  };
}

function selectionOf(request: PickRequest, { word }: Policy): Selection {
  const { hashKey, attempt = 0 } = request;
  const hashed = word === "hash" && hashKey !== undefined && hashKey !== null;
  const { hi, lo } = !hashed ? { hi: 0, lo: 0 } : typeof hashKey === "string" ? xxh64(hashKey) : hashKey;
  return { hi: hi | 0, lo: lo | 0, hashed, attempt, request };
}

/** Answers that need no policy. */
function earlyResult({ set, scope, override, isFull }: ExplainInput): Result | undefined {
  if (set === undefined) return { kind: "queue" };
  const drop = set.dropPercent ?? 0;
  if (drop >= 100) return { kind: "drop", reason: "drop_percent" };
  if (drop > 0) return { kind: "chance" };
  if (isFull) return { kind: "drop", reason: "overflow" };
  if (override !== undefined) return override;
  if (scope === undefined) return FAILURES.no_subset;
  if (!scope.isEmpty) return undefined;
  return set.endpoints.length === 0 ? FAILURES.no_endpoints : FAILURES.no_eligible_endpoint;
}

/** Undefined where chance decides. */
function routeOf({ routes }: Scope, { hashed, hi, lo }: Selection): Route | undefined {
  if (routes.length <= 1) return routes[0];
  if (!hashed) return undefined;
  const percent = remainder64(hi, lo, 100);
  return routes.find(({ until }) => percent < until);
}

function leafOf(route: Route | undefined): Leaf | undefined {
  const choice = route?.choice;
  if (!(choice instanceof WeightedLocalities)) return choice === undefined ? route?.leaf : undefined;
  return choice.leaves[choice.peek()];
}

function explainLeaf(leaf: Leaf | undefined, selection: Selection): Readonly<Record<string, unknown>> {
  return leaf?.picker.explain?.(selection) ?? {};
}

function resultOf(
  route: Route | undefined,
  leaf: Leaf | undefined,
  details: Readonly<Record<string, unknown>>,
  isHashed: boolean,
  { policy, table }: ExplainInput,
): Result {
  if (route === undefined) return { kind: "chance" };
  if (route.refuses) return FAILURES.no_eligible_endpoint;
  if (leaf === undefined) {
    if (route.choice !== undefined && !(route.choice instanceof WeightedLocalities)) return { kind: "chance" };
    return policy.word === "hash" ? FAILURES.policy_returned_none : FAILURES.no_eligible_endpoint;
  }
  const answer = details.next ?? (isHashed ? details.endpoint : undefined);
  const slot = typeof answer === "string" ? table.find(answer) : -1;
  return table.picked[slot] ?? { kind: "chance" };
}

function withOneLess(
  scope: Scope,
  route: Route | undefined,
  set: EndpointSet,
): Pick<NonNullable<Explanation["priority"]>, "withOneLess"> {
  if (route === undefined || route.source !== "healthy") return {};
  const counts = scope.levels.map((level) => countsOf(level, set));
  const level = counts[route.priority];
  if (level === undefined || level.healthy === 0) return {};
  const { weights } = level;
  const share = weights === undefined ? 0 : weights.healthy / level.healthy;
  counts[route.priority] = {
    ...level,
    healthy: level.healthy - 1,
    ...(weights === undefined ? {} : { weights: { ...weights, healthy: weights.healthy - share } }),
  };
  const loads = priorityLoads(counts, scope.options);
  const isSame = JSON.stringify(loads) === JSON.stringify(scope.loads);
  return isSame ? {} : { withOneLess: loads };
}
