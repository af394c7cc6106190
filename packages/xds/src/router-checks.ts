import type { HeaderMatcherJson, RouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import { XdsError } from "./errors.js";
import { camelCase } from "./internal/camel-case.js";
import { CheckedRoute } from "./internal/simulate/checked-route.js";
import type { RouteTestFailure, RouteTestResult } from "./route-tests.js";

/** A header of a check. */
export interface CheckHeader {
  readonly key: string;
  readonly value: string;
}

/** A request of a check, in the words of `router_check_tool`. */
export interface RouterCheckInput {
  readonly authority: string;
  readonly path: string;
  readonly method: string;
  readonly internal?: boolean;
  readonly ssl?: boolean;
  readonly randomValue?: number;
  readonly runtime?: string;
  readonly additionalRequestHeaders?: readonly CheckHeader[];
  readonly additionalResponseHeaders?: readonly CheckHeader[];
}

/** What a check compares; an empty text says that there must be nothing. */
export interface RouterCheckValidate {
  readonly clusterName?: string;
  readonly virtualClusterName?: string;
  readonly virtualHostName?: string;
  readonly hostRewrite?: string;
  readonly pathRewrite?: string;
  readonly pathRedirect?: string;
  readonly codeRedirect?: number;
  readonly requestHeaderMatches?: readonly HeaderMatcherJson[];
  readonly responseHeaderMatches?: readonly HeaderMatcherJson[];
}

/** One check. */
export interface RouterCheck {
  readonly testName: string;
  readonly input: RouterCheckInput;
  readonly validate: RouterCheckValidate;
}

const INPUT_FIELDS = {
  authority: "string",
  path: "string",
  method: "string",
  internal: "boolean",
  ssl: "boolean",
  randomValue: "number",
  runtime: "string",
  additionalRequestHeaders: "list",
  additionalResponseHeaders: "list",
  dynamicMetadata: "list",
} as const;
const VALIDATE_FIELDS = {
  clusterName: "string",
  virtualClusterName: "string",
  virtualHostName: "string",
  hostRewrite: "string",
  pathRewrite: "string",
  pathRedirect: "string",
  codeRedirect: "number",
  requestHeaderMatches: "list",
  responseHeaderMatches: "list",
  requestHeaderFields: "list",
  responseHeaderFields: "list",
} as const;

/**
 * Reads the tests of Envoy's `router_check_tool`, once their YAML or JSON is parsed, in either spelling. The older
 * `request_header_fields` become matches.
 *
 * @throws {@link XdsError} `invalid_route_tests` with the path
 * @category Simulate
 */
export function parseRouterChecks(value: unknown): readonly RouterCheck[] {
  const { tests } = members(value, "");
  if (!Array.isArray(tests) || tests.length === 0) throw refused("/tests", "expected a list with a test");
  return tests.map((test, index) => {
    const path = `/tests/${index}`;
    const { testName, input, validate } = members(test, path);
    if (typeof testName !== "string" || testName === "") throw refused(`${path}/test_name`, "expected a name");
    const asked = fields(input, `${path}/input`, INPUT_FIELDS);
    for (const name of ["authority", "path", "method"] as const) {
      if (asked[name] === undefined) throw refused(`${path}/input/${name}`, "is required");
    }
    if (asked.dynamicMetadata !== undefined) throw refused(`${path}/input/dynamic_metadata`, "not simulated");
    const wanted = fields(validate, `${path}/validate`, VALIDATE_FIELDS);
    const { requestHeaderFields, responseHeaderFields, ...rest } = wanted;
    return {
      testName,
      input: { ...asked, ...headerLists(asked, path) } as RouterCheckInput,
      validate: {
        ...rest,
        ...matchLists(wanted, path),
      } as RouterCheckValidate,
    };
  });
}

function headerLists(asked: Readonly<Record<string, unknown>>, path: string): object {
  const lists: Record<string, readonly CheckHeader[]> = {};
  for (const name of ["additionalRequestHeaders", "additionalResponseHeaders"]) {
    if (asked[name] !== undefined) lists[name] = headersIn(asked[name], `${path}/input/${name}`);
  }
  return lists;
}

function matchLists(wanted: Readonly<Record<string, unknown>>, path: string): object {
  const lists: Record<string, readonly HeaderMatcherJson[]> = {};
  for (const side of ["request", "response"]) {
    const old = headersIn(wanted[`${side}HeaderFields`] ?? [], `${path}/validate/${side}_header_fields`);
    const matchers = (wanted[`${side}HeaderMatches`] ?? []) as readonly unknown[];
    const all = [
      ...matchers.map((matcher) => camelCased(matcher) as HeaderMatcherJson),
      ...old.map(({ key, value }): HeaderMatcherJson => ({ name: key, stringMatch: { exact: value } })),
    ];
    if (all.length > 0) lists[`${side}HeaderMatches`] = all;
  }
  return lists;
}

function headersIn(value: unknown, path: string): readonly CheckHeader[] {
  return (value as readonly unknown[]).map((header, index) => {
    const { key, value: text } = members(header, `${path}/${index}`);
    if (typeof key !== "string" || typeof text !== "string")
      throw refused(`${path}/${index}`, "expected key and value");
    return { key, value: text };
  });
}

function members(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refused(path, "expected an object");
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner]));
}

function fields<K extends string>(
  value: unknown,
  path: string,
  types: Readonly<Record<K, string>>,
): Readonly<Partial<Record<K, unknown>>> {
  const given = members(value, path);
  for (const [name, inner] of Object.entries(given)) {
    const type = (types as Readonly<Record<string, string>>)[name];
    if (type === undefined) throw refused(`${path}/${name}`, "no such field");
    if ((Array.isArray(inner) ? "list" : typeof inner) !== type) throw refused(`${path}/${name}`, `expected a ${type}`);
  }
  return given as Partial<Record<K, unknown>>;
}

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), camelCased(inner)]));
}

function refused(path: string, text: string): XdsError<"invalid_route_tests"> {
  return new XdsError("invalid_route_tests", `${path === "" ? "/" : path}: ${text}`, { path });
}

/**
 * Runs the checks of Envoy's `router_check_tool` on a route configuration and tells of each how it went. As in the tool,
 * a runtime fraction passes only where the check names its key, and a fraction of 0 counts as 1.
 *
 * @category Simulate
 */
export function runRouterChecks(
  routes: RouteConfigurationJson,
  checks: readonly RouterCheck[],
): readonly RouteTestResult[] {
  return checks.map(({ testName, input, validate }) => {
    const failures = [...failuresOf(new CheckedRoute(routes, input), validate)];
    return { name: testName, passed: failures.length === 0, failures };
  });
}

function* failuresOf(route: CheckedRoute, want: RouterCheckValidate): Generator<RouteTestFailure, undefined> {
  if (route.undecided !== undefined) {
    yield { what: "route", want: "a decision", got: `not simulated: ${route.undecided}` };
    return;
  }
  const texts: readonly (readonly [string, string | number | undefined, string | number])[] = [
    ["cluster_name", want.clusterName, route.cluster],
    ["virtual_cluster_name", want.virtualClusterName, route.virtualCluster],
    ["virtual_host_name", want.virtualHostName, route.virtualHost],
    ["path_rewrite", want.pathRewrite, route.path],
    ["host_rewrite", want.hostRewrite, route.host],
    ["path_redirect", want.pathRedirect, route.location],
    ["code_redirect", want.codeRedirect, route.redirectStatus],
  ];
  for (const [what, wanted, got] of texts) {
    if (wanted !== undefined && wanted !== got) yield { what, want: String(wanted), got: String(got) };
  }
  for (const side of ["request", "response"] as const) {
    for (const matcher of want[`${side}HeaderMatches`] ?? []) {
      const verdict = route.matchHeader(side, matcher);
      if (verdict !== undefined) yield { what: `${side}_header_matches`, want: JSON.stringify(matcher), got: verdict };
    }
  }
}
