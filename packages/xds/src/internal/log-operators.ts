// What may stand behind the operators of Envoy's access-log formats.
import { envoyFacts, type OperatorSyntax } from "@netmason/envoy-api/facts";
import { nearestWord } from "./nearest-word.js";

/** What stands behind an operator's name. */
export interface OperatorUse {
  /** Text between the brackets; empty brackets count as none. */
  readonly parameter: string | undefined;
  readonly hasLength: boolean;
}

/** What is wrong with an operator; `undefined` where Envoy takes it. */
export function operatorFault(name: string, { parameter, hasLength }: OperatorUse): string | undefined {
  const { accessLogOperators } = envoyFacts();
  const syntax = Object.hasOwn(accessLogOperators, name) ? accessLogOperators[name] : undefined;
  if (syntax === undefined) return `unknown operator ${name}`;
  if (parameter === undefined && syntax.parameter === "required") return `${name} needs a parameter: %${name}(…)%`;
  if (parameter !== undefined && syntax.parameter === undefined) return `${name} takes no parameter`;
  if (hasLength && syntax.length !== true) return `${name} takes no length`;
  return parameter === undefined ? undefined : parameterFault(syntax, parameter);
}

/** The operator's name that is nearest to an unknown one, by letters changed; for hints. */
export function nearestOperator(name: string): string | undefined {
  return nearestWord(name, Object.keys(envoyFacts().accessLogOperators));
}

function parameterFault({ check, choices = [] }: OperatorSyntax, parameter: string): string | undefined {
  switch (check) {
    case "header":
      return headerFault(parameter);
    case "time":
      return timeFault(parameter);
    case "filterState":
      return filterStateFault(parameter);
    case "duration":
      return durationFault(parameter);
    case "coalesce":
      return coalesceFault(parameter);
    case "first":
      return choiceFault(choices, parameter.split(":")[0] ?? "");
    default:
      return choices.length === 0 ? undefined : choiceFault(choices, parameter);
  }
}

function headerFault(parameter: string): string | undefined {
  const names = parameter.split("?");
  if (names.length > 2) return "at most one alternative header";
  const wrong = names.find((name) => name !== "" && !/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is no header name`;
}

function timeFault(parameter: string): string | undefined {
  return /%[-_0^#]*[1-9]*[EO]?n/.test(parameter) ? "a time format must not break the line (%n)" : undefined;
}

function filterStateFault(parameter: string): string | undefined {
  const [, kind, field, ...rest] = parameter.split(":");
  if (kind === undefined) return undefined;
  if (kind === "FIELD") return field === undefined ? "FIELD needs the name of a field" : undefined;
  return field === undefined && rest.length === 0
    ? choiceFault([["PLAIN", "TYPED", "FIELD"]], kind)
    : "only FIELD takes a name";
}

function durationFault(parameter: string): string | undefined {
  const parts = parameter.split(":");
  if (parts.length !== 2 && parts.length !== 3) return "expected FROM:TO or FROM:TO:PRECISION";
  return parts[2] === undefined ? undefined : choiceFault([["ms", "us", "ns"]], parts[2]);
}

function coalesceFault(parameter: string): string | undefined {
  const { operators } = parsedObject(parameter) ?? {};
  if (!Array.isArray(operators) || operators.length === 0) return 'expected {"operators":[…]} with an operator';
  for (const operator of operators) {
    const { command, param }: { command?: unknown; param?: unknown } =
      typeof operator === "string" ? { command: operator } : Object(operator);
    if (typeof command !== "string") return "an operator is a name or an object with a command";
    const inner = typeof param === "string" && param !== "" ? param : undefined;
    const fault = operatorFault(command, { parameter: inner, hasLength: false });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function parsedObject(text: string): { readonly operators?: unknown } | undefined {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether each part between colons is one of its words. */
function choiceFault(choices: readonly (readonly string[])[], text: string): string | undefined {
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const words = choices[index];
    if (words === undefined) return `expected at most ${choices.length} parts`;
    if (!words.includes(part)) return `expected ${words.join(", ")}, not ${JSON.stringify(part)}`;
  }
  return undefined;
}
