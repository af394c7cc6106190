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

function parameterFault({ pattern, expected = "", operators }: OperatorSyntax, parameter: string): string | undefined {
  if (operators) return coalesceFault(parameter);
  if (pattern === undefined || new RegExp(pattern).test(parameter)) return undefined;
  return `expected ${expected}, not ${JSON.stringify(parameter)}`;
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
