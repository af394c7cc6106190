// Addresses of listeners and connections.
import type { SocketAddressJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import { ipBytes } from "./ip-prefix.js";
import { portStart } from "./request-view.js";

/** Where a listener listens; the first is its own address, then come the additional ones. */
export function socketsOf({ address, additionalAddresses = [] }: ListenerJson): readonly SocketAddressJson[] {
  return [address, ...additionalAddresses.map((each) => each.address)].flatMap((each) => each?.socketAddress ?? []);
}

/** `address:port`, with brackets around IPv6. */
export function textOfSocket({ address = "", portValue = 0 }: SocketAddressJson): string {
  return address.includes(":") ? `[${address}]:${portValue}` : `${address}:${portValue}`;
}

/** Host and port of `address:port`. */
export function splitAddress(text: string): {
  readonly host: string;
  readonly port: number | undefined;
  readonly bytes: readonly number[] | undefined;
} {
  const start = portStart(text);
  const host = (start < 0 ? text : text.slice(0, start)).replace(/^\[(.*)\]$/, "$1");
  return { host, port: start < 0 ? undefined : Number(text.slice(start + 1)), bytes: ipBytes(host) };
}
