import type { Dispatcher } from "undici";

type Controller = Dispatcher.DispatchController;

/** The controller a caller holds through all attempts of its request: it speaks to that of the attempt under way. */
export class RequestController implements Controller {
  readonly #onAbort: (reason: Error) => void;
  #target: Controller | undefined;
  #paused = false;
  #reason: Error | null = null;

  constructor(onAbort: (reason: Error) => void) {
    this.#onAbort = onAbort;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get rawHeaders(): NonNullable<Controller["rawHeaders"]> | null {
    return this.#target?.rawHeaders ?? null;
  }

  set rawHeaders(value: NonNullable<Controller["rawHeaders"]> | null) {
    if (this.#target !== undefined) this.#target.rawHeaders = value;
  }

  get rawTrailers(): NonNullable<Controller["rawTrailers"]> | null {
    return this.#target?.rawTrailers ?? null;
  }

  set rawTrailers(value: NonNullable<Controller["rawTrailers"]> | null) {
    if (this.#target !== undefined) this.#target.rawTrailers = value;
  }

  /** Another attempt is under way, or none. */
  attach(target: Controller | undefined): void {
    this.#target = target;
    if (this.#paused) target?.pause();
  }

  /** Aborts the attempt under way. */
  abortTarget(reason: Error): void {
    this.#target?.abort(reason);
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#onAbort(reason);
  }

  pause(): void {
    this.#paused = true;
    this.#target?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#target?.resume();
  }
}
