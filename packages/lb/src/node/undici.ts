/**
 * Balances the requests of undici and of the global `fetch` over the endpoints of a balancer.
 *
 * @module undici
 */
/// <reference types="node" />
import type { Dispatcher } from "undici";
import type { Backoff } from "../backoff.js";
import type { Balancer } from "../balancer.js";
import type { Endpoint } from "../endpoint.js";
import { LbError } from "../errors.js";
import { requireWhole, requireWithin } from "../internal/bounds.js";
import type { Outcome } from "../outcome.js";
import type { PickRequest } from "../picker.js";
import type { RetryBudget } from "../retry-budget.js";
import { systemIdleSleep, systemNow, systemSleep } from "../system.js";
import { BalancedRequest, type RequestSettings } from "./undici/balanced-request.js";
import { isIdempotent } from "./undici/request-parts.js";

/** When and how often a request is sent again. */
export interface BalanceRetryOptions {
  /** What allows further attempts. */
  readonly budget: RetryBudget;
  /** Attempts of one request, the first included; 3 by default. */
  readonly maxAttempts?: number;
  /**
   * Whether an outcome is worth another attempt. By default failed connections are, and for idempotent requests also
   * resets, timeouts and the statuses 502, 503 and 504.
   */
  readonly retryOn?: (outcome: Outcome, options: Dispatcher.DispatchOptions) => boolean;
  /** How long to wait before further attempts; absent: not at all, as they go to other endpoints. */
  readonly backoff?: Backoff;
}

/** What `balance` needs. */
export interface BalanceOptions<E extends Endpoint = Endpoint> {
  /** Chooses the endpoints. */
  readonly balancer: Balancer<E>;
  /** What the balancer shall know of a request: hash key, metadata, override. */
  readonly request?: (options: Dispatcher.DispatchOptions) => PickRequest;
  /** Absent: each request is tried once. */
  readonly retry?: BalanceRetryOptions;
  /** How long a request waits for the first endpoints; 5,000 by default. */
  readonly queueTimeoutMs?: number;
  /** The balancer's clock, to call its `tick` when endpoints are due to return. */
  readonly now?: () => number;
  /** Waits; the default keeps the process alive while a request waits, and not for `tick`. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Makes an interceptor for `Dispatcher.compose` that sends each request to an endpoint of the balancer: the origin
 * becomes `scheme://address`, `host` stays the URL's, and each attempt is counted, reported and ended, aborted ones too.
 *
 * A further attempt is made at an endpoint not yet tried, within the budget, as long as no byte of a response has been
 * handed on and only if the body is none, text or bytes; where every endpoint has been tried the last answer stands. What is left of the answer it replaces is read up to 64 KiB.
 *
 * Requests fail with `LbError`: `pick_failed`, `pick_dropped` or `queue_timeout` where no endpoint is found, and
 * `undici_mismatch` where handler and dispatcher are of versions of undici that do not fit: give a `fetch` a dispatcher
 * of its own undici, 7.30 or later.
 *
 * @throws RangeError when `maxAttempts` or `queueTimeoutMs` is out of its bounds
 * @category Adapters
 */
export function balance<E extends Endpoint>(options: BalanceOptions<E>): Dispatcher.DispatcherComposeInterceptor {
  const { balancer, request = () => ({}), retry, queueTimeoutMs = 5_000, sleep = systemSleep } = options;
  const maxAttempts = retry?.maxAttempts ?? 3;
  requireWhole("retry.maxAttempts", maxAttempts, 1, 1_000);
  requireWithin("queueTimeoutMs", queueTimeoutMs, 0, 2 ** 31 - 1);
  const settings: Omit<RequestSettings, "dispatch"> = {
    ...{ balancer, maxAttempts, queueTimeoutMs, sleep },
    budget: retry?.budget,
    backoff: retry?.backoff,
    retryOn: retry?.retryOn ?? isWorthAnother,
    onCallEnded: wakeFor(balancer, options.now ?? systemNow, options.sleep ?? systemIdleSleep),
  };
  return (dispatch) => (dispatchOptions, handler) => {
    if (typeof handler.onRequestStart !== "function") {
      const text = "the request's handler is older than undici 7; use a fetch of the dispatcher's own undici";
      throw new LbError("undici_mismatch", text, { lacking: "handler" });
    }
    return new BalancedRequest({ ...settings, dispatch }, dispatchOptions, handler, request(dispatchOptions)).start();
  };
}

function isWorthAnother(outcome: Outcome, options: Dispatcher.DispatchOptions): boolean {
  if (outcome === "connect_failure") return true;
  if (!isIdempotent(options)) return false;
  return outcome === "reset" || outcome === "timeout" || outcome === 502 || outcome === 503 || outcome === 504;
}

/**
 * Calls the balancer's `tick` when it is due, while calls end or endpoints are out, so that these return although no call
 * ends. Nothing waits once both have ceased.
 */
function wakeFor(balancer: Balancer, now: () => number, sleep: NonNullable<BalanceOptions["sleep"]>): () => void {
  let isAwake = false;
  let isUsed = false;
  const run = async (): Promise<void> => {
    do {
      isUsed = false;
      const next = balancer.tick();
      if (next === Number.POSITIVE_INFINITY) break;
      await sleep(Math.min(Math.max(next - now(), 1), 2 ** 31 - 1));
    } while (isUsed || balancer.inspect().some(({ ejected }) => ejected));
    isAwake = false;
  };
  return () => {
    isUsed = true;
    if (isAwake) return;
    isAwake = true;
    void run();
  };
}
