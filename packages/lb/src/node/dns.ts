/**
 * Endpoint sets from DNS: addresses by their time to live, services (SRV) at an interval.
 *
 * @module dns
 */
/// <reference types="node" />
import { Resolver } from "node:dns/promises";
import { type Backoff, createBackoff } from "../backoff.js";
import type { EndpointSet } from "../endpoint.js";
import { isLbError, type LbError } from "../errors.js";
import { requireWhole, requireWithin } from "../internal/bounds.js";
import { systemIdleSleep, systemRandom } from "../system.js";
import { type AddressFamily, type DnsResolver, type Found, NameLookup } from "./dns/name-lookup.js";

export type { AddressFamily, AddressRecord, DnsResolver } from "./dns/name-lookup.js";
export { orderServices, type ServiceRecord } from "./dns/service-order.js";

/** What to ask, and whom. */
export interface DnsLookupOptions {
  /** Families asked for; both by default. */
  readonly families?: readonly AddressFamily[];
  /** Default: a `Resolver` of its own, with the system's servers, 2 seconds and 2 tries. */
  readonly resolver?: DnsResolver;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** Something an operator may want to know of a watch. */
export type DnsEvent =
  | { readonly kind: "resolved"; readonly name: string; readonly endpointCount: number; readonly refreshMs: number }
  | { readonly kind: "no_data" | "no_such_name"; readonly name: string; readonly refreshMs: number }
  | {
      /** What was known is kept. */
      readonly kind: "failed";
      readonly name: string;
      readonly error: LbError;
      readonly retryMs: number;
    };

/** How to watch a name. */
export interface DnsWatchOptions extends DnsLookupOptions {
  /** How long answers without a time to live count: SRV records, and "no such name"; 30,000 by default. */
  readonly refreshMs?: number;
  /** A time to live counts as at least this; 1,000 by default. */
  readonly minRefreshMs?: number;
  /** A time to live counts as at most this; 300,000 by default. */
  readonly maxRefreshMs?: number;
  /** Each wait is longer by up to this share, by chance, so that clients drift apart; 0.1 by default. */
  readonly jitterRatio?: number;
  /** What a name that does not exist means: no endpoints (the default), or that what was known is kept. */
  readonly onNoSuchName?: "empty" | "keep";
  /** How long to wait after failures in a row; 1 second growing to 2 minutes by default. */
  readonly backoff?: Backoff;
  /** Told what happens, in order. What it throws is dropped. */
  readonly onEvent?: (event: DnsEvent) => void;
  /** The shape of `Math.random`. */
  readonly random?: () => number;
  /** Rejects when `signal` aborts; the default does not keep the process alive. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * The endpoints of a name's A and AAAA records with a port, in the order of their text. Looks into DNS alone: neither
 * the hosts file nor search domains count.
 *
 * @throws `LbError` `dns_no_such_name`, `dns_no_data` or `dns_failed`; the signal's reason when it aborts, and the
 * queries under way are left to end by themselves then
 * @category Adapters
 */
export async function resolveAddresses(
  name: string,
  port: number,
  options: DnsLookupOptions = {},
): Promise<EndpointSet> {
  requireWhole("port", port, 0, 65_535);
  return (await untilAborted(lookupOf(options).addresses(name, port), options.signal)).set;
}

/**
 * The endpoints of a service's SRV records, with the priority and weight of RFC 2782 and an endpoint for each address of
 * each target.
 *
 * @param name - such as `_http._tcp.example.com`
 * @throws `LbError` `dns_no_such_name`, `dns_no_data` (also for a service that is marked as not available) or
 * `dns_failed`; the signal's reason when it aborts
 * @category Adapters
 */
export async function resolveServices(name: string, options: DnsLookupOptions = {}): Promise<EndpointSet> {
  return (await untilAborted(lookupOf(options).services(name), options.signal)).set;
}

/**
 * The endpoints of a name, and again whenever they change. Asked anew when the records' time to live is over.
 *
 * Records that are gone (no data) give an empty set, a name that is gone as `onNoSuchName` says; a failure (SERVFAIL,
 * refused, no answer) changes nothing and is tried again after `backoff`. Where one family fails and the other answers,
 * what was known of the first is kept. Ends with `signal` or `break`.
 *
 * @throws RangeError when an option is out of its bounds
 * @category Adapters
 */
export function watchAddresses(name: string, port: number, options: DnsWatchOptions = {}): AsyncIterable<EndpointSet> {
  requireWhole("port", port, 0, 65_535);
  const lookup = lookupOf(options);
  return watch(name, () => lookup.addresses(name, port), options);
}

/**
 * As `watchAddresses`, for a service's SRV records, asked anew every `refreshMs`: Node does not tell how long they live.
 *
 * @throws RangeError when an option is out of its bounds
 * @category Adapters
 */
export function watchServices(name: string, options: DnsWatchOptions = {}): AsyncIterable<EndpointSet> {
  const lookup = lookupOf(options);
  return watch(name, () => lookup.services(name), options);
}

function lookupOf({ resolver, families = [4, 6] }: DnsLookupOptions): NameLookup {
  return new NameLookup(resolver ?? new Resolver({ timeout: 2_000, tries: 2 }), families);
}

type Settings = Required<Omit<DnsWatchOptions, "resolver" | "families" | "signal" | "onEvent">> &
  Pick<DnsWatchOptions, "signal" | "onEvent">;

function watch(name: string, ask: () => Promise<Found>, options: DnsWatchOptions): AsyncIterable<EndpointSet> {
  const { random = systemRandom } = options;
  const settings: Settings = {
    ...{ refreshMs: 30_000, minRefreshMs: 1_000, maxRefreshMs: 300_000, jitterRatio: 0.1, onNoSuchName: "empty" },
    ...{ backoff: createBackoff({ kind: "grpc", random }), random, sleep: systemIdleSleep },
    ...options,
  };
  requireWithin("refreshMs", settings.refreshMs, 1, 2 ** 31 - 1);
  requireWithin("minRefreshMs", settings.minRefreshMs, 1, 2 ** 31 - 1);
  requireWithin("maxRefreshMs", settings.maxRefreshMs, settings.minRefreshMs, 2 ** 31 - 1);
  requireWithin("jitterRatio", settings.jitterRatio, 0, 10);
  return { [Symbol.asyncIterator]: () => changes(name, ask, settings) };
}

async function* changes(name: string, ask: () => Promise<Found>, settings: Settings): AsyncGenerator<EndpointSet> {
  const { signal, sleep } = settings;
  let known: string | undefined;
  let failureCount = 0;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const answer = await answerOf(name, () => untilAborted(ask(), signal), settings, failureCount + 1);
      failureCount = answer.hasFailed ? failureCount + 1 : 0;
      const text = JSON.stringify(answer.set);
      if (answer.set !== undefined && text !== known) {
        known = text;
        yield answer.set;
      }
      await sleep(answer.waitMs, signal);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

interface Answer {
  /** Undefined where what was known is kept. */
  readonly set: EndpointSet | undefined;
  readonly waitMs: number;
  readonly hasFailed: boolean;
}

async function answerOf(name: string, ask: () => Promise<Found>, settings: Settings, attempt: number): Promise<Answer> {
  const { refreshMs, minRefreshMs, maxRefreshMs, onNoSuchName, backoff } = settings;
  const later = (ms: number): number => Math.round(ms * (1 + settings.jitterRatio * settings.random()));
  try {
    const { set, ttlMs, isPartial } = await ask();
    const lifeMs = ttlMs === undefined ? refreshMs : Math.min(Math.max(ttlMs, minRefreshMs), maxRefreshMs);
    const waitMs = isPartial ? Math.min(later(lifeMs), backoff.delayMs(attempt)) : later(lifeMs);
    tell(settings, { kind: "resolved", name, endpointCount: set.endpoints.length, refreshMs: waitMs });
    return { set, waitMs, hasFailed: isPartial };
  } catch (error) {
    const isGone = isLbError(error, "dns_no_such_name");
    if (isGone || isLbError(error, "dns_no_data")) {
      const waitMs = later(refreshMs);
      tell(settings, { kind: isGone ? "no_such_name" : "no_data", name, refreshMs: waitMs });
      return { set: isGone && onNoSuchName === "keep" ? undefined : { endpoints: [] }, waitMs, hasFailed: false };
    }
    if (!isLbError(error, "dns_failed")) throw error;
    const waitMs = backoff.delayMs(attempt);
    tell(settings, { kind: "failed", name, error, retryMs: waitMs });
    return { set: undefined, waitMs, hasFailed: true };
  }
}

function tell({ onEvent }: Settings, event: DnsEvent): void {
  try {
    onEvent?.(event);
  } catch {
    // An observer is no part of what it observes.
  }
}

/** Rejects with the signal's reason as soon as it aborts. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
