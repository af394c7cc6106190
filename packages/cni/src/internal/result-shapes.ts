import type { SpecVersion } from "../spec-version.js";
import { addressText, cidrText, dnsShape, routeShape } from "./common-shapes.js";
import { choice, type FieldNode, field, integer, listOf, type Shape, type ShapeNode, text } from "./shape.js";

const object = (fields: Readonly<Record<string, FieldNode>>): Shape<never> => ({ kind: "object", fields, rules: [] });

const gateway = field(addressText, "Gateway of the address.");
const routes = field(listOf(routeShape), "Routes in the container.");
const dns = field(dnsShape, "Resolver settings.");

const family = object({
  ip: field(cidrText, "Address with its prefix length.", { required: true }),
  gateway,
  routes,
});

const address: Readonly<Record<string, FieldNode>> = {
  interface: field(integer({ min: 0 }), "Index into interfaces."),
  address: field(cidrText, "Address with its prefix length.", { required: true }),
  gateway,
};

const interfaceFields: Readonly<Record<string, FieldNode>> = {
  name: field(text, "Name of the interface.", { required: true }),
  mac: field(text, "Its MAC address."),
  sandbox: field(text, "Network namespace; absent for interfaces of the host."),
};

const laterInterfaceFields: Readonly<Record<string, FieldNode>> = {
  mtu: field(integer({ min: 0 }), "Largest packet in bytes."),
  socketPath: field(text, "Path of a socket."),
  pciID: field(text, "Address on the PCI bus."),
};

/** The shape of a result; generations of versions share one. */
export function resultShape(version: SpecVersion): ShapeNode {
  const cniVersion = field(choice("", version), "Version of the specification.");
  if (version === "0.1.0" || version === "0.2.0") {
    return object({ cniVersion, ip4: field(family, "IPv4."), ip6: field(family, "IPv6."), dns });
  }
  const modern = version === "1.0.0" || version === "1.1.0";
  const interfaces = object(modern ? { ...interfaceFields, ...laterInterfaceFields } : interfaceFields);
  const ip = object(modern ? address : { version: field(choice("", "4", "6"), "The family."), ...address });
  return object({
    cniVersion,
    interfaces: field(listOf(interfaces), "Interfaces made, on both sides."),
    ips: field(listOf(ip), "Addresses given."),
    routes,
    dns,
  });
}
