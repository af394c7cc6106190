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
  /** A regular expression that the parameter matches. */
  readonly pattern?: string;
  /** What `pattern` asks for, in words: `FROM:TO or FROM:TO:PRECISION`. */
  readonly expected?: string;
  /** The parameter is JSON with a list of operators: `{"operators":["DURATION",{"command":"REQ","param":"a"}]}`. */
  readonly operators?: boolean;
}

/**
 * An expression of a rule. A literal stands for itself. `["$it", "address", "port"]` is a member of a value by its name:
 * `$message` is the message that the rule is of, `$it` what it looks at; behind a `*`, `$index` is the index or key,
 * `$list` what it goes through and `$owner` the message that has it. Everything else is an operation and what it is applied
 * to, as in `["has", ["$it", "address"]]`; which operations there are may change, so evaluate them with `@netmason/xds`.
 */
export type RuleTerm = string | number | boolean | readonly RuleTerm[];

/** Where a rule looks. */
export interface RulePlace {
  /**
   * Path of the places, with `*` for each item of a list or value of a map and, at its end, `**` for each text at any
   * depth. A place that is absent is none. Default: the message itself.
   */
  readonly each?: readonly string[];
  /** The rule is about places where this is neither absent, false, 0 nor empty. Default: about all. */
  readonly when?: RuleTerm;
  /** Path of the field to name, from the place. Default: the place itself. */
  readonly at?: readonly string[];
}

/** A rule of messages of one type that is in code, not in the descriptors. It is broken by each place it is about. */
export interface CodeRule extends RulePlace {
  /** Broken only by places with the key of an earlier one, in whatever list; `$first` has the names of that one. */
  readonly sameKey?: RuleTerm;
  /** Only the first place that breaks it counts. */
  readonly once?: true;
  /** The message; a term where it names values. */
  readonly says: RuleTerm;
  readonly hint?: RuleTerm;
  /** What kind of mistake it is, as a rule of an issue of `@netmason/xds`. Default `envoy_refuses`. */
  readonly rule?: string;
  /** It is accepted, but does nothing or not what one would think. Default: it is refused. */
  readonly warns?: true;
}

/** A name that stands for another resource. */
export interface ReferenceRule extends RulePlace {
  /** The name; an empty one names nothing. */
  readonly name: RuleTerm;
  /** Full name of the message that is named. */
  readonly to: string;
  /** `error`, `warning` or `none`: what it is when nothing has the name. */
  readonly missing: RuleTerm;
  /** What the target must have: HTTP/2, or the filters that its routes configure. */
  readonly demand?: "http2" | "filters";
}

/** Rules by the full names of their messages. */
export type CodeRules = Readonly<Record<string, readonly CodeRule[]>>;

/** Facts about Envoy's code, and about what gRPC clients make of the same configuration. */
export interface EnvoyFacts {
  /** Operators of access-log formats by their names. */
  readonly accessLogOperators: Readonly<Record<string, OperatorSyntax>>;
  /** Fields that name another resource, by the full names of their messages. */
  readonly references: Readonly<Record<string, readonly ReferenceRule[]>>;
  /** What Envoy has in code and holds for gRPC clients as well. */
  readonly rules: CodeRules;
  /** What holds for Envoy alone. */
  readonly envoyRules: CodeRules;
  /** What holds for gRPC clients alone. */
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
 * envoyFacts().accessLogOperators.QUERY_PARAM; // => { parameter: "required", length: true }
 * ```
 *
 * @category Schema
 */
export function envoyFacts(): EnvoyFacts {
  known ??= JSON.parse(facts) as EnvoyFacts;
  return known;
}
