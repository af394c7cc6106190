import { createBalancer, type Endpoint, type EndpointSet, isLbError, maglev, roundRobin } from "@netmason/lb";
import { describe, expect, it } from "vitest";

const MOST = 2 ** 32 - 1;
const one = { address: "a:80" };
const zone = { zone: "z" };

/** Tries an update, and whether the balancer still has what it had. */
function refusal(input: unknown): unknown {
  const balancer = createBalancer({ policy: roundRobin(), endpoints: [{ address: "kept:80" }] });
  try {
    balancer.update(input as EndpointSet);
  } catch (error) {
    expect(balancer.inspect().map(({ endpoint }) => endpoint.address)).toEqual(["kept:80"]);
    expect(() => createBalancer({ policy: roundRobin(), endpoints: input as EndpointSet })).toThrow();
    return error;
  }
  return undefined;
}

const circle: Record<string, unknown> = {};
circle.circle = { circle };
const unreadable = (): never => {
  throw new Error("no text");
};

describe("an endpoint set", () => {
  it.each<[string, unknown, string]>([
    ["no address", [{}], "address"],
    ["an empty address", [{ address: "" }], "address"],
    ["a negative weight", [{ ...one, weight: -1 }], "weight"],
    ["a weight that is no number", [{ ...one, weight: Number.NaN }], "weight"],
    ["a weight without end", [{ ...one, weight: Number.POSITIVE_INFINITY }], "weight"],
    ["a weight as text", [{ ...one, weight: "1" }], "weight"],
    ["a priority below 0", [{ ...one, priority: -1 }], "priority"],
    ["a priority above 127", [{ ...one, priority: 128 }], "priority"],
    ["half a priority", [{ ...one, priority: 0.5 }], "priority"],
    ["an unknown health", [{ ...one, health: "fine" }], "health"],
    ["a locality of numbers", [{ ...one, locality: { zone: 1 } }], "locality"],
    ["a host name that is no text", [{ ...one, hostname: 7 }], "hostname"],
    ["a hash key that is no text", [{ ...one, hashKey: 1337 }], "hashKey"],
    ["metadata that is no object", [{ ...one, metadata: "v1" }], "metadata"],
    ["metadata with a bigint in it", [{ ...one, metadata: { a: { b: 1n } } }], "metadata"],
    ["metadata in a circle", [{ ...one, metadata: { a: circle } }], "metadata"],
    ["metadata that cannot be read", [{ ...one, metadata: { a: { toJSON: unreadable } } }], "metadata"],
    [
      "a locality weight below 0",
      { endpoints: [one], localityWeights: [{ locality: zone, weight: -1 }] },
      "localityWeights",
    ],
    [
      "a locality weighed twice",
      { endpoints: [one], localityWeights: [zone, zone].map((locality) => ({ locality, weight: 1 })) },
      "localityWeights",
    ],
    [
      "a locality weight of an unknown priority",
      { endpoints: [one], localityWeights: [{ locality: zone, weight: 1, priority: 128 }] },
      "localityWeights",
    ],
    ["a locality weight without a locality", { endpoints: [one], localityWeights: [{ weight: 1 }] }, "localityWeights"],
    ["a small overprovisioning", { endpoints: [one], overprovisioningPercent: 99 }, "overprovisioningPercent"],
    ["drops above all", { endpoints: [one], dropPercent: 101 }, "dropPercent"],
    ["drops that are no number", { endpoints: [one], dropPercent: Number.NaN }, "dropPercent"],
    ["peers without a number", { endpoints: [one], local: { locality: zone, peers: [{ locality: zone }] } }, "local"],
    ["no list of peers", { endpoints: [one], local: { locality: zone } }, "local"],
  ])("with %s is refused by the name of the field", (_, input, field) => {
    const error = refusal(input);
    expect(isLbError(error, "invalid_endpoint") && error.details.field).toBe(field);
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["a text", "a:80"],
    ["no list", { endpoints: {} }],
    ["an endpoint that is none", [null]],
  ])("that is %s is a TypeError", (_, input) => {
    expect(refusal(input)).toBeInstanceOf(TypeError);
  });

  it("with an address twice is refused by the address", () => {
    const error = refusal([one, { address: "b:80" }, one]);
    expect(isLbError(error, "duplicate_endpoint") && error.details.address).toBe("a:80");
  });

  it("may weigh 2³²−1 a priority, and no more", () => {
    const at = (priority: number, weight: number): Endpoint => ({ address: `${priority}-${weight}`, priority, weight });
    expect(refusal([at(0, MOST), at(1, MOST)])).toBeUndefined();
    const error = refusal([at(0, MOST), at(1, 1), at(0, 1)]);
    expect(isLbError(error, "weight_overflow") && error.details.sum).toBe(2 ** 32);
    const localityWeights = ["a", "b"].map((name) => ({ locality: { zone: name }, weight: MOST }));
    expect(isLbError(refusal({ endpoints: [one], localityWeights }), "weight_overflow")).toBe(true);
  });

  it("may be empty, weigh nothing and leave priorities out: what a pick answers then is defined", () => {
    for (const policy of [roundRobin(), maglev({ tableSize: 7 })]) {
      const pick = (endpoints: readonly Endpoint[]): unknown => createBalancer({ policy, endpoints }).pick();
      expect(pick([])).toEqual({ kind: "fail", reason: "no_endpoints" });
      expect(pick([{ ...one, weight: 0 }])).toMatchObject({ kind: "fail" });
      expect(pick([{ ...one, priority: 127 }])).toMatchObject({ kind: "complete" });
    }
  });
});
