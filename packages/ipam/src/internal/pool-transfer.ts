import { compareAddresses } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { PoolExportLine, PoolImport } from "../pool-export.js";
import type { CallOptions } from "../store.js";
import type { StoreRecord } from "../store-txn.js";
import { type BlockState, decodeBlock } from "./block-state.js";
import { changePolicy, poolNamed } from "./change-policy.js";
import { commitChange } from "./child-commit.js";
import type { ChildMirrors } from "./child-mirror.js";
import { type ChildRecord, decodeChild } from "./child-record.js";
import type { Engine } from "./engine.js";
import { hexOf, under } from "./keys.js";
import { addPool } from "./pool-admin.js";
import { decodePool, type PoolRecord } from "./pool-record.js";
import { decodeHandle } from "./record-cache.js";
import { FORMAT, type LiveRecord } from "./records.js";
import { decodeRun } from "./run-record.js";
import { readAffinities } from "./space-finder.js";
import { WriteSet } from "./write-set.js";

type BlockLine = PoolExportLine & { readonly kind: "block" };

/** A handle and the most it may hold, if it has a maximum. */
type NamedHandle = readonly [handle: string, max: number | undefined];

/** `exportPool`. */
export async function* exportPool(engine: Engine, name: string, options?: CallOptions): AsyncGenerator<PoolExportLine> {
  const policy = await engine.freshPolicy(options);
  const { record, segment } = poolNamed(policy, name);
  yield { kind: "pool", format: FORMAT, name, record };
  let lineCount = 1;
  for await (const { value } of engine.pages(under(engine.keys.blocksOf(segment)), options)) {
    yield { kind: "block", record: value, ...(await limitsIn(engine, value, options)) };
    lineCount += 1;
  }
  for await (const { value } of engine.pages(under(engine.keys.childrenOf(segment)), options)) {
    yield { kind: "child", record: value };
    lineCount += 1;
  }
  yield { kind: "end", lineCount };
}

/** The maxima of the handles in a block. */
async function limitsIn(
  engine: Engine,
  record: StoreRecord,
  options?: CallOptions,
): Promise<Pick<BlockLine, "maxPerHandle">> {
  const handles = [...new Set((record.live as readonly LiveRecord[]).map(({ h }) => h))];
  if (handles.length === 0) return {};
  const entries = await engine.get(
    handles.map((handle) => engine.keys.handle(handle)),
    options,
  );
  const limits = handles.flatMap((handle, index) => {
    const entry = entries[index];
    const max = entry === undefined ? undefined : decodeHandle(entry).record.max;
    return max === undefined ? [] : [[handle, max] as const];
  });
  return limits.length === 0 ? {} : { maxPerHandle: Object.fromEntries(limits) };
}

/** `importPool`. */
export async function importPool(
  engine: Engine,
  mirrors: ChildMirrors,
  lines: AsyncIterable<PoolExportLine> | Iterable<PoolExportLine>,
  options?: CallOptions,
): Promise<PoolImport> {
  const count = { blockCount: 0, liveCount: 0, prefixCount: 0 };
  let head: (PoolExportLine & { readonly kind: "pool" }) | undefined;
  let lineCount = 0;
  let ended = false;
  for await (const line of lines) {
    options?.signal?.throwIfAborted();
    if (line.kind === "pool" && lineCount === 0) {
      await startImport(engine, line, options);
      head = line;
    } else if (head === undefined || line.kind === "pool" || ended) {
      throw broken(head?.name ?? "", lineCount, `a line of kind ${line.kind} is out of place`);
    } else if (line.kind === "block") {
      count.liveCount += await importBlock(engine, head.name, line, options);
      count.blockCount += 1;
    } else if (line.kind === "child") {
      if (await importChild(engine, mirrors, head.name, line.record)) count.prefixCount += 1;
    } else {
      if (line.lineCount !== lineCount) throw broken(head.name, lineCount, `${line.lineCount} lines were exported`);
      ended = true;
    }
    lineCount += 1;
  }
  if (head === undefined || !ended) throw broken(head?.name ?? "", lineCount, "the export was cut short");
  await endImport(engine, head, options);
  return { pool: head.name, ...count };
}

function broken(pool: string, line: number, text: string): IpamError<"invalid_pool"> {
  return new IpamError("invalid_pool", `line ${line + 1}: ${text}`, { pool, path: `/${line}` });
}

/** Adds the pool, disabled and marked as being imported; a pool with that mark is carried on with. */
async function startImport(
  engine: Engine,
  line: PoolExportLine & { readonly kind: "pool" },
  options?: CallOptions,
): Promise<void> {
  const { name, format, record } = line;
  const key = engine.keys.pool(name);
  if (format > FORMAT) throw new IpamError("store_format", `the export has format ${format}`, { key, version: format });
  const { pool } = decodePool({ key, revision: "", value: record });
  await changePolicy(
    engine,
    async (policy, writes) => {
      const existing = policy.byName.get(name);
      if (existing !== undefined && existing.record.importing !== true) {
        throw new IpamError("pool_exists", `there is a pool ${name} already`, { pool: name });
      }
      if (existing !== undefined) return;
      await addPool(engine, policy, writes, pool, options);
      writes.put(key, { ...record, ...encodedOf(writes, key), state: "disabled", importing: true });
    },
    options,
  );
}

/** What `addPool` put under the key of the pool: its `inside` is of this store. */
function encodedOf(writes: WriteSet, key: string): StoreRecord {
  const { inside } = (writes.valueOf(key) ?? { v: 1 }) as PoolRecord;
  return { v: 1, ...(inside !== undefined && { inside }) };
}

async function endImport(
  engine: Engine,
  { name, record }: PoolExportLine & { readonly kind: "pool" },
  options?: CallOptions,
): Promise<void> {
  await changePolicy(
    engine,
    (policy, writes) => {
      const { importing: _, ...rest } = poolNamed(policy, name).record as PoolRecord & { readonly importing?: boolean };
      writes.put(engine.keys.pool(name), { ...rest, v: 1, state: (record as PoolRecord).state } as StoreRecord);
    },
    options,
  );
}

/** Puts a block where it was, with its queue, its node and its handles; one that is there already stays. */
async function importBlock(engine: Engine, name: string, line: BlockLine, options?: CallOptions): Promise<number> {
  for (let lost = 1; ; lost += 1) {
    const policy = await engine.loadPolicy(options);
    const pool = poolNamed(policy, name);
    const imported = decodeBlock({ key: engine.keys.blocksOf(pool.segment), revision: "", value: line.record });
    const key = engine.keys.block(pool.segment, imported.prefix);
    const state: BlockState = { ...imported, key, revision: undefined };
    const { live, node } = state.record;
    if ((await engine.readBlocks([key], options))[0] !== undefined) return live.length;
    const root = `${engine.keys.unclaimedOf(pool.pool.prefix.family)}${pool.segment}/`;
    const [entry] = await engine.range({ from: root + hexOf(state.first), to: under(root).to, limit: 1 }, options);
    const run = entry === undefined ? undefined : decodeRun(entry);
    if (run === undefined || compareAddresses(run.first, state.first) > 0) {
      throw broken(name, 0, `${state.prefix} is not a free place of the pool`);
    }
    const affinities = await readAffinities(engine, node, [pool], options);
    const limits = new Map(Object.entries(line.maxPerHandle ?? {}));
    const handles = new Map(
      [...new Set(live.map(({ h }) => h))].map((handle) => [handle, limits.get(handle)] as const),
    );
    const apart = handles.size + 10 > engine.store.limits.txnKeyCount;
    if (apart) await nameInHandles(engine, key, [...handles], options);
    const writes = new WriteSet(engine, policy, engine.now());
    writes.adopt(pool, state, run, affinities.get(pool)).touch();
    if (!apart) await addToHandles(engine, writes, key, [...handles], options);
    if ((await writes.commit()).kind === "committed") return live.length;
    await engine.backOff(key, lost, options?.signal);
  }
}

async function addToHandles(
  engine: Engine,
  writes: WriteSet,
  key: string,
  handles: readonly NamedHandle[],
  options?: CallOptions,
): Promise<void> {
  const keys = handles.map(([handle]) => engine.keys.handle(handle));
  const entries = keys.length === 0 ? [] : await engine.get(keys, options);
  for (const [index, [handle, max]] of handles.entries()) {
    engine.learnHandle(keys[index] as string, entries[index]);
    const change = writes.handle(handle);
    change.add(key);
    // A maximum that is there already is newer.
    change.max ??= max;
  }
}

/** Names a block in more handles than one transaction takes; `collect` would clear this up after a crash. */
async function nameInHandles(
  engine: Engine,
  key: string,
  handles: readonly NamedHandle[],
  options?: CallOptions,
): Promise<void> {
  const size = Math.max(1, engine.store.limits.txnKeyCount - 4);
  for (let at = 0, lost = 1; at < handles.length; ) {
    const writes = new WriteSet(engine, await engine.loadPolicy(options), engine.now());
    await addToHandles(engine, writes, key, handles.slice(at, at + size), options);
    if ((await writes.commit()).kind === "committed") at += size;
    else await engine.backOff(key, lost++, options?.signal);
  }
}

async function importChild(engine: Engine, mirrors: ChildMirrors, name: string, record: StoreRecord): Promise<boolean> {
  const policy = await engine.loadPolicy();
  const { segment } = poolNamed(policy, name);
  const mirror = mirrors.of(segment);
  const child = decodeChild({ key: engine.keys.childrenOf(segment), revision: "", value: record });
  const key = engine.keys.child(segment, child.prefix);
  const live = child.record.releasedAt === undefined;
  await engine.locks.acquire([mirror.guardKey]);
  try {
    for (let lost = 1; ; lost += 1) {
      await mirror.refresh();
      if (mirror.child(key) !== undefined) return live;
      const writes = new WriteSet(engine, await engine.loadPolicy(), engine.now());
      writes.compare(key, undefined);
      writes.put(key, child.record satisfies ChildRecord);
      if (live) await addToHandles(engine, writes, key, [[child.record.handle, undefined]]);
      const committed = await commitChange(mirror, writes, [key]);
      if (committed) {
        mirror.restore({ ...child, key, revision: mirror.guard?.revision ?? "" });
        return live;
      }
      await engine.backOff(key, lost);
    }
  } finally {
    engine.locks.release([mirror.guardKey]);
  }
}
