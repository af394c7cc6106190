import { requireWithin } from "./internal/bounds.js";
import { type HashPickerSettings, hashKeyPicker } from "./internal/hash-picker.js";
import type { EndpointView, Picker } from "./picker.js";
import type { Policy, PolicyEnvironment } from "./policy.js";

/** What the hash policies have in common. */
export interface HashLocality {
  /** `folded`: the weights of localities are folded into those of endpoints; default `merged`: they do not count. */
  readonly locality?: "merged" | "folded";
  /** Hash `hostname` where an endpoint has one; default false: its address. A `hashKey` comes before both. */
  readonly useHostname?: boolean;
  /**
   * Requests in flight an endpoint may have, in percent of its share of all in flight; at least 100. One above it is
   * passed over, the same key always for the same endpoints in the same order. Absent: no bound.
   */
  readonly boundedLoadPercent?: number;
}

/** A policy over tables of one type; checks the options all of them have. */
export function createHashPolicy<Table>(
  name: string,
  options: HashLocality,
  kind: Pick<HashPickerSettings<Table>, "build" | "pickerOf">,
): Policy {
  const { locality = "merged", useHostname = false, boundedLoadPercent } = options;
  if (boundedLoadPercent !== undefined) requireWithin("boundedLoadPercent", boundedLoadPercent, 100, 2 ** 31);
  if (locality !== "merged" && locality !== "folded") {
    throw new TypeError(`locality must be merged or folded, not ${String(locality)}`);
  }
  const settings = { useHostname, boundedLoadPercent, ...kind };
  return Object.freeze({
    name,
    word: "hash",
    locality,
    create: (environment: PolicyEnvironment) => ({
      build: (view: EndpointView, previous?: Picker) => hashKeyPicker(view, previous, environment, settings),
    }),
  } as const);
}
