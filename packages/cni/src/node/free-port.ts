import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { HostPort } from "./host-network.js";

/** Whether nobody listens there now: tried by listening. Always true for sctp, which cannot be tried from here. */
export async function isPortFree({ port, protocol, hostIP = "" }: HostPort): Promise<boolean> {
  if (protocol === "sctp") return true;
  const address = hostIP === "" ? undefined : hostIP;
  try {
    await (protocol === "udp" ? listenOnUdp(port, address) : listenOnTcp(port, address));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  }
}

function listenOnTcp(port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}

function listenOnUdp(port: number, address: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address === undefined || address.includes(":") ? "udp6" : "udp4");
    socket.once("error", (error) => socket.close(() => reject(error)));
    socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) }, () =>
      socket.close(() => resolve()),
    );
  });
}
