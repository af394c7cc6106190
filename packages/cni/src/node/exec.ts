/** What every asynchronous call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One call of a plugin. */
export interface ExecCall {
  /** As `find` gave it. */
  readonly path: string;
  readonly stdin: string;
  /** All six variables of the specification, `""` where the verb does not use one. */
  readonly cni: Readonly<Record<`CNI_${string}`, string>>;
}

/** Why a plugin was not left to end by itself. */
export type ExecStop =
  /** It ran longer than the executor allows. */
  | "timeout"
  /** It printed more than the executor keeps. */
  | "output_limit"
  /** It ended, and a process it left behind held its output open. */
  | "left_process";

/** How a plugin ended. What it means is for the runtime to say. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Set when the executor ended it, and everything it had started, with SIGKILL. */
  readonly stopped?: ExecStop;
}

/** How plugins are found and called: as processes, inside this process, or by a fake in tests. */
export interface Exec {
  /**
   * Finds the plugin of this type in the first directory that has one.
   *
   * @throws CniError `plugin_not_found`
   */
  find(type: string, dirs: readonly string[], options?: CallOptions): Promise<string>;
  /**
   * Calls a plugin; resolves however it ends. On abort it is killed and waited for before the promise rejects with the
   * signal's reason.
   *
   * @throws CniError `io_failure` when it cannot be started
   */
  run(call: ExecCall, options?: CallOptions): Promise<ExecResult>;
}
