import { XdsError } from "./errors.js";
import { nearestOperator, operatorFault } from "./internal/log-operators.js";

/** A piece of an access-log format. */
export type FormatPiece =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "operator";
      readonly name: string;
      /** Text between the brackets. */
      readonly parameter?: string;
      /** Where what it writes is cut. */
      readonly length?: number;
      /** 1-based UTF-16 column of its `%`. */
      readonly column: number;
    };

const OPERATOR = /%([A-Z0-9_]+)(?:\(([^\n\r]*?)\))?(?::([0-9]+))?%/y;

/**
 * Reads an access-log format as Envoy 1.40 does: operators between `%`, `%%` for one `%`. Expressions of `CEL` are not
 * read.
 *
 * @throws {@link XdsError} `invalid_format` with the column, for every format that Envoy refuses
 * @example
 * ```ts
 * import { parseAccessLogFormat } from "@netmason/xds";
 *
 * parseAccessLogFormat("code=%RESPONSE_CODE%").length; // => 2
 * ```
 * @category Access logs
 */
export function parseAccessLogFormat(format: string): readonly FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let text = "";
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    text += percent < 0 ? format.slice(at) : format.slice(at, percent);
    if (percent < 0) break;
    if (format[percent + 1] === "%") {
      text += "%";
      at = percent + 2;
      continue;
    }
    if (text !== "") pieces.push({ kind: "text", text });
    text = "";
    OPERATOR.lastIndex = percent;
    pieces.push(readOperator(format, percent, OPERATOR.exec(format)));
    at = OPERATOR.lastIndex;
  }
  if (text !== "") pieces.push({ kind: "text", text });
  return pieces;
}

function readOperator(format: string, at: number, match: RegExpExecArray | null): FormatPiece {
  const [, name = "", parameter, digits] = match ?? [];
  const column = at + 1;
  const given = parameter === "" ? undefined : parameter;
  const fault =
    match === null || (digits !== undefined && BigInt(digits) > 0xffffffffffffffffn)
      ? "expected an operator such as %DURATION% or %REQ(NAME):20%; write %% for a percent sign"
      : operatorFault(name, { parameter: given, hasLength: digits !== undefined });
  if (fault !== undefined) {
    const nearest = name !== "" && fault.startsWith("unknown operator") ? nearestOperator(name) : undefined;
    const text = nearest === undefined ? fault : `${fault}; did you mean ${nearest}?`;
    throw new XdsError("invalid_format", `${text} (column ${column} of ${JSON.stringify(format)})`, { format, column });
  }
  return {
    kind: "operator",
    name,
    ...(given !== undefined && { parameter: given }),
    ...(digits !== undefined && { length: Number(digits) }),
    column,
  };
}
