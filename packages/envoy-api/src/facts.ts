/**
 * What Envoy's code knows of its configuration and its descriptors do not say, as data.
 *
 * @module facts
 */
import { facts } from "#envoy-facts";

/** What may stand behind the name of an operator in an access-log format. */
export interface OperatorSyntax {
  /** Whether text may or must stand between brackets behind the name. Default: it must not. */
  readonly parameter?: "optional" | "required";
  /** A length may follow, as in `%REQ(NAME):20%`. Default false. */
  readonly length?: boolean;
  /** Words for each part of the parameter between colons. */
  readonly choices?: readonly (readonly string[])[];
  /** What else the parameter is: `first` says that only its first part is one of `choices`. */
  readonly check?: "header" | "time" | "first" | "filterState" | "duration" | "coalesce";
}

/** Facts about Envoy's code. Types of extensions are given by their type URLs. */
export interface EnvoyFacts {
  /** JSON names of the string fields that name a cluster, by the full name of their message. */
  readonly clusterFields: Readonly<Record<string, readonly string[]>>;
  /** Operators of access-log formats by their names. */
  readonly accessLogOperators: Readonly<Record<string, OperatorSyntax>>;
  /** HTTP filters that answer or forward, so that nothing may stand behind them. */
  readonly terminalHttpFilters: readonly string[];
  /** Network filters that end a chain; this is not all of them. */
  readonly terminalNetworkFilters: readonly string[];
  /** Network filters that must not end a chain; this is not all of them. */
  readonly passingNetworkFilters: readonly string[];
  /** Cluster extensions that balance by themselves. */
  readonly selfBalancedClusters: readonly string[];
}

let known: EnvoyFacts | undefined;

/**
 * Facts about the release of Envoy this package is made from, read at the first call.
 *
 * @example
 * ```ts
 * import { envoyFacts } from "@netmason/envoy-api/facts";
 *
 * envoyFacts().accessLogOperators.REQ; // => { parameter: "required", length: true, check: "header" }
 * ```
 *
 * @category Schema
 */
export function envoyFacts(): EnvoyFacts {
  known ??= JSON.parse(facts) as EnvoyFacts;
  return known;
}
