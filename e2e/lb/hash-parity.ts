import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";

/** Answers with the address it was reached at. */
export interface Backend extends AsyncDisposable {
  readonly port: number;
}

/** One server on all loopback addresses, so that every endpoint of a cluster reaches it. */
export async function startBackend(): Promise<Backend> {
  const server = createServer((request, response) => {
    response.setHeader("x-backend", request.socket.localAddress ?? "");
    response.end();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Where Envoy sent a request, and where it arrived. */
export interface Sent {
  readonly upstream: string;
  readonly backend: string;
}

/** Sends one request a key through a listener, some at a time; the answers in the order of the keys. */
export async function sendKeys(port: number, path: string, keys: readonly string[]): Promise<readonly Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const answers: Sent[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < keys.length; at = next++) answers[at] = await send(agent, port, path, keys[at] ?? "");
  };
  try {
    await Promise.all(Array.from({ length: 32 }, worker));
  } finally {
    agent.destroy();
  }
  return answers;
}

async function send(agent: Agent, port: number, path: string, key: string): Promise<Sent> {
  const request = httpRequest({ agent, host: "127.0.0.1", port, path, headers: { "x-key": key } });
  request.end();
  const [response] = await once(request, "response");
  response.resume();
  await once(response, "end");
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode} for ${key}`);
  return { upstream: String(response.headers["x-upstream"]), backend: String(response.headers["x-backend"]) };
}
