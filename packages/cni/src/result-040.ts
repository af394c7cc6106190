import { CniError } from "./errors.js";
import { familyOf } from "./internal/address-text.js";
import {
  createReader,
  type FieldReader,
  present,
  readAddress,
  readCidr,
  readInteger,
  readList,
  readPart,
  readText,
} from "./internal/read-fields.js";
import { readDns, readRoute } from "./internal/read-route.js";
import type { JsonValue } from "./json-value.js";
import type { Dns, Route } from "./result-parts.js";

/** An interface in a result of 0.3.0 to 0.4.0. */
export type Interface040 = {
  readonly name: string;
  readonly mac?: string;
  /** Path of the network namespace; absent for interfaces of the host. */
  readonly sandbox?: string;
};

/** An address in a result of 0.3.0 to 0.4.0. */
export type Address040 = {
  /** The family. Down-conversion to 0.2.0 goes by this and not by the address. */
  readonly version: "4" | "6";
  /** Index into `interfaces`. */
  readonly interface?: number;
  /** Address and length; host bits are kept. */
  readonly address: string;
  readonly gateway?: string;
};

/** The result of 0.3.0, 0.3.1 and 0.4.0. */
export type Result040<V extends "0.3.0" | "0.3.1" | "0.4.0" = "0.3.0" | "0.3.1" | "0.4.0"> = {
  readonly cniVersion: V;
  readonly interfaces?: readonly Interface040[];
  readonly ips?: readonly Address040[];
  readonly routes?: readonly Route[];
  readonly dns: Dns;
};

/** Reads the fields of a result whose version is known; keys come in the order libcni prints them. */
export function readResult040<V extends "0.3.0" | "0.3.1" | "0.4.0">(value: JsonValue, cniVersion: V): Result040<V> {
  const reader = createReader(value, "");
  return present<Result040<V>>({
    cniVersion,
    interfaces: readList(reader, "interfaces", readInterface),
    ips: readList(reader, "ips", readIp),
    routes: readList(reader, "routes", readRoute),
    dns: readPart(reader, "dns", readDns) ?? {},
  });
}

function readInterface(value: JsonValue, path: string): Interface040 {
  const reader = createReader(value, path);
  return present<Interface040>({
    name: readText(reader, "name") ?? "",
    mac: readText(reader, "mac"),
    sandbox: readText(reader, "sandbox"),
  });
}

function readIp(value: JsonValue, path: string): Address040 {
  const reader = createReader(value, path);
  const address = readCidr(reader, "address");
  return present<Address040>({
    version: readFamily(reader) ?? familyOf(address),
    interface: readInteger(reader, "interface"),
    address,
    gateway: readAddress(reader, "gateway"),
  });
}

/** libcni takes any text and loses an address of another version at the next conversion; absent is told by the address. */
function readFamily(reader: FieldReader): "4" | "6" | undefined {
  const text = readText(reader, "version");
  if (text === undefined || text === "4" || text === "6") return text;
  throw new CniError("invalid_result", `${reader.path}/version: expected "4" or "6", found ${JSON.stringify(text)}`);
}
