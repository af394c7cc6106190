/** What is wrong with a place in a document. */
export type FieldIssueRule =
  | "unknown_field"
  | "wrong_type"
  | "out_of_range"
  | "unknown_type_url"
  | "oneof_conflict"
  | "oneof_missing"
  | "field_rule"
  | "deprecated_field";

/** Something found in a document. */
export interface FieldIssue {
  readonly rule: FieldIssueRule;
  /** `error` where Envoy refuses the document, else `warning`. */
  readonly severity: "error" | "warning";
  /** JSON Pointer in the spelling of the input; of a field that is missing, where it would stand. */
  readonly path: string;
  /** For people; never shows the value of a sensitive field. */
  readonly message: string;
  readonly hint?: string;
  /** Whether Envoy checks this: it does not run the rules of some load-balancing policies. */
  readonly enforced: boolean;
  /** Of a `field_rule`: its name in protoc-gen-validate, as in `string.min_len`. */
  readonly constraint?: string;
}
