/** Counts since the runtime was created, and how much is under way. */
export interface CniMetrics {
  readonly pluginCallCount: number;
  readonly pluginFailureCount: number;
  readonly addCount: number;
  readonly addFailureCount: number;
  readonly rollbackCount: number;
  readonly delCount: number;
  readonly delFailureCount: number;
  readonly checkCount: number;
  readonly checkFailureCount: number;
  readonly gcCount: number;
  readonly gcFailureCount: number;
  /** Cache entries and results that were passed over, repaired or of another version. */
  readonly warningCount: number;
  /** Operations running or waiting for their turn. */
  readonly pendingCount: number;
}

export function createCounts(): { -readonly [K in keyof CniMetrics]: number } {
  return {
    pluginCallCount: 0,
    pluginFailureCount: 0,
    addCount: 0,
    addFailureCount: 0,
    rollbackCount: 0,
    delCount: 0,
    delFailureCount: 0,
    checkCount: 0,
    checkFailureCount: 0,
    gcCount: 0,
    gcFailureCount: 0,
    warningCount: 0,
    pendingCount: 0,
  };
}
