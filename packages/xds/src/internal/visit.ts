import type { IssueRule } from "../issue.js";
import type { TypeUrl } from "../type-urls.js";

export type PathPart = string | number;

/** An issue before its resource and the user's severities are known. */
export interface Finding {
  readonly rule: IssueRule;
  readonly severity: "error" | "warning";
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** What a reference asks of its target besides being there. */
export type Demand =
  | { readonly kind: "http2" }
  | { readonly kind: "filters"; readonly names: ReadonlySet<string> }
  | { readonly kind: "same"; readonly as: string };

/** A name in a resource that stands for another one. */
export interface Reference {
  readonly typeUrl: TypeUrl;
  readonly name: string;
  readonly path: string;
  /** What it is when nothing has the name: `none` where the target may come from elsewhere. */
  readonly missing: "error" | "warning" | "none";
  readonly demand?: Demand;
}

/** A name in `typedPerFilterConfig` of routes. */
export interface FilterOverride {
  readonly name: string;
  readonly path: string;
  /** The filters there are, where the routes are written into a listener. */
  readonly filters?: ReadonlySet<string>;
}

/** What other resources ask of this one. */
export interface Facts {
  /** `undefined` where nobody can tell. */
  http2: boolean | undefined;
  /** Names of the filters towards the cluster. */
  upstreamFilters: ReadonlySet<string>;
  /** Whether it chooses clusters by request, so that no cluster can be called unused. */
  choosesClusters: boolean;
  overrides: FilterOverride[];
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Collects what rules find while one resource is walked; `at` is where the message under the rule stands. */
export class Visit {
  readonly at: PathPart[] = [];
  /** Types of the messages on the way, that of the one under the rule last. */
  readonly typeNames: string[] = [];
  /** These messages; `undefined` where something in one is wrong. */
  readonly messages: (object | undefined)[] = [];
  readonly findings: Finding[] = [];
  readonly references: Reference[] = [];
  readonly facts: Facts = { http2: false, upstreamFilters: NO_NAMES, choosesClusters: false, overrides: [] };
  /** What a missing cluster of a route is; set by the route configuration around it. */
  missingRouteCluster: "error" | "warning";
  /** Names of the HTTP filters around an inline route configuration; `undefined` where they are in other resources. */
  filterNames: ReadonlySet<string> | undefined;

  constructor(missingRouteCluster: "error" | "warning") {
    this.missingRouteCluster = missingRouteCluster;
  }

  /** JSON Pointer of something in the message under the rule. */
  pointer(parts: readonly PathPart[]): string {
    let text = "";
    for (const part of this.at) text += `/${escaped(part)}`;
    for (const part of parts) text += `/${escaped(part)}`;
    return text;
  }

  /** The nearest message of a type around the one under the rule; `undefined` also where something in it is wrong. */
  within<M extends object>(typeName: string): M | undefined {
    return this.messages[this.#around(typeName)] as M | undefined;
  }

  /** Whether there is one, wrong or not. */
  isWithin(typeName: string): boolean {
    return this.#around(typeName) >= 0;
  }

  #around(typeName: string): number {
    const { length } = this.typeNames;
    return length < 2 ? -1 : this.typeNames.lastIndexOf(typeName, length - 2);
  }

  error(rule: IssueRule, parts: readonly PathPart[], message: string, hint?: string): void {
    this.#report("error", rule, parts, message, hint);
  }

  warn(rule: IssueRule, parts: readonly PathPart[], message: string, hint?: string): void {
    this.#report("warning", rule, parts, message, hint);
  }

  #report(
    severity: "error" | "warning",
    rule: IssueRule,
    parts: readonly PathPart[],
    message: string,
    hint: string | undefined,
  ): void {
    this.findings.push({ rule, severity, path: this.pointer(parts), message, ...(hint !== undefined && { hint }) });
  }

  refer(reference: Omit<Reference, "path"> & { readonly parts: readonly PathPart[] }): void {
    const { parts, ...rest } = reference;
    if (rest.name !== "") this.references.push({ ...rest, path: this.pointer(parts) });
  }
}

function escaped(part: PathPart): PathPart {
  return typeof part === "string" && /[~/]/.test(part) ? part.replaceAll("~", "~0").replaceAll("/", "~1") : part;
}

/** What is looked at in every message of a type; parents before children. */
export interface MessageRule {
  /** Full name: `envoy.config.route.v3.RouteConfiguration`. */
  readonly typeName: string;
  readonly look: (message: object, visit: Visit) => void;
}

/** Makes a rule; `M` is the JSON type of `typeName`, which the field check has made sure of before. */
export function messageRule<M extends object>(typeName: string, look: (message: M, visit: Visit) => void): MessageRule {
  return { typeName, look: look as (message: object, visit: Visit) => void };
}
