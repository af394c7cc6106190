import type { AddressJson, SocketAddressJson } from "@netmason/envoy-api/envoy/config/core/v3";
import { XdsError } from "../errors.js";

const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([^[\]:/\s]+)):([0-9]{1,5})$/;

/**
 * Reads `host:port`, `[v6]:port`, the path of a Unix socket (`/run/app.sock`) or an abstract one (`@app`).
 *
 * @throws {@link XdsError} `invalid_address`
 */
export function addressOf(text: string): AddressJson {
  if (/^[/@]./.test(text)) return { pipe: { path: text } };
  return { socketAddress: socketAddressOf(text) };
}

export function socketAddressOf(text: string): SocketAddressJson {
  const [, v6, host, digits] = HOST_AND_PORT.exec(text) ?? [];
  const address = v6 ?? host;
  const portValue = Number(digits);
  if (address === undefined || portValue > 65_535) {
    throw new XdsError("invalid_address", `${JSON.stringify(text)} is no host:port, [v6]:port or socket path`, {
      address: text,
    });
  }
  return { address, portValue };
}
