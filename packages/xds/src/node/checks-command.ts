import type { RouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { Graph } from "../graph.js";
import { unpacked } from "../internal/typed-any.js";
import { parseRouterChecks, runRouterChecks } from "../router-checks.js";
import type { Terminal } from "./command-line.js";
import { readFiles } from "./lint-command.js";
import { readDocuments } from "./source-document.js";

const HTTP = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

/** Runs the tests in a file of `router_check_tool` and prints how each went. */
export function checkRoutes(files: readonly string[], testFile: string, terminal: Terminal): number {
  const { collected, faultCount } = readFiles(files, terminal);
  if (faultCount > 0) return 1;
  const configurations = routeConfigurationsIn(collected.graph);
  const [routes] = configurations;
  if (routes === undefined || configurations.length > 1) {
    throw new RangeError(`--checks: the files must have one route configuration, not ${configurations.length}`);
  }
  const { documents, faults } = readDocuments(testFile, terminal.readFile(testFile));
  const [fault] = faults;
  if (fault !== undefined) throw new SyntaxError(`${testFile}:${fault.line}:${fault.column}: ${fault.message}`);
  const results = runRouterChecks(routes, parseRouterChecks(documents[0]?.value));
  for (const { name, passed, failures } of results) {
    const lines = failures.map(({ what, want, got }) => `\n    ${what}: want ${want}, got ${got}`);
    terminal.print(`${passed ? "✓" : "✗"} ${name}${lines.join("")}`);
  }
  const passedCount = results.filter(({ passed }) => passed).length;
  terminal.print(`${passedCount} of ${results.length} tests pass`);
  return passedCount === results.length ? 0 : 1;
}

function routeConfigurationsIn({ routes = [], listeners = [] }: Graph): readonly RouteConfigurationJson[] {
  const inline = listeners.flatMap(({ filterChains = [] }) =>
    filterChains.flatMap(({ filters = [] }) =>
      filters.flatMap(({ typedConfig }) => unpacked<HttpConnectionManagerJson>(typedConfig, HTTP)?.routeConfig ?? []),
    ),
  );
  return [...routes, ...inline];
}
