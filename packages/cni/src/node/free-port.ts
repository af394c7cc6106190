import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { CniError } from "../errors.js";
import type { HostPort } from "./host-network.js";

/**
 * Whether nobody listens there now: tried by listening. Without an address, both families are tried, each by itself, as one
 * socket for both sees only one where the system says so (`net.ipv6.bindv6only`). Always true for sctp, which cannot be
 * tried from here.
 *
 * @throws CniError `io_failure` when it cannot be tried: the address is not the host's, the port is not for this user
 */
export async function isPortFree({ port, protocol, hostIP = "" }: HostPort): Promise<boolean> {
  if (protocol === "sctp") return true;
  const listen = protocol === "udp" ? listenOnUdp : listenOnTcp;
  for (const address of hostIP === "" ? ["0.0.0.0", "::"] : [hostIP]) {
    try {
      await listen(port, address);
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
      if (code === "EADDRINUSE") return false;
      // A host without IPv6: nobody listens there either.
      if (hostIP === "" && address === "::" && (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL")) continue;
      throw new CniError("io_failure", `cannot try whether ${address} port ${port} is free: ${cause}`, {}, { cause });
    }
  }
  return true;
}

function listenOnTcp(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host, exclusive: true, ipv6Only: true }, () => server.close(() => resolve()));
  });
}

function listenOnUdp(port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const isV6 = address.includes(":");
    const socket = createSocket({ type: isV6 ? "udp6" : "udp4", ipv6Only: isV6 });
    socket.once("error", (error) => socket.close(() => reject(error)));
    socket.bind({ port, exclusive: true, address }, () => socket.close(() => resolve()));
  });
}
