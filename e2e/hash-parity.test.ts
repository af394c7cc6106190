// Our pickers and a running Envoy, from the same endpoints, for the same keys.
import { createBalancer, endpointsFromAssignment, maglev, type Policy, ringHash } from "@netmason/lb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "./components.js";
import { type Backend, sendKeys, startBackend } from "./lb/hash-parity.js";
import { EnvoyValidator, startEnvoy } from "./xds/envoy-process.js";

const KEYS = Array.from({ length: 20_000 }, (_, i) => `user-${i * 7919}`);
const LOCALITIES = [
  { region: "b", zone: "2" },
  { region: "a", zone: "9" },
  { region: "b", zone: "10" },
] as const;

interface Scenario {
  readonly name: string;
  readonly policy: Policy;
  /** The same in a cluster of Envoy. */
  readonly cluster: object;
  readonly isFolded: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "ring hash over weights",
    policy: ringHash({ minSize: 1024 }),
    cluster: { lb_policy: "RING_HASH", ring_hash_lb_config: { minimum_ring_size: 1024 } },
    isFolded: false,
  },
  {
    name: "ring hash over weights and localities",
    policy: ringHash({ minSize: 4096, hash: "murmur2", locality: "folded" }),
    cluster: {
      lb_policy: "RING_HASH",
      ring_hash_lb_config: { minimum_ring_size: 4096, hash_function: "MURMUR_HASH_2" },
      common_lb_config: { locality_weighted_lb_config: {} },
    },
    isFolded: true,
  },
  {
    name: "maglev over weights",
    policy: maglev(),
    cluster: { lb_policy: "MAGLEV" },
    isFolded: false,
  },
  {
    name: "maglev over weights and localities",
    policy: maglev({ tableSize: 251, locality: "folded" }),
    cluster: {
      lb_policy: "MAGLEV",
      maglev_lb_config: { table_size: 251 },
      common_lb_config: { locality_weighted_lb_config: {} },
    },
    isFolded: true,
  },
];

/**
 * Ten endpoints of weight 1 to 4 in three localities, which Envoy orders by their names and not as they come: the
 * assignment that both get.
 */
function assignmentOf(name: string, { isFolded }: Scenario, port: number): object {
  const endpoint = (host: number): object => ({
    endpoint: { address: { socket_address: { address: `127.0.1.${host}`, port_value: port } } },
    load_balancing_weight: 1 + (host % 4),
  });
  const hosts = [
    [1, 2, 3, 4],
    [5, 6, 7],
    [8, 9, 10],
  ];
  const endpoints = LOCALITIES.map((locality, i) => ({
    locality,
    ...(isFolded && { load_balancing_weight: 3 + 2 * i }),
    lb_endpoints: hosts[i]?.map(endpoint),
  }));
  return { cluster_name: name, endpoints };
}

function clusterOf(index: number, scenario: Scenario, port: number): object {
  const name = `c${index}`;
  const load_assignment = assignmentOf(name, scenario, port);
  return { name, type: "STATIC", connect_timeout: "5s", load_assignment, ...scenario.cluster };
}

function bootstrapOf(port: number): object {
  const routes = SCENARIOS.map((_, i) => ({
    match: { prefix: `/${i}` },
    route: { cluster: `c${i}`, hash_policy: [{ header: { header_name: "x-key" } }] },
  }));
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "keys",
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes }],
      response_headers_to_add: [{ header: { key: "x-upstream", value: "%UPSTREAM_REMOTE_ADDRESS%" } }],
    },
    http_filters: [
      {
        name: "router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  const listener = {
    name: "keys",
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
  const clusters = SCENARIOS.map((scenario, i) => clusterOf(i, scenario, port));
  return { static_resources: { listeners: [listener], clusters } };
}

describeWith("envoy", "hash policies and a running Envoy", (program) => {
  let backend: Backend;
  let envoy: Awaited<ReturnType<typeof startEnvoy>>;
  let listener = 0;

  beforeAll(async () => {
    backend = await startBackend();
    const validator = new EnvoyValidator(program);
    const bootstrap = bootstrapOf(backend.port);
    expect(validator.validate(bootstrap)).toEqual({ accepted: true, message: "" });
    validator[Symbol.dispose]();
    envoy = await startEnvoy(program, bootstrap);
    listener = (await envoy.ports()).get("keys") ?? 0;
  });

  afterAll(async () => {
    await envoy?.[Symbol.asyncDispose]();
    await backend?.[Symbol.asyncDispose]();
  });

  it.each(SCENARIOS.map((scenario, i) => [scenario.name, scenario, i] as const))(
    "agree on %s",
    async (_, scenario, i) => {
      const endpoints = endpointsFromAssignment(assignmentOf("c", scenario, backend.port));
      const balancer = createBalancer({ policy: scenario.policy, endpoints });
      const sent = await sendKeys(listener, `/${i}`, KEYS);
      const picked = KEYS.map((hashKey) => {
        const result = balancer.pick({ hashKey });
        return result.kind === "complete" ? result.endpoint.address : result.kind;
      });
      expect(new Set(picked).size).toBe(10);
      expect(sent.map(({ upstream }) => upstream)).toEqual(picked);
      expect(sent.map(({ backend: reached }) => `${reached}:${backend.port}`)).toEqual(picked);
    },
  );
});
