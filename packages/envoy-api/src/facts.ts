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

/**
 * An expression of a {@link CodeRule}: a literal, the name of a value with the path to a member of it
 * (`["it", "address", "port"]`), or an operation and what it is applied to (`["has", ["it", "address"]]`).
 */
export type RuleTerm = string | number | boolean | readonly RuleTerm[];

/** A rule of messages of one type that is in code, not in the descriptors. */
export interface CodeRule {
  /**
   * Path to what it looks at, with `*` for each item of a list or value of a map and `**` for each text at any depth.
   * Default: the message itself.
   */
  readonly each?: readonly string[];
  /** Broken where this holds. Default: always. */
  readonly when?: RuleTerm;
  /** Broken only by those whose key another had before. */
  readonly sameKey?: RuleTerm;
  /** Only the first that breaks it counts. */
  readonly once?: true;
  /** Path of the field at fault, from what it looks at. Default: that itself. */
  readonly at?: readonly string[];
  /** The message; a term where it names values. */
  readonly says: RuleTerm;
  readonly hint?: RuleTerm;
  /** What kind of mistake it is. Default `envoy_refuses`. */
  readonly rule?: string;
  /** Accepted in silence. */
  readonly warns?: true;
}

/** Rules by the full names of their messages. */
export type CodeRules = Readonly<Record<string, readonly CodeRule[]>>;

/** Facts about Envoy's code, and of what gRPC clients take of the same configuration. */
export interface EnvoyFacts {
  /** JSON names of the string fields that name a cluster, by the full name of their message. */
  readonly clusterFields: Readonly<Record<string, readonly string[]>>;
  /** Operators of access-log formats by their names. */
  readonly accessLogOperators: Readonly<Record<string, OperatorSyntax>>;
  /** What everybody refuses. */
  readonly rules: CodeRules;
  /** What Envoy refuses and gRPC clients take. */
  readonly envoyRules: CodeRules;
  /** What gRPC clients refuse and Envoy takes. */
  readonly grpcRules: CodeRules;
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
