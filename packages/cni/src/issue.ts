/** What kind of rule a finding breaks; rules are API, messages are not. */
export type IssueRule =
  | "required"
  | "wrong_type"
  | "enum"
  | "out_of_range"
  | "format"
  | "conflict"
  | "position"
  | "version"
  | "capability"
  | "unknown_field"
  | "deprecated_field"
  | "syntax"
  | "unavailable";

/** One finding in a document. Validators return all of them, in document order. */
export interface Issue {
  /** JSON Pointer (RFC 6901) into the document, keys in its own spelling: `/plugins/0/ipam/assign_ipv4`. */
  readonly path: string;
  readonly rule: IssueRule;
  /** An `error` is refused by the plugin or by this package; a `warning` works, perhaps not as meant. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** How to mend it, where that is known. */
  readonly hint?: string;
  /** The file it was found in, where documents come from a directory. */
  readonly file?: string;
}
