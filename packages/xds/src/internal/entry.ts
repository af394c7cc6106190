// The entries of a graph, the keys they are sorted by, and how findings are judged.

import type { Issue } from "../issue.js";
import { type ResourceRef, type TypeUrl, typeUrls } from "../type-urls.js";
import type { Analysis } from "./analysis.js";
import type { Finding, Reference } from "./visit.js";

/** One resource of the graph. */
export interface Entry {
  readonly ref: ResourceRef;
  readonly analysis: Analysis;
  /** Findings that come from the graph, such as a name given twice. */
  readonly extra: readonly Finding[];
}

/** How findings become issues. */
export interface Judgement {
  readonly severityOf: (finding: Finding) => "error" | "warning" | "off";
  /** Whether a name that the graph lacks is elsewhere. */
  readonly isExternal: (ref: ResourceRef) => boolean;
  readonly anyExternal: boolean;
}

const KNOWN: readonly TypeUrl[] = /* @__PURE__ */ Object.values(typeUrls);

const ORDER: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ KNOWN.map((url, index) => [url, index]),
);

/** Sorts by type, in the order of `typeUrls`, then by name; short, because keys are compared a lot. */
export function keyOf({ typeUrl, name }: ResourceRef): string {
  const order = ORDER.get(typeUrl);
  return order === undefined ? `9${typeUrl}\n${name}` : `${order}${name}`;
}

/** The resource a key stands for. */
export function refOf(key: string): ResourceRef {
  const typeUrl = KNOWN[Number(key[0])];
  if (typeUrl !== undefined) return { typeUrl, name: key.slice(1) };
  const at = key.indexOf("\n");
  return { typeUrl: key.slice(1, at) as TypeUrl, name: key.slice(at + 1) };
}

/** The issue a finding is, if it is one. */
export function judged(finding: Finding, resource: ResourceRef, { severityOf }: Judgement): readonly Issue[] {
  const severity = severityOf(finding);
  if (severity === "off") return [];
  const { rule, path, message, hint } = finding;
  return [{ severity, rule, resource, path, message, ...(hint !== undefined && { hint }) }];
}

/** Who refers to a target, and how. */
export interface Referrer {
  readonly key: string;
  readonly references: readonly Reference[];
}
