import type { AddressAllocation, ReleaseTarget } from "../allocation.js";

/** One address to release. */
export interface ReleaseItem {
  readonly target: ReleaseTarget;
  readonly blockKey: string;
  readonly ordinal: number;
}

/** What became of a release in a lane. */
export type ReleaseOutcome =
  | { readonly kind: "done" }
  /** The handle holds something else than was thought: look again. */
  | { readonly kind: "handle_changed" };

/** One release on its way through a lane: certain addresses, or all a handle has in certain blocks. */
export class ReleaseOp {
  /** Empty for a release by handle. */
  readonly items: readonly ReleaseItem[];
  /** Releases everything of this handle in the blocks of the lane. */
  readonly handle: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly promise: Promise<ReleaseOutcome>;
  released: AddressAllocation[] = [];
  notHeld: ReleaseTarget[] = [];
  stale: ReleaseTarget[] = [];
  /** By address, what an earlier try may have released whose answer was lost: if it is gone, that is what happened. */
  readonly tried: Map<string, AddressAllocation> = new Map();
  lost = 0;
  resolve!: (outcome: ReleaseOutcome) => void;
  reject!: (error: unknown) => void;

  constructor(items: readonly ReleaseItem[], handle: string | undefined, signal: AbortSignal | undefined) {
    this.items = items;
    this.handle = handle;
    this.signal = signal;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
