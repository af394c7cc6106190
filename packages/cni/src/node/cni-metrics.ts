/** Counts since the runtime was created, and how much is under way. */
export interface CniMetrics {
  readonly pluginCalls: number;
  readonly pluginFailures: number;
  readonly adds: number;
  readonly addFailures: number;
  readonly rollbacks: number;
  readonly dels: number;
  readonly delFailures: number;
  readonly checks: number;
  readonly checkFailures: number;
  readonly gcs: number;
  readonly gcFailures: number;
  /** Cache entries and results that were passed over, repaired or of another version. */
  readonly warnings: number;
  /** Operations running or waiting for their turn. */
  readonly pending: number;
}

export function createCounts(): { -readonly [K in keyof CniMetrics]: number } {
  return {
    pluginCalls: 0,
    pluginFailures: 0,
    adds: 0,
    addFailures: 0,
    rollbacks: 0,
    dels: 0,
    delFailures: 0,
    checks: 0,
    checkFailures: 0,
    gcs: 0,
    gcFailures: 0,
    warnings: 0,
    pending: 0,
  };
}
