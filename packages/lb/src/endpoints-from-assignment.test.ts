import { createBalancer, endpointsFromAssignment, isLbError, maglev } from "@netmason/lb";
import { describe, expect, it } from "vitest";

const socket = (address: string, portValue = 80): object => ({ address: { socketAddress: { address, portValue } } });

const FULL = {
  clusterName: "orders",
  endpoints: [
    {
      locality: { region: "r", zone: "z" },
      loadBalancingWeight: 3,
      lbEndpoints: [
        {
          endpoint: { ...socket("10.0.0.1"), hostname: "one" },
          healthStatus: "DEGRADED",
          loadBalancingWeight: 7,
          metadata: { filterMetadata: { "envoy.lb": { hash_key: "k1", version: "v1" }, other: { a: 1 } } },
        },
        { endpoint: socket("2001:db8::1", 8080) },
      ],
    },
    {
      priority: 1,
      locality: { region: "r", subZone: "s" },
      lbEndpoints: [{ endpoint: { address: { pipe: { path: "/run/a.sock" } } }, healthStatus: "DRAINING" }],
    },
  ],
  policy: {
    overprovisioningFactor: 200,
    weightedPriorityHealth: true,
    dropOverloads: [
      { category: "a", dropPercentage: { numerator: 50 } },
      { category: "b", dropPercentage: { numerator: 5_000, denominator: "TEN_THOUSAND" } },
    ],
  },
};

describe("endpointsFromAssignment", () => {
  it("reads a whole message, in its order", () => {
    expect(endpointsFromAssignment(FULL)).toEqual({
      endpoints: [
        {
          address: "10.0.0.1:80",
          hostname: "one",
          hashKey: "k1",
          weight: 7,
          health: "degraded",
          metadata: { hash_key: "k1", version: "v1" },
          locality: { region: "r", zone: "z" },
        },
        { address: "[2001:db8::1]:8080", locality: { region: "r", zone: "z" } },
        { address: "/run/a.sock", health: "draining", priority: 1, locality: { region: "r", subZone: "s" } },
      ],
      localityWeights: [
        { locality: { region: "r", zone: "z" }, weight: 3 },
        { locality: { region: "r", subZone: "s" }, priority: 1, weight: 0 },
      ],
      overprovisioningPercent: 200,
      weightedPriorityHealth: true,
      dropPercent: 75,
    });
  });

  it("reads Envoy's own spelling, numbers as texts, and what is left out", () => {
    const address = { socket_address: { address: "10.0.0.1", port_value: "80" } };
    const group = { lb_endpoints: [{ endpoint: { address }, load_balancing_weight: "2", health_status: "HEALTHY" }] };
    expect(endpointsFromAssignment({ cluster_name: "c", endpoints: [group] })).toEqual({
      endpoints: [{ address: "10.0.0.1:80", weight: 2 }],
    });
    expect(endpointsFromAssignment({})).toEqual({ endpoints: [] });
    expect(endpointsFromAssignment({ endpoints: null, policy: null })).toEqual({ endpoints: [] });
  });

  it("case 12: ignores a hash key that is no text", () => {
    const metadata = { filterMetadata: { "envoy.lb": { hash_key: 1337 } } };
    const { endpoints } = endpointsFromAssignment({
      endpoints: [{ lbEndpoints: [{ endpoint: socket("10.0.0.1"), metadata }] }],
    });
    expect(endpoints).toEqual([{ address: "10.0.0.1:80", metadata: { hash_key: 1337 } }]);
  });

  it("keeps the last weight of a locality that comes twice", () => {
    const group = (address: string, loadBalancingWeight: number): object => ({
      locality: { zone: "z" },
      loadBalancingWeight,
      lbEndpoints: [{ endpoint: socket(address) }],
    });
    const set = endpointsFromAssignment({ endpoints: [group("10.0.0.1", 1), group("10.0.0.2", 5)] });
    expect(set.localityWeights).toEqual([{ locality: { zone: "z" }, weight: 5 }]);
    expect(createBalancer({ policy: maglev({ locality: "folded" }), endpoints: set }).pick().kind).toBe("complete");
  });

  it.each([
    [{ endpoints: {} }, "/endpoints"],
    [{ endpoints: [7] }, "/endpoints/0"],
    [{ endpoints: [{ lbEndpoints: [{}] }] }, "/endpoints/0/lbEndpoints/0/endpoint"],
    [{ endpoints: [{ lbEndpoints: [{ endpoint: {} }] }] }, "/endpoints/0/lbEndpoints/0/endpoint/address"],
    [
      { endpoints: [{ lbEndpoints: [{ endpoint: { address: {} } }] }] },
      "/endpoints/0/lbEndpoints/0/endpoint/address/socketAddress",
    ],
    [
      { endpoints: [{ lbEndpoints: [{ endpoint: { address: { socketAddress: { address: "a" } } } }] }] },
      "/endpoints/0/lbEndpoints/0/endpoint/address/socketAddress/portValue",
    ],
    [
      { endpoints: [{ lbEndpoints: [{ endpoint: { address: { socketAddress: { portValue: 1 } } } }] }] },
      "/endpoints/0/lbEndpoints/0/endpoint/address/socketAddress/address",
    ],
    [{ endpoints: [{ priority: -1, lbEndpoints: [] }] }, "/endpoints/0/priority"],
    [
      { endpoints: [{ lbEndpoints: [{ endpoint: socket("a"), healthStatus: "FINE" }] }] },
      "/endpoints/0/lbEndpoints/0/healthStatus",
    ],
    [
      { endpoints: [{ locality: { zone: 7 }, lbEndpoints: [{ endpoint: socket("a") }] }] },
      "/endpoints/0/locality/zone",
    ],
    [{ policy: { weightedPriorityHealth: 1 } }, "/policy/weightedPriorityHealth"],
    [{ policy: { dropOverloads: [{}] } }, "/policy/dropOverloads/0/dropPercentage"],
    [
      { policy: { dropOverloads: [{ dropPercentage: { denominator: "TEN" } }] } },
      "/policy/dropOverloads/0/dropPercentage/denominator",
    ],
    [{ policy: { overprovisioningFactor: "many" } }, "/policy/overprovisioningFactor"],
  ])("refuses %j at %s", (assignment, path) => {
    let thrown: unknown;
    try {
      endpointsFromAssignment(assignment);
    } catch (error) {
      thrown = error;
    }
    expect(isLbError(thrown, "invalid_assignment") && thrown.details.path).toBe(path);
  });
});
