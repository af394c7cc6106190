import { CniError } from "./errors.js";
import { familyOf } from "./internal/address-text.js";
import { present } from "./internal/read-fields.js";
import type { CniResult, ResultOf } from "./result.js";
import type { FamilyAddress, Result020 } from "./result-020.js";
import type { Address040, Interface040, Result040 } from "./result-040.js";
import type { Address100, Result100 } from "./result-100.js";
import type { Dns, Route } from "./result-parts.js";
import { isSpecVersion, type SpecVersion } from "./spec-version.js";

/**
 * Converts between any two versions with libcni's losses: from 1.x down, `mtu`, `socketPath` and `pciID` of interfaces go;
 * to 0.2.0 and 0.1.0 also the interfaces, every address after the first of its family, routes of a family without address
 * and all of a route but `dst` and `gw`. The same version gives the same object.
 *
 * @throws CniError `conversion_failed` when 0.2.0 or 0.1.0 is wanted and there is no address, `unsupported_version` when
 * either is no released version
 * @category Results
 */
export function convertResult<V extends SpecVersion>(result: CniResult, version: V): ResultOf<V> {
  return convertTo(result, version) as ResultOf<V>;
}

function convertTo(result: CniResult, version: SpecVersion): CniResult {
  if (!isSpecVersion(version) || !isSpecVersion(result.cniVersion)) {
    const text = `no converter for CNI result version ${result.cniVersion} to ${version}`;
    throw new CniError("unsupported_version", text);
  }
  if (result.cniVersion === version) return result;
  switch (version) {
    case "0.1.0":
    case "0.2.0":
      return is020(result) ? { ...result, cniVersion: version } : to020(to040(result, "0.4.0"), version);
    case "0.3.0":
    case "0.3.1":
    case "0.4.0":
      return to040(result, version);
    case "1.0.0":
    case "1.1.0":
      return to100(result, version);
    default:
      return version satisfies never;
  }
}

function is020(result: CniResult): result is Result020 {
  return result.cniVersion === "0.1.0" || result.cniVersion === "0.2.0";
}

function is040(result: Result040 | Result100): result is Result040 {
  return result.cniVersion === "0.3.0" || result.cniVersion === "0.3.1" || result.cniVersion === "0.4.0";
}

function to040<V extends Result040["cniVersion"]>(result: CniResult, cniVersion: V): Result040<V> {
  if (is020(result)) return from020(result, cniVersion);
  if (is040(result)) return { ...result, cniVersion };
  return present<Result040<V>>({
    cniVersion,
    interfaces: result.interfaces?.map((each) =>
      present<Interface040>({ name: each.name, mac: each.mac, sandbox: each.sandbox }),
    ),
    ips: result.ips?.map((each) =>
      present<Address040>({
        version: familyOf(each.address),
        interface: each.interface,
        address: each.address,
        gateway: each.gateway,
      }),
    ),
    routes: result.routes,
    dns: result.dns ?? {},
  });
}

function from020<V extends Result040["cniVersion"]>({ ip4, ip6, dns }: Result020, cniVersion: V): Result040<V> {
  const ips: Address040[] = [];
  for (const [version, family] of [["4", ip4] as const, ["6", ip6] as const]) {
    if (family !== undefined) {
      ips.push(present<Address040>({ version, interface: undefined, address: family.ip, gateway: family.gateway }));
    }
  }
  const routes: readonly Route[] = [...(ip4?.routes ?? []), ...(ip6?.routes ?? [])];
  return present<Result040<V>>({
    cniVersion,
    interfaces: undefined,
    ips: ips.length === 0 ? undefined : ips,
    routes: routes.length === 0 ? undefined : routes,
    dns,
  });
}

function to020<V extends Result020["cniVersion"]>({ ips, routes, dns }: Result040, cniVersion: V): Result020<V> {
  const [ip4, ip6] = (["4", "6"] as const).map((family): FamilyAddress | undefined => {
    const first = ips?.find(({ version }) => version === family);
    if (first === undefined) return undefined;
    const own = routes?.filter(({ dst }) => familyOf(dst) === family) ?? [];
    return present<FamilyAddress>({
      ip: first.address,
      gateway: first.gateway,
      routes: own.length === 0 ? undefined : own.map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw })),
    });
  });
  if (ip4 === undefined && ip6 === undefined) {
    throw new CniError("conversion_failed", "cannot convert: no valid IP addresses");
  }
  return present<Result020<V>>({ cniVersion, ip4, ip6, dns });
}

function to100<V extends Result100["cniVersion"]>(result: CniResult, cniVersion: V): Result100<V> {
  if (!is020(result) && !is040(result)) return { ...result, cniVersion };
  const { interfaces, ips, routes, dns } = is020(result) ? from020(result, "0.4.0") : result;
  return present<Result100<V>>({
    cniVersion,
    interfaces,
    ips: ips?.map(({ address, interface: index, gateway }) =>
      present<Address100>({ interface: index, address, gateway }),
    ),
    routes,
    dns: isEmpty(dns) ? undefined : dns,
  });
}

function isEmpty(dns: Dns): boolean {
  return Object.keys(dns).length === 0;
}
