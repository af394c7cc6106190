/** What the harness tells a worker. */
export interface WorkerOptions {
  /** Unlike any other process's, also of one that was killed and started again. */
  readonly name: string;
  readonly node: string;
  readonly folder: string;
  readonly seed: number;
  readonly operationCount: number;
  /** Leases of this length; absent: none. */
  readonly ttlMs?: number;
}

/** Length of what a marker stands for in a pool of prefixes: a longer prefix is never handed out. */
export const UNIT_LENGTH = 28;
