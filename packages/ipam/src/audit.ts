/** The invariants, by the numbers of the design page. */
export type AuditRule =
  | "A1"
  | "A2"
  | "A3"
  | "A4"
  | "A5"
  | "A6"
  | "A7"
  | "A8"
  | "A9"
  | "A10"
  | "A11"
  | "A12"
  | "A13"
  | "A14";

/** One broken invariant. */
export interface AuditFinding {
  readonly rule: AuditRule;
  /** The key of the record. */
  readonly path: string;
  readonly message: string;
}

/** What a recount of the whole VRF found. */
export interface AuditReport {
  /** Records read. */
  readonly checkedCount: number;
  /** Ordered by rule, then by path. */
  readonly findings: readonly AuditFinding[];
}
