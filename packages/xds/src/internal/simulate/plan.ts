import type { Outcome, SimulatedRequest, Step } from "../../outcome.js";
import type { Snapshot } from "../../snapshot.js";

type WithoutSteps<T> = T extends unknown ? Omit<T, "steps"> : never;

/** An outcome before its steps are asked for. */
export type Plan = WithoutSteps<Outcome>;

export type StepSink = (step: Step) => void;

/** A request that has reached a filter of a chain. */
export interface Arrival {
  readonly snapshot: Snapshot;
  readonly request: SimulatedRequest;
  readonly onStep: StepSink | undefined;
  readonly listener: string;
  readonly filterChain: string;
  /** JSON Pointer of the filter's configuration in the listener. */
  readonly path: string;
  readonly port: number | undefined;
}
