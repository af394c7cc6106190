import type { Dispatcher } from "undici";
import type { Backoff } from "../../backoff.js";
import type { Balancer } from "../../balancer.js";
import { LbError } from "../../errors.js";
import type { Outcome } from "../../outcome.js";
import type { Picked, PickResult } from "../../pick-result.js";
import type { PickRequest } from "../../picker.js";
import type { RetryBudget } from "../../retry-budget.js";
import { Attempt, type AttemptOwner } from "./attempt.js";
import { RequestController } from "./request-controller.js";
import { headersWithHost, isReplayable, originAt } from "./request-parts.js";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** What all requests of one interceptor share. */
export interface RequestSettings {
  readonly balancer: Balancer;
  readonly dispatch: Dispatcher.Dispatch;
  readonly budget: RetryBudget | undefined;
  readonly backoff: Backoff | undefined;
  readonly maxAttempts: number;
  readonly queueTimeoutMs: number;
  readonly retryOn: (outcome: Outcome, options: Dispatcher.DispatchOptions) => boolean;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly onCallEnded: () => void;
}

/** One request of a caller, with as many attempts as it takes. */
export class BalancedRequest implements AttemptOwner {
  readonly #settings: RequestSettings;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #handler: Handler;
  readonly #pickRequest: PickRequest;
  readonly #controller: RequestController;
  readonly #avoid = new Set<string>();
  readonly #waiting = new AbortController();
  #attempt: Attempt | undefined;
  #attemptCount = 0;
  #isStarted = false;
  #isRetrying = false;
  /** The budget has counted the last attempt as failed, whatever its status. */
  #isRefused = false;
  #hasAnswer = false;
  #status = 0;
  #isDone = false;

  constructor(
    settings: RequestSettings,
    options: Dispatcher.DispatchOptions,
    handler: Handler,
    pickRequest: PickRequest,
  ) {
    this.#settings = settings;
    this.#options = options;
    this.#handler = handler;
    this.#pickRequest = pickRequest;
    this.#controller = new RequestController((reason) => this.#abort(reason));
  }

  get abortReason(): Error | null {
    return this.#controller.reason;
  }

  /** Answers as `dispatch`: false when the dispatcher is busy. */
  start(): boolean {
    this.#settings.budget?.requestStarted();
    this.#handler.onRequestStart?.(this.#controller, {});
    if (this.#isDone) return true;
    const result = this.#pick();
    if (result.kind === "complete") return this.#send(result);
    if (result.kind === "queue") void this.#waitForEndpoints();
    else this.#finish(refusal(result));
    return true;
  }

  onStart(controller: Controller): void {
    this.#isStarted = true;
    this.#controller.attach(controller);
  }

  onUpgrade(_controller: Controller, ...rest: TailOf<"onRequestUpgrade">): void {
    this.#settle(true);
    this.#handler.onRequestUpgrade?.(this.#controller, ...rest);
  }

  onResponse(_controller: Controller, ...rest: TailOf<"onResponseStart">): void {
    this.#hasAnswer = true;
    this.#status = rest[0];
    this.#handler.onResponseStart?.(this.#controller, ...rest);
  }

  onData(_controller: Controller, ...rest: TailOf<"onResponseData">): void {
    this.#handler.onResponseData?.(this.#controller, ...rest);
  }

  onEnd(_controller: Controller, ...rest: TailOf<"onResponseEnd">): void {
    this.#settle(this.#status < 500);
    this.#handler.onResponseEnd?.(this.#controller, ...rest);
  }

  onError(error: Error): void {
    this.#finish(error);
  }

  onCallEnded(): void {
    this.#settings.onCallEnded();
  }

  replaces(attempt: Attempt, outcome: Outcome, _error: Error | undefined): boolean {
    if (this.#hasAnswer || this.#isDone || attempt !== this.#attempt) return false;
    const { maxAttempts, retryOn, budget } = this.#settings;
    if (budget === undefined || this.#attemptCount >= maxAttempts) return false;
    if (!isReplayable(this.#options) || !retryOn(outcome, this.#options)) return false;
    this.#avoid.add(attempt.picked.endpoint.address);
    const next = this.#pick();
    // The answer at hand is handed on where only endpoints are left that have been tried.
    if (next.kind !== "complete" || this.#avoid.has(next.endpoint.address)) return false;
    if (this.#isRetrying) budget.retryEnded(false);
    this.#isRetrying = budget.tryRetry();
    this.#isRefused = !this.#isRetrying;
    if (this.#isRefused) return false;
    this.#attempt = undefined;
    this.#isStarted = false;
    this.#controller.attach(undefined);
    void this.#again(next);
    return true;
  }

  /** Never in the turn of the answer it replaces: undici is still at work there. */
  async #again(next: Picked): Promise<void> {
    const delayMs = this.#settings.backoff?.delayMs(this.#attemptCount) ?? 0;
    try {
      if (delayMs > 0) await this.#settings.sleep(delayMs, this.#waiting.signal);
      else await Promise.resolve();
    } catch (error) {
      this.#finish(error as Error);
      return;
    }
    if (this.#isDone) return;
    const picked = delayMs > 0 ? this.#pick() : next;
    if (picked.kind === "complete") this.#send(picked);
    else this.#finish(refusal(picked));
  }

  #pick(): PickResult {
    return this.#settings.balancer.pick({ ...this.#pickRequest, attempt: this.#attemptCount, avoid: this.#avoid });
  }

  #send(picked: Picked): boolean {
    const options = this.#options;
    this.#attemptCount++;
    const attempt = new Attempt(this.#settings.balancer, picked, this);
    this.#attempt = attempt;
    try {
      return this.#settings.dispatch(
        {
          ...options,
          origin: originAt(picked.endpoint.address, options.origin),
          headers: headersWithHost(options) ?? null,
        },
        attempt,
      );
    } catch (error) {
      // What is wrong with a request comes by the handler; a dispatcher throws only when it does not know the handler.
      attempt.end("cancelled");
      const text = "the dispatcher does not take handlers of undici 7.30 and later; compose one of such a version";
      this.#finish(new LbError("undici_mismatch", text, { lacking: "dispatcher" }, { cause: error }));
      return true;
    }
  }

  async #waitForEndpoints(): Promise<void> {
    const { balancer, sleep, queueTimeoutMs } = this.#settings;
    let isLate = false;
    const waiting = new AbortController();
    const timer = sleep(queueTimeoutMs, this.#waiting.signal).then(() => {
      isLate = true;
    });
    let result = this.#pick();
    try {
      while (result.kind === "queue" && !isLate) {
        await Promise.race([balancer.nextUpdate({ signal: waiting.signal }), timer]);
        result = this.#pick();
      }
    } catch {
      // The wait was aborted, and the caller has been told.
      return;
    } finally {
      waiting.abort();
    }
    if (this.#isDone) return;
    if (result.kind === "complete") this.#send(result);
    else this.#finish(result.kind === "queue" ? lateness(queueTimeoutMs) : refusal(result));
  }

  #abort(reason: Error): void {
    this.#waiting.abort(reason);
    // An attempt that undici has begun tells of its end itself; one it has not yet is aborted when it begins.
    if (this.#attempt !== undefined && this.#isStarted) {
      this.#controller.abortTarget(reason);
      return;
    }
    this.#attempt?.end("cancelled");
    this.#finish(reason);
  }

  #settle(succeeded: boolean): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const { budget } = this.#settings;
    if (this.#isRetrying) budget?.retryEnded(succeeded);
    budget?.requestEnded(succeeded && !this.#isRefused);
    // Ends what may still wait.
    this.#waiting.abort();
  }

  #finish(error: Error): void {
    if (this.#isDone) return;
    this.#settle(false);
    this.#handler.onResponseError?.(this.#controller, error);
  }
}

type TailOf<K extends "onRequestUpgrade" | "onResponseStart" | "onResponseData" | "onResponseEnd"> =
  Parameters<NonNullable<Handler[K]>> extends [Controller, ...infer Rest] ? Rest : never;

function refusal(result: Exclude<PickResult, Picked | { kind: "queue" }> | { readonly kind: "queue" }): LbError {
  if (result.kind === "drop") {
    return new LbError("pick_dropped", `the request is dropped: ${result.reason}`, { reason: result.reason });
  }
  const reason = result.kind === "fail" ? result.reason : "no_endpoints";
  return new LbError("pick_failed", `there is no endpoint for the request: ${reason}`, { reason });
}

function lateness(waitedMs: number): LbError {
  return new LbError("queue_timeout", `no endpoints came in ${waitedMs} ms`, { waitedMs });
}
