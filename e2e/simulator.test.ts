// The simulator answers as a running Envoy does: the same cluster, path, authority, redirect and body, for requests at
// random over route tables at random.
import { assertCompile, bootstrap, cluster, listener, type Outcome, simulate } from "@netmason/xds";
import fc from "fast-check";
import { expect, it } from "vitest";
import { describeWith } from "./components.js";
import { type Answer, type Echo, send, startEcho } from "./xds/echo-upstream.js";
import { startEnvoy } from "./xds/envoy-process.js";
import { ADDRESSES, CLUSTERS, randomRequest, routeTable } from "./xds/random-routes.js";

const TABLES = 50;
const REQUESTS = 40;

describeWith("envoy", "simulate", (program) => {
  it(`agrees with Envoy on ${TABLES * REQUESTS} requests over ${TABLES} route tables`, async () => {
    await using echo = await startEcho();
    const clusters = CLUSTERS.map((name) =>
      cluster.static({ name, endpoints: [{ address: `${ADDRESSES[name]}:${echo.port}` }] }),
    );
    const seed = fc.readConfigureGlobal().seed ?? 1;
    const tables = fc.sample(routeTable, TABLES);
    const listeners = tables.map((routes, index) =>
      listener.http({ name: `l${index}`, address: "127.0.0.1:0", routes }),
    );
    const snapshot = assertCompile({ listeners, clusters });
    await using envoy = await startEnvoy(
      program,
      bootstrap({ node: { id: "n", cluster: "c" }, static: { listeners, clusters } }),
    );
    const ports = await envoy.ports();
    const differences: unknown[] = [];
    const kinds = new Map<string, number>();
    for (const [index] of tables.entries()) {
      for (const request of fc.sample(randomRequest, { numRuns: REQUESTS, seed: seed + index })) {
        const name = `l${index}`;
        const answer = await send({ ...request, port: ports.get(name) ?? 0 });
        const outcome = simulate(snapshot, { listener: name, ...request });
        kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
        const want = seen(answer);
        const got = said(outcome);
        if (got !== want)
          differences.push({
            table: index,
            request,
            envoy: want,
            simulated: got,
            steps: outcome.steps
              .filter(({ stage }) => stage !== "listener")
              .map(({ path, matched, why }) => `${path} ${matched} ${why}`),
            host: JSON.stringify(tables[index]).slice(0, 4_000),
          });
      }
    }
    expect(differences).toEqual([]);
    for (const kind of ["forward", "redirect", "respond", "reject"]) expect(kinds.get(kind) ?? 0).toBeGreaterThan(3);
    expect(kinds.get("undecided")).toBeUndefined();
  });
});

function seen({ status, location, body }: Answer): string {
  if (location !== undefined) return `redirect ${status} ${location}`;
  if (status === 200 && body.startsWith("{")) {
    const { endpoint, path, authority }: Echo = JSON.parse(body);
    const name = CLUSTERS.find((each) => ADDRESSES[each] === endpoint);
    return `forward ${name} ${path} ${authority}`;
  }
  return `${status} ${body}`;
}

function said(outcome: Outcome): string {
  switch (outcome.kind) {
    case "forward":
      return `forward ${outcome.cluster} ${outcome.path} ${outcome.authority}`;
    case "redirect":
      return `redirect ${outcome.status} ${outcome.location}`;
    case "respond":
      return `${outcome.status} ${outcome.body}`;
    case "reject":
      return `${outcome.status} `;
    case "tcp":
    case "undecided":
      return outcome.kind;
    default:
      return outcome satisfies never;
  }
}
