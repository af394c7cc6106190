// What crosses from one package to another is text (DESIGN: seam shapes). The packages may not import each other, so the
// shapes are held here; each package adds its side.
import { type Address100, type NetworkConfigList, parseResult, type Route } from "@netmason/cni";
import { createBalancer, type Endpoint, type EndpointSet, roundRobin } from "@netmason/lb";
import {
  type Address,
  type AddressRange,
  addToAddress,
  createRange,
  formatAddress,
  formatPrefix,
  formatRange,
  type Prefix,
  parseAddress,
  parsePrefix,
  parseRange,
  reverseName,
} from "@netmason/net";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("the text forms of @netmason/net", () => {
  it("are strings in the types", () => {
    expectTypeOf(parseAddress).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(parsePrefix).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(parseRange).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(formatAddress).returns.toEqualTypeOf<string>();
    expectTypeOf(formatPrefix).returns.toEqualTypeOf<string>();
    expectTypeOf(formatRange).returns.toEqualTypeOf<string>();
    expectTypeOf(reverseName).returns.toEqualTypeOf<string>();
    expectTypeOf<ReturnType<(Address | Prefix | AddressRange)["toJSON"]>>().toEqualTypeOf<string>();
  });

  it("are what values print as, and survive JSON", () => {
    const address = parseAddress("2001:DB8::7");
    const values = { address, prefix: parsePrefix("2001:DB8::/32"), range: createRange(address, address) };
    const text = { address: "2001:db8::7", prefix: "2001:db8::/32", range: "2001:db8::7-2001:db8::7" };
    expect(JSON.parse(JSON.stringify(values))).toEqual(text);
    expect([`${values.address}`, `${values.prefix}`, `${values.range}`]).toEqual(Object.values(text));
    expect([parseAddress(text.address), parsePrefix(text.prefix), parseRange(text.range)]).toEqual(
      Object.values(values),
    );
  });
});

describe("the endpoints of @netmason/lb", () => {
  it("are text, numbers and plain objects in the types", () => {
    expectTypeOf<Required<Endpoint>>().toMatchTypeOf<{
      readonly address: string;
      readonly hostname: string;
      readonly hashKey: string;
      readonly weight: number;
      readonly priority: number;
      readonly health: string;
      readonly locality: { readonly region?: string; readonly zone?: string; readonly subZone?: string };
      readonly metadata: Readonly<Record<string, unknown>>;
    }>();
    expectTypeOf<EndpointSet["endpoints"]>().toEqualTypeOf<readonly Endpoint[]>();
  });

  it("survive JSON, with addresses that are host and port in one text", () => {
    const endpoints: EndpointSet = {
      endpoints: [{ address: `[${parseAddress("2001:DB8::7")}]:443`, weight: 2, locality: { zone: "a" } }],
      localityWeights: [{ locality: { zone: "a" }, weight: 1 }],
    };
    const copy = JSON.parse(JSON.stringify(endpoints)) as EndpointSet;
    const balancer = createBalancer({ policy: roundRobin(), endpoints: copy });
    expect(JSON.parse(JSON.stringify(balancer.pick()))).toEqual({
      kind: "complete",
      endpoint: { address: "[2001:db8::7]:443", weight: 2, locality: { zone: "a" } },
      slot: 0,
    });
  });
});

describe("the text forms of @netmason/cni", () => {
  it("are strings where other packages put addresses", () => {
    expectTypeOf<Address100["address"]>().toEqualTypeOf<string>();
    expectTypeOf<Route["dst"]>().toEqualTypeOf<string>();
    expectTypeOf<NetworkConfigList["name"]>().toEqualTypeOf<string>();
  });

  it("take a value of @netmason/net by its text", () => {
    const address = parseAddress("2001:DB8::7");
    const ips = [
      { address: `${address}/${parsePrefix("2001:db8::/64").length}`, gateway: String(addToAddress(address, 1)) },
    ];
    expect(parseResult({ cniVersion: "1.1.0", ips })).toEqual({
      cniVersion: "1.1.0",
      ips: [{ address: "2001:db8::7/64", gateway: "2001:db8::8" }],
    });
  });
});
