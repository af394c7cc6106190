import {
  createReader,
  present,
  readAddress,
  readCidr,
  readCount,
  readInteger,
  readList,
  readPart,
  readText,
} from "./internal/read-fields.js";
import { readDns, readRoute } from "./internal/read-route.js";
import type { JsonValue } from "./json-value.js";
import type { Dns, Route } from "./result-parts.js";

/** An interface in a result of 1.0.0 and 1.1.0. */
export type Interface100 = {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  /** Path of the network namespace; absent for interfaces of the host. */
  readonly sandbox?: string;
  /** Path of a socket, for vhost-user and the like. */
  readonly socketPath?: string;
  /** `0000:00:1f.6`, for devices on the PCI bus. */
  readonly pciID?: string;
};

/** An address in a result of 1.0.0 and 1.1.0. */
export type Address100 = {
  /** Index into `interfaces`. */
  readonly interface?: number;
  /** Address and length; host bits are kept. */
  readonly address: string;
  readonly gateway?: string;
};

/** The result of 1.0.0 and 1.1.0. */
export type Result100<V extends "1.0.0" | "1.1.0" = "1.0.0" | "1.1.0"> = {
  readonly cniVersion: V;
  readonly interfaces?: readonly Interface100[];
  readonly ips?: readonly Address100[];
  readonly routes?: readonly Route[];
  /** Absent when nothing is set. */
  readonly dns?: Dns;
};

/** Reads the fields of a result whose version is known. libcni reads and prints all of them under both versions. */
export function readResult100<V extends "1.0.0" | "1.1.0">(value: JsonValue, cniVersion: V): Result100<V> {
  const reader = createReader(value, "");
  const dns = readPart(reader, "dns", readDns);
  return present<Result100<V>>({
    cniVersion,
    interfaces: readList(reader, "interfaces", readInterface),
    ips: readList(reader, "ips", readIp),
    routes: readList(reader, "routes", readRoute),
    dns: dns === undefined || Object.keys(dns).length === 0 ? undefined : dns,
  });
}

function readInterface(value: JsonValue, path: string): Interface100 {
  const reader = createReader(value, path);
  return present<Interface100>({
    name: readText(reader, "name") ?? "",
    mac: readText(reader, "mac"),
    mtu: readCount(reader, "mtu"),
    sandbox: readText(reader, "sandbox"),
    socketPath: readText(reader, "socketPath"),
    pciID: readText(reader, "pciID"),
  });
}

function readIp(value: JsonValue, path: string): Address100 {
  const reader = createReader(value, path);
  return present<Address100>({
    interface: readInteger(reader, "interface"),
    address: readCidr(reader, "address"),
    gateway: readAddress(reader, "gateway"),
  });
}
