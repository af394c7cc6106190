import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What `envoy --mode validate` says of a bootstrap. */
export interface Verdict {
  readonly accepted: boolean;
  /** The reason of a refusal. */
  readonly message: string;
}

/** Asks Envoy about one bootstrap after the other, in a folder of its own. */
export class EnvoyValidator {
  readonly #program: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "netmason-validate-"));

  constructor(program: string) {
    this.#program = program;
  }

  /** Where a bootstrap may name files. */
  get folder(): string {
    return this.#folder;
  }

  validate(bootstrap: unknown): Verdict {
    const file = join(this.#folder, "bootstrap.json");
    writeFileSync(file, JSON.stringify(bootstrap));
    const { status, stderr, stdout } = spawnSync(this.#program, ["--mode", "validate", "-c", file, "-l", "critical"], {
      encoding: "utf8",
      timeout: 20_000,
    });
    if (status === 0) return { accepted: true, message: "" };
    return {
      accepted: false,
      message: `${stderr}${stdout}`.trim().split("\n").slice(-6).join("\n").slice(0, 2_000),
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An Envoy that serves. */
export interface RunningEnvoy extends AsyncDisposable {
  readonly adminPort: number;
  /** Ports of the listeners by name. */
  ports(): Promise<ReadonlyMap<string, number>>;
  /** Body of a page of the admin interface. */
  admin(path: string): Promise<string>;
}

/** Starts Envoy with a bootstrap, which gets an admin interface on a port of its own, and waits until it serves. */
export async function startEnvoy(program: string, bootstrap: object): Promise<RunningEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), "netmason-envoy-"));
  const file = join(folder, "bootstrap.json");
  const addressFile = join(folder, "admin");
  const admin = { address: { socketAddress: { address: "127.0.0.1", portValue: 0 } } };
  writeFileSync(file, JSON.stringify({ ...bootstrap, admin }));
  const options = [
    "-c",
    file,
    "-l",
    "error",
    "--disable-hot-restart",
    "--admin-address-path",
    addressFile,
    "--concurrency",
    "1",
  ];
  const child = spawn(program, options, { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = `${errors}${text}`.slice(-4_000);
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const adminPort = await waitUntilLive(child, addressFile, () => errors);
    const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
    return {
      adminPort,
      admin: ask,
      ports: async () => portsIn(await ask("/listeners?format=json")),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function waitUntilLive(child: ChildProcess, addressFile: string, errors: () => string): Promise<number> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`Envoy ended with ${child.exitCode}: ${errors()}`);
    const port = adminPortIn(addressFile);
    if (port !== undefined && (await isLive(port))) return port;
    await sleep(25);
  }
  throw new Error(`Envoy does not serve: ${errors()}`);
}

function adminPortIn(file: string): number | undefined {
  try {
    const port = Number(readFileSync(file, "utf8").split(":").at(-1));
    return port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}

async function isLive(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`)).status === 200;
  } catch {
    return false;
  }
}

interface ListenerStatuses {
  readonly listener_statuses?: readonly {
    readonly name: string;
    readonly local_address: { readonly socket_address: { readonly port_value: number } };
  }[];
}

function portsIn(json: string): ReadonlyMap<string, number> {
  const { listener_statuses: statuses = [] } = JSON.parse(json) as ListenerStatuses;
  return new Map(statuses.map(({ name, local_address: address }) => [name, address.socket_address.port_value]));
}
