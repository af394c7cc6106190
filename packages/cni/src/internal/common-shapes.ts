import type { JsonValue } from "../json-value.js";
import type { Dns, Route } from "../result-parts.js";
import {
  type Field,
  type FieldsOf,
  field,
  flag,
  integer,
  listOf,
  mapOf,
  objectOf,
  type Shape,
  text,
  textOf,
} from "./shape.js";

export const addressText: Shape<string> = textOf({ format: "address" });
export const cidrText: Shape<string> = textOf({ format: "cidr" });
export const macText: Shape<string> = textOf({ format: "mac" });

const dnsFields: FieldsOf<Dns> = {
  nameservers: field(listOf(text), "Addresses of resolvers, in the order they are asked."),
  domain: field(text, "The local domain."),
  search: field(listOf(text), "Domains to search, in order."),
  options: field(listOf(text), "Options as in resolv.conf."),
};

export const dnsShape: Shape<Dns> = objectOf<Dns>(dnsFields);

const routeFields: FieldsOf<Route> = {
  dst: field(cidrText, "Where to: an address with a prefix length.", { required: true }),
  gw: field(addressText, "The gateway; absent: the one of the address."),
  mtu: field(integer({ min: 0 }), "Largest packet on this route, in bytes."),
  advmss: field(integer({ min: 0 }), "TCP segment size to announce, in bytes."),
  priority: field(integer({ min: 0 }), "Metric; less is preferred."),
  table: field(integer({ min: 0 }), "Routing table."),
  scope: field(integer({ min: 0, max: 255 }), "0 global, 253 link, 254 host."),
};

export const routeShape: Shape<Route> = objectOf<Route>(routeFields);

/** Fields that every plugin's configuration has; `ipam` is the definition's affair. */
export const pluginFields: Readonly<Record<string, Field<JsonValue>>> = {
  name: field(text, "Name of the network; written by the runtime."),
  cniVersion: field(textOf({ format: "version" }), "Version of the specification; written by the runtime."),
  capabilities: field(
    mapOf(flag) as Shape<JsonValue>,
    "Which arguments of the attachment reach the plugin as runtimeConfig.",
  ),
  dns: field(dnsShape as Shape<JsonValue>, "Resolver settings."),
  prevResult: field(mapOf({ kind: "any" }) as Shape<JsonValue>, "Result of the plugin before; written by the runtime."),
  runtimeConfig: field(mapOf({ kind: "any" }) as Shape<JsonValue>, "Arguments by capability; written by the runtime."),
  args: field(mapOf({ kind: "any" }) as Shape<JsonValue>, "Arguments by user; `cni` is the specification's."),
  "cni.dev/valid-attachments": field({ kind: "any" }, "What is valid, for GC; written by the runtime."),
  "cni.dev/attachments": field({ kind: "any" }, "What is valid, for GC, in an older spelling; written by the runtime."),
};
