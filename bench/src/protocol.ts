/**
 * What the bench asks of a process that holds contenders: one JSON object a line on stdin, one a line back on stdout.
 * The Go programs in `bench/go` speak the same.
 */
export type Request =
  | {
      readonly ask: "open";
      readonly area: string;
      readonly case: string;
      readonly contender: string;
      readonly quick: boolean;
      /** JSON file with the case's inputs. */
      readonly inputs: string;
      /** For the Go programs, which know no cases. */
      readonly program?: string;
      readonly mode?: string;
      readonly table?: string;
    }
  | { readonly ask: "round"; readonly iterations: number }
  | { readonly ask: "bytes" }
  | { readonly ask: "close" };

export interface Opened {
  readonly answers: readonly string[];
  readonly version: string;
}

/** Wall and processor time of a whole round. */
export interface Round {
  readonly ns: number;
  readonly cpuNs: number;
}

export interface Bytes {
  readonly bytes?: number;
  readonly roundTrips?: number;
}

export interface Closed {
  readonly peakRssBytes: number;
}

export interface Failed {
  readonly error: string;
}
