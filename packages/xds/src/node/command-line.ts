import { parseArgs } from "node:util";
import { checkRoutes } from "./checks-command.js";
import { lint } from "./lint-command.js";
import { explainRoute } from "./route-command.js";

/** What a command needs of the world around it. */
export interface Terminal {
  /** Text of a file; throws what the system says. */
  readonly readFile: (path: string) => string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

const USAGE = `xds lint FILES… [--target envoy|grpc]
  Checks Envoy configuration offline: bootstraps, discovery responses, lists and single resources, as YAML or JSON in
  either spelling. Ends with 1 where Envoy would refuse something or where something is no configuration.

xds route FILES… --request 'GET https://shop.example.com/cart' [--header 'NAME: VALUE']… [--listener NAME] [--draw 0.5]
  Explains where a request goes, and why nowhere else.

xds route FILES… --checks TESTS
  Runs the tests of Envoy's router_check_tool on the one route configuration in the files.`;

/** Runs a command; the exit code is 0, 1 where the answer is no, and 2 where the command is wrong. */
export function runCommandLine(args: readonly string[], terminal: Terminal): number {
  const [command, ...rest] = args;
  try {
    if (command === "lint") return runLint(rest, terminal);
    if (command === "route") return runRoute(rest, terminal);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.printError(error.message);
    return 2;
  }
  const asked = command === "help" || command === "--help" || command === "-h";
  (asked ? terminal.print : terminal.printError)(USAGE);
  return asked ? 0 : 2;
}

function runLint(args: readonly string[], terminal: Terminal): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { target: { type: "string", default: "envoy" } },
  });
  const { target } = values;
  if (positionals.length === 0) throw new RangeError("lint: name at least one file");
  if (target !== "envoy" && target !== "grpc") throw new RangeError(`--target must be envoy or grpc, not ${target}`);
  return lint(positionals, { target }, terminal);
}

function runRoute(args: readonly string[], terminal: Terminal): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      request: { type: "string" },
      checks: { type: "string" },
      header: { type: "string", multiple: true, default: [] },
      listener: { type: "string" },
      draw: { type: "string", default: "0" },
    },
  });
  if (positionals.length === 0) throw new RangeError("route: name at least one file");
  const { request, checks, header, listener, draw } = values;
  if (checks !== undefined) return checkRoutes(positionals, checks, terminal);
  if (request === undefined) throw new RangeError("route: say --request 'METHOD URL' or --checks TESTS");
  return explainRoute(
    positionals,
    { request, headers: header, draw: Number(draw), ...(listener !== undefined && { listener }) },
    terminal,
  );
}
