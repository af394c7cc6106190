import { parseAccessLogFormat } from "../access-log-format.js";
import { isXdsError } from "../errors.js";

/** What Envoy has against a format; `undefined` where it takes it. */
export function formatFault(text: string): string | undefined {
  if (!text.includes("%")) return undefined;
  try {
    parseAccessLogFormat(text);
    return undefined;
  } catch (error) {
    if (!isXdsError(error, "invalid_format")) throw error;
    return error.message.replace("[invalid_format] ", "");
  }
}

/** The same in a header, where an older operator is read as well. */
export function headerFormatFault(text: string): string | undefined {
  return formatFault(text.replaceAll(/%PER_REQUEST_STATE\(([^()]+)\)%/g, "%FILTER_STATE($1:PLAIN)%"));
}
