/** Successes and requests of one interval and of the one before it. */
export class RateBuckets {
  #successes = 0;
  #requests = 0;
  #lastSuccesses = 0;
  #lastRequests = 0;

  record(succeeded: boolean): void {
    this.#requests++;
    if (succeeded) this.#successes++;
  }

  /** Ends the interval. */
  turn(): void {
    this.#lastSuccesses = this.#successes;
    this.#lastRequests = this.#requests;
    this.#successes = 0;
    this.#requests = 0;
  }

  get isEmpty(): boolean {
    return this.#requests === 0 && this.#lastRequests === 0;
  }

  /** Requests of the interval that ended last. */
  get volume(): number {
    return this.#lastRequests;
  }

  /** Successes of that interval, in percent; NaN without requests. */
  get successPercent(): number {
    return (this.#lastSuccesses * 100) / this.#lastRequests;
  }
}

/** What is known of one endpoint. */
export class OutlierMonitor {
  readonly address: string;
  readonly external: RateBuckets = new RateBuckets();
  readonly local: RateBuckets = new RateBuckets();
  consecutive5xx = 0;
  consecutiveGateway = 0;
  consecutiveLocal = 0;
  isEjected = false;
  kind = "";
  ejectedAtMs = 0;
  returnedAtMs: number = Number.NaN;
  /** How many times the base time the next ejection lasts, less one. */
  backoff = 0;
  jitterMs = 0;

  constructor(address: string) {
    this.address = address;
  }

  /** Nothing an interval could change. */
  get isAtRest(): boolean {
    return !this.isEjected && this.backoff === 0 && this.external.isEmpty && this.local.isEmpty;
  }

  resetConsecutive(): void {
    this.consecutive5xx = 0;
    this.consecutiveGateway = 0;
    this.consecutiveLocal = 0;
  }
}

/**
 * The least success rate that is no outlier: mean less `factor` population standard deviations.
 */
export function successRateThreshold(
  percents: readonly number[],
  factor: number,
): { readonly mean: number; readonly threshold: number } {
  const mean = percents.reduce((sum, each) => sum + each, 0) / percents.length;
  const variance = percents.reduce((sum, each) => sum + (each - mean) ** 2, 0) / percents.length;
  return { mean, threshold: mean - factor * Math.sqrt(variance) };
}
