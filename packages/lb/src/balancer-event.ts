/** Something an operator may want to know, in the order in which it happened. */
export type BalancerEvent =
  | {
      /** A new endpoint set is in use. */
      readonly kind: "endpoints_updated";
      readonly endpointCount: number;
      readonly addedCount: number;
      readonly removedCount: number;
    }
  | {
      /** The detector took an endpoint out. */
      readonly kind: "endpoint_ejected";
      readonly address: string;
      /** The detector's rule. */
      readonly rule: string;
      readonly untilMs: number;
    }
  | {
      /** The detector lets an endpoint have traffic again. */
      readonly kind: "endpoint_returned";
      readonly address: string;
    }
  | {
      /** A priority began or ceased to be balanced without regard to health. */
      readonly kind: "panic_changed";
      readonly priority: number;
      readonly panic: boolean;
    }
  | {
      /** The policy broke its contract by throwing; picks fail, or nothing is learnt from the call. */
      readonly kind: "policy_failed";
      readonly error: unknown;
    };
