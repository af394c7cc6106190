// Where Envoy takes an address as it is, without asking DNS.
import type { AddressJson, SocketAddressJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { PathPart, Visit } from "../visit.js";
import { quoted } from "./rule-text.js";

/** An address that Envoy takes as it is: an IP address and a number for a port. */
export function literal(
  address: AddressJson | undefined,
  parts: readonly PathPart[],
  hint: string | undefined,
  visit: Visit,
): void {
  if (address?.socketAddress !== undefined)
    literalSocket(address.socketAddress, [...parts, "socketAddress"], hint, visit);
}

/** The same of a socket address alone. */
export function literalSocket(
  { address, namedPort, resolverName = "" }: SocketAddressJson,
  parts: readonly PathPart[],
  hint: string | undefined,
  visit: Visit,
): void {
  if (resolverName !== "") return;
  if (address !== undefined && address !== "" && !isIpLiteral(address)) {
    visit.refuse([...parts, "address"], `${quoted(address)} is no IP address`, hint);
  }
  if (namedPort !== undefined) visit.refuse([...parts, "namedPort"], "Envoy knows no names of ports here");
}

/** Whether Envoy reads the text as an IP address; IPv6 is told by its colons. */
export function isIpLiteral(text: string): boolean {
  if (text.includes(":")) return /^[0-9A-Fa-f:.]+(%[^%]+)?$/.test(text);
  const octets = text.split(".");
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
}
