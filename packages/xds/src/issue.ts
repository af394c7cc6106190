import type { ResourceRef } from "./type-urls.js";

/**
 * What an issue is about. The first nine come from the field table of `@netmason/envoy-api`; the others are rules that
 * Envoy has in code (`envoy_refuses`), references between resources, and mistakes that Envoy accepts in silence.
 */
export type IssueRule =
  | "unknown_field"
  | "wrong_type"
  | "out_of_range"
  | "unknown_type_url"
  | "oneof_conflict"
  | "oneof_missing"
  | "field_rule"
  | "deprecated_field"
  | "duplicate_name"
  | "missing_reference"
  | "unused_resource"
  | "router_not_last"
  | "unknown_filter_override"
  | "duplicate_filter_chain_match"
  | "duplicate_domain"
  | "priority_gap"
  | "duplicate_priority"
  | "format_string"
  | "regex_too_large"
  | "tls_unverified"
  | "http2_required"
  | "unknown_retry_word"
  | "ignored_field"
  | "envoy_refuses"
  | "grpc_unsupported";

/** One finding in a resource. */
export interface Issue {
  readonly severity: "error" | "warning";
  readonly rule: IssueRule;
  readonly resource: ResourceRef;
  /** JSON Pointer inside the resource, through typed configurations: `/filterChains/0/filters/0/typedConfig/statPrefix`. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/**
 * Prints issues, one a line and an indented line for a hint, in the order given: `error cluster "a" /path: message`.
 *
 * @category Compile
 */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(formatIssue).join("\n");
}

function formatIssue({ severity, rule, resource, path, message, hint }: Issue): string {
  const kind = resource.typeUrl.slice(resource.typeUrl.lastIndexOf(".") + 1);
  const line = `${severity} ${kind} ${JSON.stringify(resource.name)} ${path === "" ? "/" : path}: ${message} (${rule})`;
  return hint === undefined ? line : `${line}\n  hint: ${hint}`;
}
