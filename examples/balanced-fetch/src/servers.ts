import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How a server behaves. */
export interface Behaviour {
  readonly name: string;
  readonly workMs: number;
  /** So many of its answers are 503, at once. */
  readonly failureRatio: number;
}

/** A server that runs. */
export interface RunningServer extends Behaviour {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** Lets time go by before an answer. */
export type Work = (answer: () => void, workMs: number) => void;

/** Starts servers on free ports of loopback; `random` decides which answers fail. */
export function startServers(
  behaviours: readonly Behaviour[],
  random: () => number,
  work: Work = setTimeout,
): Promise<readonly RunningServer[]> {
  return Promise.all(behaviours.map((behaviour) => startServer(behaviour, random, work)));
}

async function startServer(behaviour: Behaviour, random: () => number, work: Work): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    if (random() < behaviour.failureRatio) outgoing.writeHead(503).end();
    else work(() => outgoing.end(behaviour.name), behaviour.workMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { ...behaviour, port, close: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
