// Shares of priorities, localities and panic: ours and those of a running Envoy over the same endpoints.
import { createBalancer, type Endpoint, type EndpointSet, type Locality, random, roundRobin } from "@netmason/lb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "./components.js";
import { chanceOfSame } from "./lb/chi-squared.js";
import { bootstrapWith, type ProxiedCluster, proxiedEndpoint } from "./lb/envoy-bootstrap.js";
import { type Backend, sendKeys, startBackend } from "./lb/hash-parity.js";
import { startEnvoy } from "./xds/envoy-process.js";

const REQUEST_COUNT = 20_000;
const STATUSES = { healthy: "HEALTHY", degraded: "DEGRADED", unhealthy: "UNHEALTHY", draining: "DRAINING" } as const;

type Kind = keyof typeof STATUSES;

/** Endpoints of one priority and locality, so many of each health. */
interface Group {
  readonly priority?: number;
  readonly locality?: Locality;
  readonly weight?: number;
  readonly counts: Partial<Readonly<Record<Kind, number>>>;
}

interface Scenario {
  readonly name: string;
  readonly groups: readonly Group[];
  readonly isByLocality?: boolean;
  readonly isDrawn?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "a priority that is half down",
    groups: [{ counts: { healthy: 5, unhealthy: 5 } }, { priority: 1, counts: { healthy: 5 } }],
  },
  {
    name: "three priorities with degraded and draining endpoints, drawn by chance",
    isDrawn: true,
    groups: [
      { counts: { healthy: 2, degraded: 1, unhealthy: 5, draining: 1 } },
      { priority: 1, counts: { healthy: 1, degraded: 2, unhealthy: 3 } },
      { priority: 2, counts: { healthy: 4, unhealthy: 4 } },
    ],
  },
  {
    name: "panic of one priority",
    groups: [{ counts: { healthy: 2, unhealthy: 8 } }, { priority: 1, counts: { healthy: 5, unhealthy: 5 } }],
  },
  {
    name: "panic of all",
    groups: [{ counts: { healthy: 1, unhealthy: 4 } }, { priority: 1, counts: { healthy: 1, unhealthy: 6 } }],
  },
  {
    name: "localities by weight and health",
    isByLocality: true,
    groups: [
      { locality: { zone: "y" }, weight: 2, counts: { healthy: 4 } },
      { locality: { zone: "x" }, weight: 1, counts: { healthy: 2, unhealthy: 2 } },
      { locality: { zone: "z" }, weight: 5, counts: { healthy: 1, unhealthy: 4 } },
    ],
  },
];

/** Addresses run through all groups, so that every endpoint has one of its own. */
function endpointsOf({ groups }: Scenario, port: number): readonly (readonly Endpoint[])[] {
  let next = 1;
  return groups.map(({ priority = 0, locality = {}, counts }) =>
    (Object.keys(STATUSES) as Kind[]).flatMap((health) =>
      Array.from({ length: counts[health] ?? 0 }, (): Endpoint => {
        return { address: `127.0.1.${next++}:${port}`, priority, locality, health };
      }),
    ),
  );
}

function setOf(scenario: Scenario, port: number): EndpointSet {
  const endpoints = endpointsOf(scenario, port).flat();
  if (scenario.isByLocality !== true) return { endpoints };
  const localityWeights = scenario.groups.map(({ locality = {}, weight = 1 }) => ({ locality, weight }));
  return { endpoints, localityWeights };
}

function clusterOf(scenario: Scenario, index: number, port: number): ProxiedCluster {
  const groups = endpointsOf(scenario, port);
  return {
    name: `c${index}`,
    cluster: {
      lb_policy: scenario.isDrawn === true ? "RANDOM" : "ROUND_ROBIN",
      ...(scenario.isByLocality === true && { common_lb_config: { locality_weighted_lb_config: {} } }),
    },
    endpoints: scenario.groups.map(({ priority = 0, locality = {}, weight }, i) => ({
      ...{ priority, locality },
      ...(weight !== undefined && { load_balancing_weight: weight }),
      lb_endpoints: groups[i]?.map(({ address, health }) =>
        proxiedEndpoint(address, { health_status: STATUSES[(health ?? "healthy") as Kind] }),
      ),
    })),
  };
}

function count(addresses: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

describe("chanceOfSame", () => {
  it("is that of the tables of chi squared", () => {
    const of = (a: readonly number[], b: readonly number[]): number => {
      const counts = (list: readonly number[]): ReadonlyMap<string, number> =>
        new Map(list.map((each, i) => [String(i), each]));
      return chanceOfSame(counts(a), counts(b));
    };
    expect(of([50, 50], [50, 50])).toBe(1);
    // (60 - 40)^2 / 100 twice is 8, with one degree of freedom.
    expect(of([60, 40], [40, 60])).toBeCloseTo(0.004678, 5);
    expect(of([100, 100, 100, 0], [100, 100, 0, 100])).toBeLessThan(1e-40);
    expect(of([30, 30, 40], [20, 40, 40])).toBeCloseTo(0.18, 1);
  });
});

describeWith("envoy", "shares of requests and a running Envoy", (program) => {
  let backend: Backend;
  let envoy: Awaited<ReturnType<typeof startEnvoy>>;
  let listener = 0;

  beforeAll(async () => {
    backend = await startBackend();
    envoy = await startEnvoy(program, bootstrapWith(SCENARIOS.map((each, i) => clusterOf(each, i, backend.port))));
    listener = (await envoy.ports()).get("proxy") ?? 0;
  });

  afterAll(async () => {
    await envoy?.[Symbol.asyncDispose]();
    await backend?.[Symbol.asyncDispose]();
  });

  it.each(SCENARIOS.map((scenario, i) => [scenario.name, scenario, i] as const))(
    "agree: %s",
    async (_, scenario, i) => {
      const policy =
        scenario.isDrawn === true
          ? random()
          : roundRobin({ locality: scenario.isByLocality === true ? "weighted" : "merged" });
      const compare = async (): Promise<number> => {
        const balancer = createBalancer({ policy, endpoints: setOf(scenario, backend.port) });
        const sent = await sendKeys(listener, `/c${i}`, Array.from({ length: REQUEST_COUNT }, String));
        const picked = Array.from({ length: REQUEST_COUNT }, () => {
          const result = balancer.pick();
          return result.kind === "complete" ? result.endpoint.address : result.kind;
        });
        return chanceOfSame(count(sent.map(({ upstream }) => upstream)), count(picked));
      };
      const chance = await compare();
      // By chance alone one of a million comparisons is as far off; then it is drawn again, once.
      expect(chance > 1e-6 ? chance : await compare()).toBeGreaterThan(1e-6);
    },
  );
});
