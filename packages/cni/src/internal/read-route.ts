import type { JsonValue } from "../json-value.js";
import type { Dns, Route } from "../result-parts.js";
import {
  createReader,
  type FieldReader,
  present,
  readAddress,
  readCidr,
  readCount,
  readInteger,
  readText,
  readTexts,
} from "./read-fields.js";

/** Keys in libcni's declared order. */
export function readRoute(value: JsonValue, path: string): Route {
  const reader = createReader(value, path);
  return present<Route>({
    dst: readCidr(reader, "dst"),
    gw: readAddress(reader, "gw"),
    mtu: readCount(reader, "mtu"),
    advmss: readCount(reader, "advmss"),
    priority: readCount(reader, "priority"),
    table: readInteger(reader, "table"),
    scope: readInteger(reader, "scope"),
  });
}

/** Keys in libcni's declared order. */
export function readDns(reader: FieldReader): Dns {
  return present<Dns>({
    nameservers: readTexts(reader, "nameservers"),
    domain: readText(reader, "domain"),
    search: readTexts(reader, "search"),
    options: readTexts(reader, "options"),
  });
}
