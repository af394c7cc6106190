import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";

/** What an endpoint saw. */
export interface Echo {
  /** Address the endpoint was reached at: each cluster has one of its own. */
  readonly endpoint: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A server on all loopback addresses that answers with what it was asked. */
export async function startEcho(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    const echo: Echo = {
      endpoint: request.socket.localAddress ?? "",
      path: request.url ?? "",
      authority: request.headers.host ?? "",
      headers: request.headers,
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(echo));
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

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** Sends a request whose path and headers are taken as they are. */
export async function send(options: {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: Readonly<Record<string, string>>;
}): Promise<Answer> {
  const request = httpRequest({
    host: "127.0.0.1",
    port: options.port,
    method: options.method,
    path: options.path,
    headers: { ...options.headers, host: options.authority },
    agent: false,
  });
  request.end();
  const [response] = await once(request, "response");
  response.setEncoding("utf8");
  let body = "";
  for await (const part of response) body += part;
  return { status: response.statusCode, location: response.headers.location, body };
}
