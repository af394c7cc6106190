import {
  type CniResult,
  convertResult,
  formatResult,
  parseResult,
  type ResultOf,
  SPEC_VERSIONS,
  type SpecVersion,
} from "@netmason/cni";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { anyResult, resultOf } from "../test/arbitrary-result.js";

const FULL = parseResult({
  cniVersion: "1.1.0",
  interfaces: [
    { name: "cni0" },
    { name: "eth0", mac: "02:00:00:00:00:01", mtu: 1500, sandbox: "/n", socketPath: "/s", pciID: "0000:00:1f.6" },
  ],
  ips: [
    { interface: 0, address: "10.1.2.3/24", gateway: "10.1.2.1" },
    { interface: 1, address: "2001:db8::3/64", gateway: "2001:db8::1" },
    { address: "10.1.2.4/24" },
    { address: "2001:db8::4/64" },
  ],
  routes: [
    { dst: "0.0.0.0/0", gw: "10.1.2.1", mtu: 1400, advmss: 1360, priority: 5, table: 0, scope: 0 },
    { dst: "::/0", table: 7 },
  ],
  dns: { nameservers: ["10.0.0.53"], domain: "lab", search: ["a", "b"], options: ["ndots:5"] },
});

describe("convertResult", () => {
  it("case 54: 1.1.0 to 0.4.0 loses what only 1.x has, keeps the routes, and names the family", () => {
    expect(JSON.parse(formatResult(convertResult(FULL, "0.4.0")))).toEqual({
      cniVersion: "0.4.0",
      interfaces: [{ name: "cni0" }, { name: "eth0", mac: "02:00:00:00:00:01", sandbox: "/n" }],
      ips: [
        { version: "4", interface: 0, address: "10.1.2.3/24", gateway: "10.1.2.1" },
        { version: "6", interface: 1, address: "2001:db8::3/64", gateway: "2001:db8::1" },
        { version: "4", address: "10.1.2.4/24" },
        { version: "6", address: "2001:db8::4/64" },
      ],
      routes: [
        { dst: "0.0.0.0/0", gw: "10.1.2.1", mtu: 1400, advmss: 1360, priority: 5, table: 0, scope: 0 },
        { dst: "::/0", table: 7 },
      ],
      dns: { nameservers: ["10.0.0.53"], domain: "lab", search: ["a", "b"], options: ["ndots:5"] },
    });
  });

  it("case 55: to 0.2.0 keeps the first address of each family and two fields of a route", () => {
    expect(JSON.parse(formatResult(convertResult(FULL, "0.2.0")))).toEqual({
      cniVersion: "0.2.0",
      ip4: { ip: "10.1.2.3/24", gateway: "10.1.2.1", routes: [{ dst: "0.0.0.0/0", gw: "10.1.2.1" }] },
      ip6: { ip: "2001:db8::3/64", gateway: "2001:db8::1", routes: [{ dst: "::/0" }] },
      dns: { nameservers: ["10.0.0.53"], domain: "lab", search: ["a", "b"], options: ["ndots:5"] },
    });
  });

  it("case 55: drops the routes of a family without address", () => {
    const v4 = parseResult('{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/8"}],"routes":[{"dst":"::/0"}]}');
    expect(convertResult(v4, "0.1.0")).toEqual({ cniVersion: "0.1.0", ip4: { ip: "10.0.0.2/8" }, dns: {} });
  });

  it("case 56: without addresses there is no 0.2.0, and 0.4.0 and 1.0.0 are nearly empty", () => {
    const empty = parseResult('{"cniVersion":"1.1.0"}');
    expect(() => convertResult(empty, "0.2.0")).toThrow("[conversion_failed] cannot convert: no valid IP addresses");
    expect(formatResult(convertResult(empty, "0.4.0"))).toBe('{"cniVersion":"0.4.0","dns":{}}');
    expect(formatResult(convertResult(empty, "1.0.0"))).toBe('{"cniVersion":"1.0.0"}');
  });

  it("case 57: the interface index 0 survives, and none stays none", () => {
    const there = convertResult(convertResult(FULL, "0.4.0"), "1.1.0");
    expect(there.ips?.map((ip) => ip.interface)).toEqual([0, 1, undefined, undefined]);
    expect(there.ips?.map((ip) => Object.hasOwn(ip, "interface"))).toEqual([true, true, false, false]);
  });

  it.each(["", ',"gw":"10.1.0.1"'])("case 59: 0.2.0 to 0.4.0 and back is the same (%s)", (gw) => {
    const text = `{"cniVersion":"0.2.0","ip4":{"ip":"10.1.2.3/16","gateway":"10.1.0.1","routes":[{"dst":"10.0.0.0/8"${gw}}]},"ip6":{"ip":"2001:db8::3/64"},"dns":{}}`;
    const result = parseResult(text);
    expect(formatResult(convertResult(convertResult(result, "0.4.0"), "0.2.0"))).toBe(text);
  });

  it("goes by the written family and not by the address on the way to 0.2.0", () => {
    const odd = parseResult('{"cniVersion":"0.4.0","ips":[{"version":"6","address":"10.1.2.3/24"}]}');
    expect(convertResult(odd, "0.2.0")).toEqual({ cniVersion: "0.2.0", ip6: { ip: "10.1.2.3/24" }, dns: {} });
  });

  it("refuses versions that are none", () => {
    const unknown: CniResult = { cniVersion: "0.5.0" as "0.4.0", dns: {} };
    expect(() => convertResult(unknown, "1.0.0")).toThrow(
      "[unsupported_version] no converter for CNI result version 0.5.0 to 1.0.0",
    );
    expect(() => convertResult(FULL, "" as SpecVersion)).toThrow("[unsupported_version]");
  });

  it("gives the same object for the same version, and its type for each", () => {
    expect(convertResult(FULL, "1.1.0")).toBe(FULL);
    expectTypeOf(convertResult(FULL, "0.2.0")).toEqualTypeOf<ResultOf<"0.2.0">>();
    expectTypeOf(convertResult(FULL, "1.1.0").interfaces).not.toBeAny();
  });

  it("keeps on a way back what the version between can carry", () => {
    fc.assert(
      fc.property(anyResult, fc.constantFrom(...SPEC_VERSIONS), (result, between) => {
        fc.pre(canCarry(result, between));
        expect(convertResult(convertResult(result, between), result.cniVersion)).toEqual(result);
      }),
      { numRuns: 2_000 },
    );
  });

  it("changes neither its input nor anything when done twice", () => {
    fc.assert(
      fc.property(anyResult, fc.constantFrom(...SPEC_VERSIONS), (result, version) => {
        fc.pre(version > "0.2.0" || canCarry(result, version));
        const before = JSON.stringify(result);
        const once = convertResult(result, version);
        expect(JSON.stringify(result)).toBe(before);
        expect(convertResult(once, version)).toBe(once);
        expect(parseResult(formatResult(once))).toEqual(once);
      }),
    );
  });
});

/** Written from the tables of the specification, not from the converter. */
function canCarry(result: CniResult, version: SpecVersion): boolean {
  const generation = (each: SpecVersion): number => (each < "0.3.0" ? 0 : each < "1.0.0" ? 1 : 2);
  const from = generation(result.cniVersion);
  const to = generation(version);
  if (to >= from) return true;
  if (result.cniVersion === "0.1.0" || result.cniVersion === "0.2.0") return true;
  const { interfaces = [], ips = [], routes = [] } = result;
  if (to === 1) return interfaces.every((each) => !("mtu" in each || "socketPath" in each || "pciID" in each));
  const families = ips.map(({ address }) => address.includes(":"));
  const sorted =
    families.length > 0 && families.length <= 2 && families.join() === [...new Set(families)].sort().join();
  const plain = routes.every((route) => Object.keys(route).every((key) => key === "dst" || key === "gw"));
  const routed = routes.map(({ dst }) => dst.includes(":"));
  const placed = routed.every((is6) => families.includes(is6)) && routed.join() === [...routed].sort().join();
  return interfaces.length === 0 && ips.every((ip) => ip.interface === undefined) && sorted && plain && placed;
}

describe("parseResult", () => {
  it.each([
    ["2001:DB8:0:0:0:0:0:1/64", "2001:db8::1/64"],
    ["10.1.2.3/24", "10.1.2.3/24"],
    ["::ffff:1.2.3.4/120", "1.2.3.4/24"],
    ["::ffff:1.2.3.4/64", "1.2.3.4/0"],
    ["::/0", "::/0"],
    ["1.2.3.4/032", "1.2.3.4/32"],
  ])("case 58: %s becomes %s", (address, canonical) => {
    expect(parseResult({ cniVersion: "1.0.0", ips: [{ address }] })).toEqual({
      cniVersion: "1.0.0",
      ips: [{ address: canonical }],
    });
  });

  it.each([
    "01.2.3.4/24",
    "1.2.3.4",
    "1.2.3.4/33",
    "::1/129",
    "1.2.3.4/",
    "1.2.3.4/-1",
    "fe80::1%eth0/64",
    "",
    null,
    5,
  ])("case 58: %j is refused", (address) => {
    expect(() => parseResult({ cniVersion: "1.0.0", ips: [{ address }] })).toThrow("[invalid_result] /ips/0/address");
  });

  it("case 43: a missing version is the default, and 0.1.0 without one", () => {
    expect(parseResult('{"ips":[]}', "0.4.0")).toEqual({ cniVersion: "0.4.0", dns: {} });
    expect(parseResult('{"cniVersion":""}')).toEqual({ cniVersion: "0.1.0", dns: {} });
    expect(parseResult("null", "1.0.0")).toEqual({ cniVersion: "1.0.0" });
  });

  it("case 35: refuses a version it does not know", () => {
    expect(() => parseResult('{"cniVersion":"0.4567.0"}')).toThrow(
      '[unsupported_version] unsupported CNI result version "0.4567.0"',
    );
    expect(() => parseResult('{"cniVersion":1}')).toThrow('unsupported CNI result version "1"');
  });

  it("takes null, empty text and empty lists as absent, and drops what it does not know", () => {
    const text = `{"cniVersion":"1.1.0","interfaces":[],"ips":[{"address":"10.0.0.1/8","gateway":"","interface":null}],
      "routes":null,"dns":{"nameservers":[],"domain":""},"more":1}`;
    expect(parseResult(text)).toEqual({ cniVersion: "1.1.0", ips: [{ address: "10.0.0.1/8" }] });
  });

  it("takes 0 as absent where libcni does, and keeps it in table, scope and index", () => {
    const text = `{"cniVersion":"1.1.0","interfaces":[{"name":"a","mtu":0}],"ips":[{"address":"10.0.0.1/8","interface":0}],
      "routes":[{"dst":"10.0.0.0/8","mtu":0,"advmss":0,"priority":0,"table":0,"scope":0}]}`;
    expect(parseResult(text)).toEqual({
      cniVersion: "1.1.0",
      interfaces: [{ name: "a" }],
      ips: [{ address: "10.0.0.1/8", interface: 0 }],
      routes: [{ dst: "10.0.0.0/8", table: 0, scope: 0 }],
    });
  });

  it("reads names that differ in case, the exact one first", () => {
    expect(parseResult('{"CNIVersion":"1.0.0","IPs":[{"ADDRESS":"10.0.0.1/8"}]}')).toEqual({
      cniVersion: "1.0.0",
      ips: [{ address: "10.0.0.1/8" }],
    });
    expect(parseResult('{"cniVersion":"1.0.0","IPS":5,"ips":[]}')).toEqual({ cniVersion: "1.0.0" });
  });

  it("tells the family of an address that does not say it, and refuses one that is none", () => {
    const parse = (ip: object): unknown => parseResult({ cniVersion: "0.3.1", ips: [ip as never] });
    expect(parse({ address: "2001:db8::1/64" })).toMatchObject({ ips: [{ version: "6" }] });
    expect(() => parse({ address: "10.0.0.1/8", version: "5" })).toThrow('expected "4" or "6", found "5"');
  });

  it.each([
    ["[]", "result: expected an object, found an array"],
    ['"text"', "result: expected an object"],
    ['{"cniVersion":"1.0.0","ips":{}}', "/ips: expected an array, found an object"],
    [
      '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.1/8","interface":1.0}]}',
      "/ips/0/interface: expected an integer",
    ],
    [
      '{"cniVersion":"1.0.0","routes":[{"dst":"10.0.0.0/8","mtu":"1500"}]}',
      '/routes/0/mtu: expected an integer, found "1500"',
    ],
    ['{"cniVersion":"1.0.0","interfaces":[{"name":7}]}', "/interfaces/0/name: expected text, found 7"],
    ['{"cniVersion":"1.0.0","dns":{"search":[1]}}', "/dns/search/0: expected text"],
    [
      '{"cniVersion":"1.0.0","routes":[{"dst":"10.0.0.0/8","gw":"10.0.0"}]}',
      "/routes/0/gw: invalid IP address: 10.0.0",
    ],
  ])("refuses %s", (text, why) => {
    expect(() => parseResult(text)).toThrow(`[invalid_result] ${why}`);
  });
});

describe("formatResult", () => {
  const dns = { search: ["s"], nameservers: ["10.0.0.53"], options: ["o"], domain: "d" };
  const route = { scope: 0, table: 0, priority: 1, advmss: 2, mtu: 3, gw: "10.0.0.1", dst: "10.0.0.0/8" };

  it("prints declared order up to 0.4.0, always with dns", () => {
    const result: ResultOf<"0.4.0"> = {
      dns,
      routes: [route],
      ips: [{ gateway: "10.0.0.1", address: "10.0.0.2/8", interface: 0, version: "4" }],
      interfaces: [{ sandbox: "/n", mac: "m", name: "eth0" }],
      cniVersion: "0.4.0",
    };
    expect(formatResult(result)).toBe(
      '{"cniVersion":"0.4.0","interfaces":[{"name":"eth0","mac":"m","sandbox":"/n"}],' +
        '"ips":[{"version":"4","interface":0,"address":"10.0.0.2/8","gateway":"10.0.0.1"}],' +
        '"routes":[{"dst":"10.0.0.0/8","gw":"10.0.0.1","mtu":3,"advmss":2,"priority":1,"table":0,"scope":0}],' +
        '"dns":{"nameservers":["10.0.0.53"],"domain":"d","search":["s"],"options":["o"]}}',
    );
  });

  it("prints the alphabet from 1.0.0 on, without an empty dns", () => {
    const result: ResultOf<"1.0.0"> = {
      cniVersion: "1.0.0",
      routes: [route],
      ips: [{ interface: 0, gateway: "10.0.0.1", address: "10.0.0.2/8" }],
      interfaces: [{ sandbox: "/n", pciID: "p", socketPath: "s", mtu: 9, mac: "m", name: "eth0" }],
      dns,
    };
    expect(formatResult(result)).toBe(
      '{"cniVersion":"1.0.0","dns":{"domain":"d","nameservers":["10.0.0.53"],"options":["o"],"search":["s"]},' +
        '"interfaces":[{"mac":"m","mtu":9,"name":"eth0","pciID":"p","sandbox":"/n","socketPath":"s"}],' +
        '"ips":[{"address":"10.0.0.2/8","gateway":"10.0.0.1","interface":0}],' +
        '"routes":[{"advmss":2,"dst":"10.0.0.0/8","gw":"10.0.0.1","mtu":3,"priority":1,"scope":0,"table":0}]}',
    );
    expect(formatResult({ cniVersion: "1.1.0", dns: {} }, 4)).toBe('{\n    "cniVersion": "1.1.0"\n}');
  });

  it("escapes as Go does, and refuses what no reader would take", () => {
    const named = (name: string): CniResult => ({ cniVersion: "1.1.0", interfaces: [{ name }] });
    expect(formatResult(named("<&>\u2028"))).toContain('"\\u003c\\u0026\\u003e\\u2028"');
    expect(() => formatResult({ cniVersion: "1.1.0", ips: [{ address: "nowhere" }] })).toThrow("[invalid_result]");
  });

  it("gives back every result of every version", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SPEC_VERSIONS).chain(resultOf), (result) => {
        expect(parseResult(formatResult(result, 4))).toEqual(result);
      }),
    );
  });
});
