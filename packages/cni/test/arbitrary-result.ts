import { type CniResult, parseResult, SPEC_VERSIONS, type SpecVersion } from "@netmason/cni";
import fc from "fast-check";

const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join("."));
const v6 = fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 }).map((groups) => {
  return `2001:${groups.map((group) => group.toString(16)).join(":")}`;
});
const cidr4 = fc.tuple(v4, fc.nat(32)).map(([address, length]) => `${address}/${length}`);
const cidr6 = fc.tuple(v6, fc.nat(128)).map(([address, length]) => `${address}/${length}`);
const cidr = fc.oneof(cidr4, cidr6);
const address = fc.oneof(v4, v6);
const name = fc.string({ minLength: 1, maxLength: 8 });
const optional = { requiredKeys: [] as never[] };

const dns = fc.record(
  {
    nameservers: fc.array(v4, { minLength: 1, maxLength: 2 }),
    domain: name,
    search: fc.array(name, { minLength: 1, maxLength: 2 }),
    options: fc.array(name, { minLength: 1, maxLength: 2 }),
  },
  optional,
);
const route = (dst: fc.Arbitrary<string>): fc.Arbitrary<object> =>
  fc.record(
    {
      dst,
      gw: address,
      mtu: fc.integer({ min: 1, max: 9_000 }),
      advmss: fc.integer({ min: 1, max: 9_000 }),
      priority: fc.integer({ min: 1, max: 9 }),
      table: fc.nat(9),
      scope: fc.constantFrom(0, 253, 254),
    },
    { requiredKeys: ["dst"] },
  );
const plainRoute = (dst: fc.Arbitrary<string>): fc.Arbitrary<object> =>
  fc.record({ dst, gw: address }, { requiredKeys: ["dst"] });
const some = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(each, { minLength: 1, maxLength: 3 });

const family = (ip: fc.Arbitrary<string>): fc.Arbitrary<object> =>
  fc.record({ ip, gateway: address, routes: some(plainRoute(ip)) }, { requiredKeys: ["ip"] });

function bodyOf(version: SpecVersion): fc.Arbitrary<object> {
  if (version === "0.1.0" || version === "0.2.0") {
    const both = { ip4: family(cidr4), ip6: family(cidr6), dns };
    return fc.oneof(fc.record(both, { requiredKeys: ["ip4"] }), fc.record(both, { requiredKeys: ["ip6"] }));
  }
  const modern = version === "1.0.0" || version === "1.1.0";
  const later = modern ? { mtu: fc.integer({ min: 1, max: 9_000 }), socketPath: name, pciID: name } : {};
  const interfaces = fc.record({ name, mac: name, sandbox: name, ...later }, { requiredKeys: ["name"] });
  const ip = fc.record({ address: cidr, gateway: address, interface: fc.nat(3) }, { requiredKeys: ["address"] });
  // Half of the results are such as an old version can carry.
  const old = { ips: fc.tuple(fc.record({ address: cidr4 })), routes: some(plainRoute(cidr4)), dns };
  const full = { interfaces: some(interfaces), ips: some(ip), routes: some(route(cidr)), dns };
  return fc.oneof(fc.record(full, optional), fc.record(old, { requiredKeys: ["ips"] }));
}

/** Results of one version, in the form `parseResult` gives. */
export function resultOf(version: SpecVersion): fc.Arbitrary<CniResult> {
  return bodyOf(version).map((body) => parseResult(JSON.stringify({ ...body, cniVersion: version })));
}

export const anyResult: fc.Arbitrary<CniResult> = fc.constantFrom(...SPEC_VERSIONS).chain(resultOf);
