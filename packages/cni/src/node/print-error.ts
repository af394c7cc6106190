import { ERROR_CODES } from "../error-codes.js";
import { CniError } from "../errors.js";
import { formatJson } from "../internal/format-json.js";

/**
 * The error document of a plugin: what a delegate printed is passed on as it was, codes without a number and anything
 * that is no `CniError` are 999.
 */
export function formatErrorDocument(error: unknown, cniVersion: string): string {
  return formatJson({ cniVersion, ...documentOf(error) }, { indent: 4 });
}

function documentOf(error: unknown): { readonly code: number; readonly msg: string; readonly details?: string } {
  if (!isCniErrorLike(error)) return { code: 999, msg: error instanceof Error ? error.message : String(error) };
  const { code, msg, details } = error;
  if ("specCode" in details && details.specCode !== undefined && details.specCode > 0) {
    const text = details.specDetails;
    return { code: details.specCode, msg: details.specMsg ?? msg, ...(text === undefined ? {} : { details: text }) };
  }
  const number = "number" in details ? details.number : (ERROR_CODES[code].number ?? 999);
  const text = "text" in details ? details.text : undefined;
  return { code: number, msg, ...(text === undefined || text === "" ? {} : { details: text }) };
}

/** Also one of another installed copy of this package. */
function isCniErrorLike(error: unknown): error is CniError {
  return error instanceof CniError || (error instanceof Error && error.name === "CniError" && "msg" in error);
}
