import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The program, from ENVOY or PATH; `undefined` without one. */
export function findEnvoy(): string | undefined {
  const program = process.env.ENVOY ?? "envoy";
  return spawnSync(program, ["--version"]).status === 0 ? program : undefined;
}

/** A request for a host, the backend that answers it, and where the gateway listens; both as `address:port`. */
export interface Journey {
  readonly host: string;
  readonly backend: string;
  readonly listen: string;
}

/** Starts the backend and Envoy, sends a request, and says what came back. */
export async function sendThroughEnvoy(envoy: string, folder: string, journey: Journey): Promise<string> {
  const backend = createServer((request, response) =>
    response.end(`backend got ${request.headers.host}${request.url}`),
  );
  backend.listen(portOf(journey.backend), "127.0.0.1");
  await once(backend, "listening");
  const options = [
    "-c",
    join(folder, "bootstrap.json"),
    "-l",
    "critical",
    "--disable-hot-restart",
    "--concurrency",
    "1",
  ];
  const child = spawn(envoy, options, { stdio: "ignore" });
  try {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await ask(portOf(journey.listen), journey.host).catch(() => undefined);
      if (answer !== undefined && !answer.startsWith("503")) return answer;
      await sleep(100);
    }
    return "no answer within ten seconds";
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    backend.close();
  }
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

async function ask(port: number, host: string): Promise<string> {
  const request = get({ host: "127.0.0.1", port, path: "/cart", headers: { host }, agent: false });
  const [response] = await once(request, "response");
  let body = "";
  for await (const part of response.setEncoding("utf8")) body += part;
  return `${response.statusCode} ${body}`;
}
