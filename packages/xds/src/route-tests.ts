import type { Outcome, SimulatedRequest } from "./outcome.js";
import { simulate } from "./simulate.js";
import type { Snapshot } from "./snapshot.js";

/** What is expected of a request; what is left out may be anything. */
export interface RouteExpectation {
  readonly kind?: Outcome["kind"];
  readonly virtualHost?: string;
  readonly route?: string;
  readonly cluster?: string;
  readonly path?: string;
  readonly authority?: string;
  readonly timeout?: string;
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
  readonly reason?: string;
}

/** One row of a table of route tests. */
export interface RouteTest {
  readonly name: string;
  readonly request: SimulatedRequest;
  readonly want: RouteExpectation;
}

/** What came out otherwise than expected. */
export interface RouteTestFailure {
  readonly what: string;
  readonly want: string;
  readonly got: string;
}

/** How a test went. */
export interface RouteTestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly RouteTestFailure[];
}

/**
 * Runs a table of requests through a snapshot, all of them, and tells of each how it went.
 *
 * @example
 * ```ts
 * import { assertCompile, listener, route, routeConfiguration, runRouteTests, virtualHost } from "@netmason/xds";
 *
 * const routes = [route.respond({ match: { prefix: "/" }, status: 200, body: "ok" })];
 * const r = routeConfiguration({ name: "r", virtualHosts: [virtualHost({ name: "v", domains: ["*"], routes })] });
 * const snapshot = assertCompile({ listeners: [listener.http({ name: "web", address: "0.0.0.0:80", routes: r })] });
 * const [result] = runRouteTests(snapshot, [{ name: "up", request: { authority: "a", path: "/" }, want: { status: 204 } }]);
 * result?.failures; // => [{ what: "status", want: "204", got: "200" }]
 * ```
 * @category Simulate
 */
export function runRouteTests(snapshot: Snapshot, tests: readonly RouteTest[]): readonly RouteTestResult[] {
  return tests.map(({ name, request, want }) => {
    const outcome: Readonly<Record<string, unknown>> = { ...simulate(snapshot, request) };
    const failures = Object.entries(want).flatMap(([what, wanted]): readonly RouteTestFailure[] =>
      outcome[what] === wanted ? [] : [{ what, want: String(wanted), got: String(outcome[what] ?? "nothing") }],
    );
    return { name, passed: failures.length === 0, failures };
  });
}
