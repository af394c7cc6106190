import { checkShape, collectIssues } from "./internal/check-shape.js";
import { resultShape } from "./internal/result-shapes.js";
import type { Issue } from "./issue.js";
import type { JsonValue } from "./json-value.js";
import type { SpecVersion } from "./spec-version.js";

/**
 * Finds what is wrong in a result of a version: what `parseResult` refuses as errors, and as warnings what it drops.
 * Never throws.
 *
 * @category Validation
 */
export function validateResult(value: JsonValue, version: SpecVersion): readonly Issue[] {
  return collectIssues(value, (report) => checkShape(resultShape(version), value, "", report));
}
