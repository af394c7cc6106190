/** Medians over the rounds, per operation. */
export interface Figures {
  readonly ns: number;
  /** Processor time of the whole process, its collector and compiler threads included. */
  readonly cpuNs: number;
  /** Fastest round. */
  readonly minNs: number;
  /** Allocated by one operation; for a case that builds something, what the result holds. */
  readonly bytes?: number;
  /** Calls to a store that one operation makes, where the contender counts them. */
  readonly roundTrips?: number;
  readonly peakRssBytes: number;
  readonly version: string;
}

export interface PeerFigures extends Figures {
  /** Ours divided by the peer's `ns`: below 1 we are faster. */
  readonly ratio: number;
  readonly note?: string;
}

export interface CaseResult extends Figures {
  readonly case: string;
  readonly operation: string;
  readonly runs: number;
  readonly peers: Readonly<Record<string, PeerFigures>>;
  /** Peers that did not take part, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Peers whose answers were wrong: they were not timed. */
  readonly wrong: Readonly<Record<string, string>>;
}
