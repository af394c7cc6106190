import type { Hash64 } from "./hash64.js";
import type { EndpointView, Picker, Sample } from "./picker.js";

/**
 * An algorithm with its configuration: a frozen value that may be used by any number of balancers. State begins with
 * `create`.
 */
export interface Policy {
  /** For people, and for `explain`. */
  readonly name: string;
  /**
   * What the one 64-bit word of a pick is, which also decides the priority: `hash`, the request's hash or else a draw;
   * `draw`, always a draw; `split`, a draw only if more than one priority or source can win.
   */
  readonly word: "hash" | "draw" | "split";
  /** How localities take part; default `merged`: not at all. */
  readonly locality?: LocalityMode;
  /** Called once a balancer. */
  create(environment: PolicyEnvironment): PolicyState;
}

/**
 * How localities take part. `merged`: all endpoints of a priority are one leaf. `folded`: one leaf, and the weights of
 * localities are folded into those of endpoints (hash policies). `weighted`: a leaf a locality, chosen by weight and
 * health. `zoneAware`: a leaf a locality, the own one preferred.
 */
export type LocalityMode =
  | "merged"
  | "folded"
  | "weighted"
  | {
      /** As Envoy's `zone_aware_lb_config`. */
      readonly zoneAware: {
        /** Fewer endpoints than this are balanced without regard to localities; default 6. */
        readonly minEndpointCount?: number;
        /** Requests in a hundred that regard localities at all; default 100. */
        readonly routingPercent?: number;
        /** Answer none instead of any in panic; default false. */
        readonly failOnPanic?: boolean;
      };
    };

/** What a policy has of its balancer; it uses no other clock and no other chance. */
export interface PolicyEnvironment {
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  /** Drawn once when the balancer was made. */
  readonly seed: Hash64;
  /** One 64-bit draw, upper word first, modulo `bound` (1 to 2³²). */
  below(bound: number): number;
  /** Requests in flight of the whole balancer. */
  totalActiveCount(): number;
}

/**
 * What a policy keeps for one balancer. The same seed and the same calls give the same answers.
 *
 * A removed endpoint must never be answered by a picker built after its removal; what is kept by slot must be dropped in
 * `forget`, because the number is used again.
 */
export interface PolicyState {
  /**
   * The picker of a leaf. Synchronous, does not throw; the view is never empty. `previous` is the picker this one
   * replaces (same policy, same leaf), to read its position from.
   */
  build(view: EndpointView, previous?: Picker): Picker;
  /** Once a call, at its first report. */
  observe?(sample: Sample): void;
  /** The slot's endpoint is gone and idle. */
  forget?(slot: number): void;
}
