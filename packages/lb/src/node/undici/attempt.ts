import type { Dispatcher } from "undici";
import type { Balancer } from "../../balancer.js";
import type { Outcome } from "../../outcome.js";
import type { Call, Picked } from "../../pick-result.js";
import { outcomeOf, retryAfterMs } from "./request-parts.js";

type Controller = Dispatcher.DispatchController;
type Handler = Required<
  Pick<
    Dispatcher.DispatchHandler,
    "onRequestStart" | "onRequestUpgrade" | "onResponseStart" | "onResponseData" | "onResponseEnd" | "onResponseError"
  >
>;
type Arguments<K extends keyof Handler> = Parameters<Handler[K]>;

const MOST_DRAINED_BYTES = 65_536;

/** The request an attempt belongs to. */
export interface AttemptOwner {
  readonly abortReason: Error | null;
  onStart(controller: Controller): void;
  onUpgrade(...args: Arguments<"onRequestUpgrade">): void;
  /** True when the answer is not wanted, because another attempt takes its place. */
  replaces(attempt: Attempt, outcome: Outcome, error: Error | undefined): boolean;
  onResponse(...args: Arguments<"onResponseStart">): void;
  onData(...args: Arguments<"onResponseData">): void;
  onEnd(...args: Arguments<"onResponseEnd">): void;
  onError(error: Error): void;
  /** A call ended, so the detector may have decided something. */
  onCallEnded(): void;
}

/** One try of a request at one endpoint: keeps its call's account and hands on what comes. */
export class Attempt implements Handler {
  readonly picked: Picked;
  readonly #balancer: Balancer;
  readonly #owner: AttemptOwner;
  readonly #call: Call;
  #outcome: Outcome | undefined;
  /** Nobody waits for what still comes. */
  #isReplaced = false;
  #drainedBytes = 0;

  constructor(balancer: Balancer, picked: Picked, owner: AttemptOwner) {
    this.picked = picked;
    this.#balancer = balancer;
    this.#owner = owner;
    this.#call = balancer.begin(picked);
  }

  /** Ends the call; later ends have no effect. */
  end(outcome: Outcome): void {
    if (this.#balancer.end(this.#call, outcome)) this.#owner.onCallEnded();
  }

  onRequestStart(controller: Controller): void {
    const { abortReason } = this.#owner;
    if (abortReason !== null) controller.abort(abortReason);
    else this.#owner.onStart(controller);
  }

  onRequestUpgrade(...args: Arguments<"onRequestUpgrade">): void {
    const [, status, , socket] = args;
    this.#balancer.report(this.#call, status);
    this.#outcome = status;
    socket.once("close", () => this.end(status));
    this.#owner.onUpgrade(...args);
  }

  onResponseStart(...args: Arguments<"onResponseStart">): void {
    const [, status, headers] = args;
    if (this.#isReplaced) return;
    if (status >= 200) {
      const wait = retryAfterMs(headers);
      this.#balancer.report(this.#call, status, wait === undefined ? {} : { retryAfterMs: wait });
      this.#outcome = status;
      if (this.#owner.replaces(this, status, undefined)) {
        this.#isReplaced = true;
        this.end(status);
        return;
      }
    }
    this.#owner.onResponse(...args);
  }

  onResponseData(...args: Arguments<"onResponseData">): void {
    if (!this.#isReplaced) {
      this.#owner.onData(...args);
      return;
    }
    // Reading the rest keeps the connection for others, unless it is long.
    const [controller, chunk] = args;
    this.#drainedBytes += chunk.length;
    if (this.#drainedBytes > MOST_DRAINED_BYTES) controller.abort(new TypeError("the response is not wanted any more"));
  }

  onResponseEnd(...args: Arguments<"onResponseEnd">): void {
    if (this.#isReplaced) return;
    this.end(this.#outcome ?? "success");
    this.#owner.onEnd(...args);
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#isReplaced) return;
    this.#isReplaced = true;
    const outcome = this.#owner.abortReason === null ? outcomeOf(error) : "cancelled";
    this.end(outcome);
    if (outcome !== "cancelled" && this.#owner.replaces(this, outcome, error)) return;
    this.#owner.onError(error);
  }
}
