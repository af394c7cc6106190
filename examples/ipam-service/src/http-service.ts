import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AllocateRequest, type Ipam, isIpamError } from "@netmason/ipam";

/**
 * An IPAM over HTTP. `POST /allocations` takes an `AllocateRequest` as JSON and may be repeated: the same handle has the
 * same addresses. `DELETE /allocations/HANDLE` gives them back. `GET /utilization`, `/audit` and `/metrics` answer JSON.
 */
export function createIpamServer(ipam: Ipam): Server {
  return createServer((request, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    answer(ipam, request, gone.signal).then(
      (body) => send(response, body === undefined ? 404 : 200, body ?? { error: "not found" }),
      (error: unknown) => send(response, statusOf(error), { error: String(error) }),
    );
  });
}

async function answer(ipam: Ipam, request: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const route = `${request.method} ${pathname}`;
  if (route === "POST /allocations") return ipam.allocate((await readJson(request)) as AllocateRequest, { signal });
  if (route === "POST /explanations") return ipam.explain((await readJson(request)) as AllocateRequest, { signal });
  if (route === "GET /utilization") return ipam.utilization({ signal });
  if (route === "GET /audit") return ipam.audit({ signal });
  if (route === "GET /metrics") return ipam.metrics();
  const handle = /^DELETE \/allocations\/(.+)$/.exec(route)?.[1];
  return handle === undefined ? undefined : ipam.releaseByHandle(decodeHandle(handle), { signal });
}

function decodeHandle(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new RangeError(`the path ends in ${text}, which is no percent-encoded text`, { cause });
  }
}

/** Conflicts of the caller's making are 4xx; what may succeed when it is repeated is 503. */
function statusOf(error: unknown): number {
  if (isIpamError(error)) return error.retryable ? 503 : 409;
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError ? 400 : 500;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return JSON.parse(text);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // Counts of pools are bigints: a pool of IPv6 has more addresses than a number can count.
  const text = JSON.stringify(body, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}
