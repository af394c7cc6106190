import type { Balancer, BalancerOptions, EndpointState } from "../balancer.js";
import type { BalancerEvent } from "../balancer-event.js";
import type { Detector } from "../detector.js";
import type { Endpoint, EndpointSet } from "../endpoint.js";
import type { Explanation } from "../explanation.js";
import type { Outcome, OutcomeDetails } from "../outcome.js";
import type { Call, Picked, PickResult } from "../pick-result.js";
import type { PickRequest } from "../picker.js";
import type { PolicyState } from "../policy.js";
import { priorityLoads } from "../priority-load.js";
import { ANY_ENDPOINT, checkSubsetOptions, type SubsetOptions } from "../subset.js";
import { type SleepSignal, systemNow, systemRandom } from "../system.js";
import type { Thresholds } from "../thresholds.js";
import { CallLedger } from "./call-ledger.js";
import { checkEndpointSet } from "./check-endpoint-set.js";
import { Chooser, FAILURES } from "./chooser.js";
import { createDraws, type Draws } from "./draws.js";
import { explainPick } from "./explain.js";
import type { Leaf } from "./leaf.js";
import { buildRoot, type Root } from "./root.js";
import type { Scope, ScopeContext } from "./scope.js";
import { SlotTable } from "./slot-table.js";

const QUEUE = Object.freeze({ kind: "queue" as const });
const OVERFLOW = Object.freeze({ kind: "drop" as const, reason: "overflow" as const });
const DROPPED = Object.freeze({ kind: "drop" as const, reason: "drop_percent" as const });
const NO_REQUEST: PickRequest = Object.freeze({});

/** The balancer itself; `createBalancer` says what it does. */
export class BalancerCore<E extends Endpoint> implements Balancer<E> {
  readonly #table = new SlotTable<E>();
  readonly #context: ScopeContext;
  readonly #state: PolicyState;
  readonly #now: () => number;
  readonly #draws: Draws;
  readonly #words = new Int32Array(2);
  readonly #detector: Detector | undefined;
  readonly #thresholds: Thresholds | undefined;
  readonly #subset: SubsetOptions | undefined;
  readonly #onEvent: ((event: BalancerEvent) => void) | undefined;
  readonly #chooser: Chooser<E>;
  readonly #ledger: CallLedger<E>;
  readonly #counts = { complete: 0, queue: 0, fail: 0, drop: 0, update: 0 };
  #root: Root<E> | undefined;
  /** The only leaf a pick could fall on, where nothing else is asked before. */
  #only: Leaf | undefined;
  #revision = 0;
  readonly #waiting = new Set<() => void>();

  constructor(options: BalancerOptions<E>) {
    const { policy, priority = {}, now = systemNow, random } = options;
    priorityLoads([], priority);
    this.#now = now;
    this.#draws = createDraws(random);
    if (options.subset !== undefined) checkSubsetOptions(options.subset);
    this.#subset = options.subset;
    this.#thresholds = options.thresholds;
    this.#onEvent = options.onEvent;
    this.#draws.draw(this.#words);
    const seed = { hi: this.#words[0] as number, lo: this.#words[1] as number };
    this.#state = policy.create({
      now,
      seed,
      below: (bound) => this.#draws.below(bound),
      totalActiveCount: () => this.#table.activeTotal,
    });
    this.#context = { policy, state: this.#state, table: this.#table, priority, seed: seed.lo };
    this.#detector = options.detector?.({ now, random: random ?? systemRandom });
    const onThrow = (error: unknown): void => this.#emit({ kind: "policy_failed", error });
    this.#chooser = new Chooser(policy.word, this.#draws, this.#table.picked, onThrow);
    this.#ledger = new CallLedger(this.#table, this.#state, now, this.#detector, this.#thresholds, onThrow);
    if (options.endpoints !== undefined) this.update(options.endpoints);
  }

  pick(request: PickRequest = NO_REQUEST): PickResult<E> {
    const only = this.#only;
    const result =
      only !== undefined &&
      request.override === undefined &&
      request.avoid === undefined &&
      (this.#detector === undefined || this.#detector.revision === this.#revision)
        ? this.#chooser.chooseFrom(only, request)
        : this.#pick(request);
    // By its name for what is answered most: a computed name is looked up at each pick.
    if (result.kind === "complete") this.#counts.complete++;
    else this.#counts[result.kind]++;
    return result;
  }

  begin(picked: Picked<E>): Call {
    return this.#ledger.begin(picked);
  }

  report(call: Call, outcome: Outcome, details?: OutcomeDetails): void {
    this.#ledger.report(call, outcome, details);
    this.#followDetector();
  }

  end(call: Call, outcome?: Outcome, details?: OutcomeDetails): boolean {
    const ended = this.#ledger.end(call, outcome, details);
    this.#followDetector();
    return ended;
  }

  update(endpoints: readonly E[] | EndpointSet<E>): void {
    const checked = checkEndpointSet(endpoints);
    // A copy: what the caller does to its list later is no update.
    const set = { ...checked, endpoints: checked.endpoints.slice() };
    const before = this.#root;
    const slots = this.#reserve(set.endpoints);
    let root: Root<E>;
    try {
      root = buildRoot(set, slots, before, this.#context, this.#subset);
    } catch (error) {
      for (const slot of slots) this.#table.retire(slot);
      throw error;
    }
    this.#install(root);
    const { added, removed } = this.#admit(set, slots, before);
    this.#counts.update++;
    if (this.#detector !== undefined) {
      this.#detector.retain(set.endpoints.map(({ address }) => address));
      this.#refresh(this.#detector);
    }
    this.#emit({
      kind: "endpoints_updated",
      endpointCount: set.endpoints.length,
      addedCount: added,
      removedCount: removed,
    });
    this.#emitPanic(before?.whole, this.#root?.whole ?? root.whole);
    for (const settle of this.#waiting) settle();
    this.#waiting.clear();
  }

  nextUpdate({ signal }: { readonly signal?: SleepSignal } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const settle = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#waiting.delete(settle);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort);
      this.#waiting.add(settle);
    });
  }

  explain(request: PickRequest = NO_REQUEST): Explanation {
    const root = this.#root;
    const scope = root === undefined ? undefined : this.#scopeOf(root, request);
    return explainPick(request, {
      ...{ scope, set: root?.set, policy: this.#context.policy, table: this.#table },
      ejections: this.#detector?.list() ?? [],
      override: this.#override(request) ?? undefined,
      isFull: (this.#thresholds?.remaining("requests") ?? 1) <= 0,
    });
  }

  inspect(): readonly EndpointState<E>[] {
    const { set, slots } = this.#root ?? { set: { endpoints: [] }, slots: new Int32Array(0) };
    return set.endpoints.map((endpoint, place) => {
      const slot = slots[place] as number;
      return { endpoint, activeCount: this.#table.active[slot] ?? 0, ejected: this.#table.ejected[slot] === 1 };
    });
  }

  tick(): number {
    const next = this.#detector?.tick() ?? Number.POSITIVE_INFINITY;
    this.#followDetector();
    return next;
  }

  metrics(): Readonly<Record<string, number>> {
    const { complete, queue, fail, drop, update } = this.#counts;
    const detector = Object.entries(this.#detector?.metrics?.() ?? {});
    const states = this.inspect();
    return {
      endpointCount: states.length,
      ejectedCount: states.filter(({ ejected }) => ejected).length,
      panicCount: (this.#root?.whole.loads ?? []).filter(({ panic }) => panic).length,
      activeCount: this.#table.activeTotal,
      updateCount: update,
      pickCount: complete,
      queueCount: queue,
      failCount: fail,
      dropCount: drop,
      ...this.#ledger.counts(),
      ...Object.fromEntries(detector.map(([name, value]) => [`detector.${name}`, value])),
    };
  }

  #install(root: Root<E>): void {
    const [route, ...others] = root.whole.routes;
    const isOnly = others.length === 0 && route?.choice === undefined && route?.refuses === false;
    const isAskedFirst =
      this.#thresholds !== undefined || this.#subset !== undefined || (root.set.dropPercent ?? 0) > 0;
    this.#root = root;
    this.#only = isOnly && !isAskedFirst ? route.leaf : undefined;
  }

  #pick(request: PickRequest): PickResult<E> {
    if (this.#root === undefined) return QUEUE;
    if (this.#isDropped(this.#root.set.dropPercent ?? 0)) return DROPPED;
    if (this.#thresholds !== undefined && this.#thresholds.remaining("requests") <= 0) return OVERFLOW;
    this.#followDetector();
    const result = this.#override(request) ?? this.#choose(this.#root, request);
    if (result.kind !== "fail" || this.#detector === undefined || result.reason !== "no_eligible_endpoint")
      return result;
    // Nobody may be reporting any more, so an endpoint that is due to come back would stay out.
    this.#detector.tick();
    return this.#followDetector() ? this.#choose(this.#root, request) : result;
  }

  #choose(root: Root<E>, request: PickRequest): PickResult<E> {
    const scope = this.#scopeOf(root, request);
    if (scope === undefined) return FAILURES.no_subset;
    if (scope.isEmpty) return root.set.endpoints.length === 0 ? FAILURES.no_endpoints : FAILURES.no_eligible_endpoint;
    return this.#chooser.choose(scope, request);
  }

  #scopeOf({ subsets, whole, scopes }: Root<E>, request: PickRequest): Scope | undefined {
    if (subsets === undefined) return whole;
    const group = subsets.find(request.metadata);
    return group === ANY_ENDPOINT ? whole : scopes[group];
  }

  /** One draw unless chance has nothing to decide, as Envoy's `Router::Filter::checkDropOverload` and `bernoulli`. */
  #isDropped(percent: number): boolean {
    if (percent <= 0) return false;
    if (percent >= 100) return true;
    this.#draws.draw(this.#words);
    const drawn = ((this.#words[0] as number) >>> 0) + ((this.#words[1] as number) >>> 0) / 2 ** 32;
    return drawn < (percent / 100) * 2 ** 32;
  }

  #override({ override, avoid }: PickRequest): Picked<E> | undefined {
    if (override === undefined || avoid?.has(override)) return undefined;
    const slot = this.#table.find(override);
    if (slot < 0 || this.#table.ejected[slot] === 1) return undefined;
    const picked = this.#table.picked[slot];
    const health = picked?.endpoint.health ?? "healthy";
    return health === "unhealthy" || health === "excluded" || picked?.endpoint.weight === 0 ? undefined : picked;
  }

  /** An endpoint warms up from when it is first seen healthy, or healthy again. */
  #warm(slot: number, endpoint: E, nowMs: number): void {
    const isHealthy = (endpoint.health ?? "healthy") === "healthy";
    const wasHealthy = !Number.isNaN(this.#table.warmSinceMs[slot]);
    if (isHealthy !== wasHealthy) this.#table.warmSinceMs[slot] = isHealthy ? nowMs : Number.NaN;
  }

  /** The slots of endpoints, which are not part of the set yet. */
  #reserve(endpoints: readonly E[]): Int32Array {
    const slots = new Int32Array(endpoints.length);
    const nowMs = this.#now();
    for (let place = 0; place < slots.length; place++) {
      const endpoint = endpoints[place] as E;
      const slot = this.#table.reserve(endpoint.address);
      slots[place] = slot;
      this.#warm(slot, endpoint, nowMs);
    }
    return slots;
  }

  #admit(set: EndpointSet<E>, slots: Int32Array, before: Root<E> | undefined): { added: number; removed: number } {
    let added = 0;
    const kept = new Uint8Array(this.#table.active.length);
    for (let place = 0; place < slots.length; place++) {
      const slot = slots[place] as number;
      kept[slot] = 1;
      if (this.#table.admit(slot, set.endpoints[place] as E)) added++;
    }
    let removed = 0;
    for (const slot of before?.slots ?? []) {
      if (kept[slot] === 1) continue;
      removed++;
      this.#table.dismiss(slot);
      this.#ledger.retire(slot);
    }
    return { added, removed };
  }

  /** Takes over what the detector decided; whether anything changed. */
  #followDetector(): boolean {
    const detector = this.#detector;
    return detector !== undefined && detector.revision !== this.#revision && this.#refresh(detector);
  }

  #refresh(detector: Detector): boolean {
    this.#revision = detector.revision;
    const root = this.#root;
    if (root === undefined) return false;
    const changed: string[] = [];
    for (const [place, { address }] of root.set.endpoints.entries()) {
      const slot = root.slots[place] as number;
      const ejected = detector.isEjected(address) ? 1 : 0;
      if (this.#table.ejected[slot] === ejected) continue;
      this.#table.ejected[slot] = ejected;
      changed.push(address);
    }
    if (changed.length === 0) return false;
    const next = buildRoot(root.set, root.slots, root, this.#context, this.#subset);
    this.#install(next);
    if (this.#onEvent !== undefined) this.#emitEjections(detector, changed);
    this.#emitPanic(root.whole, next.whole);
    return true;
  }

  #emitEjections(detector: Detector, changed: readonly string[]): void {
    const ejections = new Map(detector.list().map((ejection) => [ejection.address, ejection]));
    for (const address of changed) {
      const ejection = ejections.get(address);
      if (ejection === undefined) this.#emit({ kind: "endpoint_returned", address });
      else this.#emit({ kind: "endpoint_ejected", address, rule: ejection.rule, untilMs: ejection.untilMs });
    }
  }

  #emitPanic(before: Scope | undefined, after: Scope): void {
    for (const [priority, { panic }] of after.loads.entries()) {
      const was = before?.loads[priority]?.panic ?? false;
      if (panic !== was) this.#emit({ kind: "panic_changed", priority, panic });
    }
  }

  #emit(event: BalancerEvent): void {
    try {
      this.#onEvent?.(event);
    } catch {
      // An observer is no part of what it observes.
    }
  }
}
