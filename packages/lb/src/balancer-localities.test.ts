import {
  createBalancer,
  type Endpoint,
  type EndpointSet,
  type Locality,
  type LocalityMode,
  type Policy,
  roundRobin,
} from "@netmason/lb";
import { fixedDraws, seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

const zone = (name: string): Locality => ({ zone: name });

/** So many endpoints in each zone, named `A0`, `A1`, … */
function inZones(counts: Readonly<Record<string, number>>, rest: Partial<Endpoint> = {}): readonly Endpoint[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => ({ address: `${name}${i}`, locality: zone(name), ...rest })),
  );
}

function zonesPicked(
  policy: Policy,
  endpoints: EndpointSet,
  draws: readonly (number | bigint)[] | undefined,
  count: number,
): string {
  const random = draws === undefined ? seededRandom(3) : fixedDraws([0, ...draws]);
  const balancer = createBalancer({ policy, endpoints, random });
  return Array.from({ length: count }, () => {
    const result = balancer.pick();
    return result.kind === "complete" ? result.endpoint.address.charAt(0) : "-";
  }).join("");
}

const counts = (text: string): Readonly<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const each of text) found[each] = (found[each] ?? 0) + 1;
  return found;
};

describe("weighted localities", () => {
  const weighted = roundRobin({ locality: "weighted" });
  const weights = [
    { locality: zone("A"), weight: 1 },
    { locality: zone("B"), weight: 2 },
  ];

  it("are chosen by weight, whatever their number of endpoints", () => {
    const set = { endpoints: inZones({ A: 9, B: 1 }), localityWeights: weights };
    // Earliest deadline first over 1 and 2 from seed 0.
    expect(zonesPicked(weighted, set, [], 6)).toBe("BABBAB");
  });

  it("lose weight with their health (case 43)", () => {
    const endpoints = inZones({ A: 4, B: 4 }).map((endpoint, i): Endpoint => {
      return i < 2 ? { ...endpoint, health: "unhealthy" } : endpoint;
    });
    const picked = counts(zonesPicked(weighted, { endpoints, localityWeights: weights }, undefined, 2_700));
    expect(Math.abs((picked.A ?? 0) / 27 - 25.93)).toBeLessThan(0.1);
  });

  it("weigh nothing where they are not named, and do not count where none is", () => {
    const endpoints = inZones({ A: 2, B: 2, C: 2 });
    expect(counts(zonesPicked(weighted, { endpoints, localityWeights: weights }, undefined, 300))).toEqual({
      A: 100,
      B: 200,
    });
    expect(counts(zonesPicked(weighted, { endpoints }, undefined, 300))).toEqual({ A: 100, B: 100, C: 100 });
    const none = weights.map((each) => ({ ...each, weight: 0 }));
    expect(counts(zonesPicked(weighted, { endpoints, localityWeights: none }, undefined, 300))).toEqual({
      A: 100,
      B: 100,
      C: 100,
    });
  });

  it("keep their place through an update in which their endpoints stay", () => {
    const set = { endpoints: inZones({ A: 1, B: 1 }), localityWeights: weights };
    const balancer = createBalancer({ policy: weighted, endpoints: set, random: fixedDraws([0]) });
    const next = (): string => {
      const result = balancer.pick();
      return result.kind === "complete" ? result.endpoint.address : "-";
    };
    const first = [next(), next()];
    expect(balancer.explain().locality).toMatchObject({ chosen: zone("B"), shares: [{ locality: zone("A") }, {}] });
    balancer.update({ ...set, endpoints: [...set.endpoints, { address: "Z", priority: 1 }] });
    expect([...first, next(), next(), next(), next()].join(" ")).toBe("B0 A0 B0 B0 A0 B0");
    balancer.update({ ...set, localityWeights: weights.map(({ locality }) => ({ locality, weight: 1 })) });
    expect([next(), next(), next()]).toEqual(["A0", "B0", "A0"]);
  });
});

describe("folded localities", () => {
  it("are given to the policy with the endpoints in their order, the own one first", () => {
    const views: string[] = [];
    const folded: LocalityMode = "folded";
    const policy: Policy = {
      ...{ name: "looks", word: "hash", locality: folded },
      create: () => ({
        build({ endpoints, localities }) {
          const { indices = [], weights = [] } = localities ?? {};
          views.push(`${endpoints.map(({ address }) => address)} ${Array.from(indices)} ${Array.from(weights)}`);
          return { pick: () => 0 };
        },
      }),
    };
    const endpoints = [...inZones({ B: 1, A: 1 }), { address: "C0", locality: zone("C") }, ...inZones({ B: 0 })];
    const localityWeights = [
      { locality: zone("A"), weight: 3 },
      { locality: zone("C"), weight: 5 },
    ];
    createBalancer({ policy, endpoints: { endpoints } });
    createBalancer({ policy, endpoints: { endpoints, localityWeights } });
    createBalancer({ policy, endpoints: { endpoints, localityWeights, local: { locality: zone("C"), peers: [] } } });
    expect(views).toEqual(["B0,A0,C0  ", "A0,B0,C0 0,1,2 3,0,5", "C0,A0,B0 0,1,2 5,3,0"]);
    const none = { endpoints, localityWeights: [{ locality: zone("A"), weight: 0 }] };
    expect(createBalancer({ policy, endpoints: none }).pick({ hashKey: "k" })).toEqual({
      kind: "fail",
      reason: "policy_returned_none",
    });
  });
});

describe("zone-aware routing", () => {
  const aware = (options: object = {}): Policy =>
    roundRobin({ locality: { zoneAware: { minEndpointCount: 3, ...options } } });
  const local = {
    locality: zone("B"),
    peers: [
      { locality: zone("A"), healthyCount: 1 },
      { locality: zone("B"), healthyCount: 1 },
    ],
  };
  const thirds: EndpointSet = { endpoints: inZones({ A: 1, B: 1, C: 1 }), local };

  it("draws as Envoy does: below 10,000, then what other zones can take (case 44)", () => {
    expect(zonesPicked(aware(), thirds, [0, 6_665, 6_666, 2, 9_999, 3_332], 4)).toBe("BBCC");
  });

  it("tosses the coin of its percentage first", () => {
    // Without regard to zones the policy's own turn counts: A first.
    expect(zonesPicked(aware({ routingPercent: 50 }), thirds, [50, 49, 0, 99, 149, 6_666, 1], 4)).toBe("ABBC");
    expect(zonesPicked(aware({ routingPercent: 0 }), thirds, [], 3)).toBe("ABC");
  });

  it("stays at home where there is room, and takes no account of zones where it cannot", () => {
    const home: EndpointSet = { endpoints: inZones({ A: 1, B: 2 }), local };
    expect(zonesPicked(aware(), home, [], 3)).toBe("BBB");
    expect(zonesPicked(aware({ minEndpointCount: 4 }), home, [], 3)).toBe("ABB");
    expect(zonesPicked(aware(), { endpoints: home.endpoints }, [], 3)).toBe("ABB");
    const away = { locality: zone("Z"), peers: local.peers };
    expect(zonesPicked(aware(), { ...home, local: away }, [], 3)).toBe("ABB");
  });

  it("ends in panic, or fails there where it shall", () => {
    const endpoints = inZones({ A: 2, B: 2 }, { health: "unhealthy" });
    expect(zonesPicked(aware(), { endpoints, local }, [], 4)).toBe("AABB");
    expect(zonesPicked(aware({ failOnPanic: true }), { endpoints, local }, [], 1)).toBe("-");
  });

  it("concerns the first priority only", () => {
    const endpoints = [
      ...inZones({ A: 1, B: 1, C: 1 }, { health: "unhealthy" }),
      ...inZones({ D: 1, E: 1 }, { priority: 1 }),
    ];
    expect(zonesPicked(aware(), { endpoints, local }, [], 4)).toBe("DEDE");
  });

  it("is explained with the share of each zone", () => {
    const balancer = createBalancer({ policy: aware(), endpoints: thirds, random: fixedDraws([0]) });
    const { result, locality } = balancer.explain();
    expect(result).toEqual({ kind: "chance" });
    expect(locality?.shares.map(({ percent }) => percent.toFixed(2))).toEqual(["66.66", "0.00", "33.34"]);
  });
});

describe("health by weight", () => {
  it("splits priorities by weight where the set says so", () => {
    const endpoints: readonly Endpoint[] = [
      { address: "a", weight: 1 },
      { address: "b", weight: 3, health: "unhealthy" },
      { address: "z", priority: 1 },
    ];
    const loadsOf = (set: Partial<EndpointSet>): readonly number[] =>
      createBalancer({ policy: roundRobin(), endpoints: { endpoints, ...set } })
        .explain()
        .priority?.loads.map(({ healthyPercent }) => healthyPercent) ?? [];
    expect(loadsOf({})).toEqual([70, 30]);
    expect(loadsOf({ weightedPriorityHealth: true })).toEqual([35, 65]);
    expect(loadsOf({ overprovisioningPercent: 100 })).toEqual([50, 50]);
  });
});
