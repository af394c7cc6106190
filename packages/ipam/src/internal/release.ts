import { type Address, firstAddress, formatAddress, type Prefix, prefixOf } from "@netmason/net";
import type { AddressAllocation, Allocation, ReleaseReport, ReleaseTarget } from "../allocation.js";
import type { CallOptions } from "../store.js";
import type { ChildMirrors } from "./child-mirror.js";
import { releaseChildren } from "./child-release.js";
import type { Engine } from "./engine.js";
import type { Policy } from "./policy.js";
import { ReleaseLane } from "./release-lane.js";
import { type ReleaseItem, ReleaseOp } from "./release-op.js";
import { checkHandle } from "./request-checks.js";

/** Blocks that one transaction of a release touches, at most. */
const BLOCKS_AT_ONCE = 16;

/** Ops of one block: itself and its rows. */
const BLOCK_OPS = 6;

const NOTHING: ReleaseReport = { released: [], notHeld: [], stale: [] };

/** `release` and `releaseByHandle`: one lane for all releases that touch the same blocks. */
export class Releaser {
  readonly #engine: Engine;
  readonly #mirrors: ChildMirrors;
  readonly #lanes = new Map<string, ReleaseLane>();

  constructor(engine: Engine, mirrors: ChildMirrors) {
    this.#engine = engine;
    this.#mirrors = mirrors;
  }

  async release(targets: readonly ReleaseTarget[], options?: CallOptions): Promise<ReleaseReport> {
    const engine = this.#engine;
    engine.enter(options);
    try {
      const policy = engine.policy ?? (await engine.loadPolicy(options));
      const addresses = targets.filter((target) => "address" in target);
      if (addresses.length === targets.length) return await this.#releaseAddresses(policy, addresses, options);
      const prefixes = targets.filter((target) => "prefix" in target);
      const reports: ReleaseReport[] = [];
      if (prefixes.length > 0) reports.push(await releaseChildren(this.#mirrors, engine, prefixes, options));
      if (addresses.length > 0) reports.push(await this.#releaseAddresses(policy, addresses, options));
      return reports.length === 1 ? (reports[0] as ReleaseReport) : joinReports(reports);
    } finally {
      engine.leave();
    }
  }

  async releaseByHandle(handle: string, options?: CallOptions): Promise<ReleaseReport> {
    checkHandle(handle);
    const engine = this.#engine;
    engine.enter(options);
    const key = engine.keys.handle(handle);
    try {
      await engine.locks.acquire([key]);
      try {
        return await this.#releaseHandle(handle, key, options);
      } finally {
        engine.locks.release([key]);
      }
    } finally {
      engine.leave();
    }
  }

  async #releaseAddresses(
    policy: Policy,
    targets: readonly (ReleaseTarget & { readonly address: Address })[],
    options?: CallOptions,
  ): Promise<ReleaseReport> {
    const engine = this.#engine;
    const [first] = targets;
    const alone = targets.length === 1 && first !== undefined ? itemOf(engine, policy, first) : undefined;
    if (alone !== undefined) return this.#releaseItems([alone.blockKey], [alone], options);
    const notHeld: ReleaseTarget[] = [];
    const byBlock = new Map<string, ReleaseItem[]>();
    const seen = new Set<string>();
    let current = policy;
    for (const target of targets) {
      if (targets.length > 1) {
        const text = formatAddress(target.address);
        if (seen.has(text)) continue;
        seen.add(text);
      }
      let item = itemOf(engine, current, target);
      if (item === undefined) {
        current = await engine.freshPolicy(options);
        item = itemOf(engine, current, target);
      }
      if (item === undefined) notHeld.push(target);
      else {
        const items = byBlock.get(item.blockKey);
        if (items === undefined) byBlock.set(item.blockKey, [item]);
        else items.push(item);
      }
    }
    const reports: ReleaseReport[] = [];
    if (notHeld.length > 0) reports.push({ ...NOTHING, notHeld });
    for (const items of this.#portions(byBlock)) {
      const keys = [...new Set(items.map(({ blockKey }) => blockKey))];
      reports.push(await this.#releaseItems(keys, items, options));
    }
    return reports.length === 1 ? (reports[0] as ReleaseReport) : joinReports(reports);
  }

  /** Splits a release into what one transaction carries, if every address has another handle. */
  #portions(byBlock: ReadonlyMap<string, readonly ReleaseItem[]>): readonly (readonly ReleaseItem[])[] {
    const most = this.#engine.store.limits.txnKeyCount - 2;
    const portions: ReleaseItem[][] = [];
    let cost = most;
    let last = "";
    for (const key of [...byBlock.keys()].sort()) {
      for (const item of byBlock.get(key) ?? []) {
        const more = key === last ? 1 : 1 + BLOCK_OPS;
        if (cost + more > most) {
          portions.push([]);
          cost = BLOCK_OPS;
        } else if (key !== last) cost += BLOCK_OPS;
        last = key;
        cost += 1;
        portions[portions.length - 1]?.push(item);
      }
    }
    return portions;
  }

  async #releaseItems(
    keys: readonly string[],
    items: readonly ReleaseItem[],
    options: CallOptions | undefined,
  ): Promise<ReleaseReport> {
    const op = new ReleaseOp(items, undefined, options?.signal);
    this.#laneFor(keys).push(op);
    await op.promise;
    const { released, notHeld, stale } = op;
    return { released, notHeld, stale };
  }

  async #releaseHandle(handle: string, key: string, options?: CallOptions): Promise<ReleaseReport> {
    const engine = this.#engine;
    const released: Allocation[] = [];
    const tried = new Map<string, AddressAllocation>();
    const finish = (): ReleaseReport => {
      const more = lostAnswers(tried, released);
      engine.counters.releasedCount += more.length;
      return { ...NOTHING, released: [...released, ...more] };
    };
    let known = engine.cache.handle(key);
    for (let lost = 0; ; lost += 1) {
      if (known === undefined) {
        const [entry] = await engine.get([key], options);
        engine.learnHandle(key, entry);
        known = engine.cache.handle(key);
        if (known === undefined) return finish();
      }
      const children = known.record.at.filter((each) => each.startsWith("c/"));
      if (children.length > 0) {
        released.push(
          ...(await releaseChildren(this.#mirrors, engine, { handle, childKeys: children }, options)).released,
        );
        known = undefined;
        continue;
      }
      const [keys] = chunks(known.record.at, this.#blocksAtOnce());
      if (keys === undefined) return finish();
      const op = new ReleaseOp([], handle, options?.signal);
      this.#laneFor(keys).push(op);
      const outcome = await op.promise;
      known = engine.cache.handle(key);
      if (outcome.kind === "done") {
        released.push(...op.released);
        if (known === undefined) return finish();
      } else for (const one of op.tried.values()) tried.set(nameOf(one), one);
      if (lost > engine.retryCount) await engine.backOff(key, lost);
    }
  }

  #blocksAtOnce(): number {
    return Math.max(1, Math.min(BLOCKS_AT_ONCE, (this.#engine.store.limits.txnKeyCount - 2) >> 3));
  }

  #laneFor(keys: readonly string[]): ReleaseLane {
    const name = keys.length === 1 ? (keys[0] as string) : keys.join(" ");
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new ReleaseLane(this.#engine, keys, () => {
      if (this.#lanes.size > IDLE_LANES) this.#lanes.delete(name);
    });
    this.#lanes.set(name, lane);
    return lane;
  }
}

/** What was released by a try whose answer was lost: the handle does not hold it any more, and no later try released it. */
function lostAnswers(
  tried: ReadonlyMap<string, AddressAllocation>,
  released: readonly Allocation[],
): readonly AddressAllocation[] {
  if (tried.size === 0) return [];
  const sure = new Set(released.map(nameOf));
  return [...tried].flatMap(([name, one]) => (sure.has(name) ? [] : [one]));
}

function nameOf(one: Allocation): string {
  return `${one.kind === "address" ? one.address : one.prefix} ${one.sequence}`;
}

/** Lanes that are kept although nobody is in them. */
const IDLE_LANES = 1_024;

/** Where an address is, if some pool has it. */
export function placeOf(
  engine: Engine,
  policy: Policy,
  address: Address,
): { readonly blockKey: string; readonly ordinal: number; readonly block: Prefix } | undefined {
  const pool = policy.addressPools.lookup(address)?.value;
  const units = pool?.pool.units;
  if (pool === undefined || units?.kind !== "addresses") return undefined;
  const block = prefixOf(address, units.blockLength);
  const ordinal = address.w3 - firstAddress(block).w3;
  return { blockKey: engine.keys.block(pool.segment, block), ordinal, block };
}

function itemOf(
  engine: Engine,
  policy: Policy,
  target: ReleaseTarget & { readonly address: Address },
): ReleaseItem | undefined {
  const place = placeOf(engine, policy, target.address);
  return place === undefined ? undefined : { target, blockKey: place.blockKey, ordinal: place.ordinal };
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

function joinReports(reports: readonly ReleaseReport[]): ReleaseReport {
  return {
    released: reports.flatMap(({ released }) => released),
    notHeld: reports.flatMap(({ notHeld }) => notHeld),
    stale: reports.flatMap(({ stale }) => stale),
  };
}
