import {
  createReader,
  type FieldReader,
  present,
  readAddress,
  readCidr,
  readList,
  readPart,
} from "./internal/read-fields.js";
import { readDns, readRoute } from "./internal/read-route.js";
import type { JsonValue } from "./json-value.js";
import type { Dns, Route } from "./result-parts.js";

/** The one address of a family in a result of 0.1.0 and 0.2.0. */
export type FamilyAddress = {
  /** Address and length: `10.1.2.3/24`. */
  readonly ip: string;
  readonly gateway?: string;
  readonly routes?: readonly Route[];
};

/** The result of 0.1.0 and 0.2.0: at most one address of each family, no interfaces. */
export type Result020<V extends "0.1.0" | "0.2.0" = "0.1.0" | "0.2.0"> = {
  readonly cniVersion: V;
  readonly ip4?: FamilyAddress;
  readonly ip6?: FamilyAddress;
  readonly dns: Dns;
};

/** Reads the fields of a result whose version is known; keys come in the order libcni prints them. */
export function readResult020<V extends "0.1.0" | "0.2.0">(value: JsonValue, cniVersion: V): Result020<V> {
  const reader = createReader(value, "");
  return present<Result020<V>>({
    cniVersion,
    ip4: readPart(reader, "ip4", readFamily),
    ip6: readPart(reader, "ip6", readFamily),
    dns: readPart(reader, "dns", readDns) ?? {},
  });
}

function readFamily(reader: FieldReader): FamilyAddress {
  return present<FamilyAddress>({
    ip: readCidr(reader, "ip"),
    gateway: readAddress(reader, "gateway"),
    routes: readList(reader, "routes", readRoute),
  });
}
