import { addToAddress } from "@netmason/net";
import type { AddressAllocation } from "../allocation.js";
import type { AllocateRequest } from "../request.js";
import type { Taken } from "./block-draft.js";
import type { BlockState } from "./block-state.js";
import type { LiveRecord } from "./records.js";

/** What became of one allocation in a lane. */
export type OpOutcome =
  | { readonly kind: "done" }
  /** The handle is not what it was thought to be: look again. */
  | { readonly kind: "handle_changed" }
  /** There is not enough; nothing is held. */
  | { readonly kind: "refused"; readonly obtainedCount: number };

/** An address that was taken, and how to undo that. */
export interface TakenAddress {
  readonly blockKey: string;
  readonly taken: Taken;
  readonly allocation: AddressAllocation;
}

/** One call of `allocate` on its way through a lane. */
export class AllocateOp {
  readonly request: AllocateRequest;
  readonly handleKey: string;
  /** Still wanted, one number a family of the lane. */
  readonly need: number[];
  readonly signal: AbortSignal | undefined;
  readonly promise: Promise<OpOutcome>;
  /** Everything taken and committed so far. */
  readonly taken: TakenAddress[] = [];
  /** What the transaction in the making would add. */
  pending: TakenAddress[] = [];
  /** Of transactions whose answer was lost, and that were not found applied: they may arrive before the next write. */
  readonly uncertain: TakenAddress[] = [];
  lost = 0;
  /** The next transaction may give a part of what is needed. */
  partial = false;
  resolve!: (outcome: OpOutcome) => void;
  reject!: (error: unknown) => void;

  constructor(request: AllocateRequest, handleKey: string, need: readonly number[], signal: AbortSignal | undefined) {
    this.request = request;
    this.handleKey = handleKey;
    this.need = [...need];
    this.signal = signal;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** The live entry of a request. */
export function liveRecord(
  request: Pick<AllocateRequest, "handle" | "node" | "attributes" | "ttlMs">,
  ordinal: number,
  sequence: string,
  now: number,
): LiveRecord {
  const { handle, node, attributes, ttlMs } = request;
  const live: Mutable<LiveRecord> = { o: ordinal, h: handle, s: sequence, t: now };
  if (node !== undefined) live.n = node;
  if (attributes !== undefined) live.a = attributes;
  if (ttlMs !== undefined) live.x = now + ttlMs;
  return live;
}

const NO_ATTRIBUTES = Object.freeze({});

/** A live entry as the allocation users see. */
export function toAllocation(
  state: Pick<BlockState, "first" | "prefix">,
  pool: string,
  live: LiveRecord,
): AddressAllocation {
  const { o, h, s, t, n, a, x } = live;
  // One literal for the usual case: spreads cost more than everything else here.
  const allocation: Mutable<AddressAllocation> = {
    kind: "address",
    handle: h,
    pool,
    sequence: s,
    allocatedAt: t,
    attributes: a ?? NO_ATTRIBUTES,
    address: addToAddress(state.first, o),
    block: state.prefix,
  };
  if (n !== undefined) allocation.node = n;
  if (x !== undefined) allocation.expiresAt = x;
  return allocation;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
