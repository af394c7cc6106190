import { type ChildProcess, spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createBalancer,
  createConcurrencyBudget,
  type EndpointSet,
  isLbError,
  type LbErrorCode,
  roundRobin,
} from "@netmason/lb";
import { type DnsEvent, resolveAddresses, resolveServices, watchAddresses, watchServices } from "@netmason/lb/dns";
import { balance } from "@netmason/lb/undici";
import { Agent, fetch } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "./components.js";

const SOA = "@ 1 SOA ns hostmaster";

/** Knot over one zone whose records can be exchanged, and one that it cannot load. */
class Knot {
  readonly resolver: Resolver = new Resolver({ timeout: 500, tries: 1 });
  readonly #program: string;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "netmason-knot-"));
  #process: ChildProcess | undefined;
  #serial = 1;
  #port = 0;

  constructor(program: string) {
    this.#program = program;
  }

  async start(records: string): Promise<void> {
    this.#port = await freePort();
    this.resolver.setServers([`127.0.0.1:${this.#port}`]);
    this.#write(records);
    const file = join(this.#folder, "knot.conf");
    const storage = `storage: ${this.#folder}`;
    writeFileSync(
      file,
      [
        `server:\n  rundir: ${this.#folder}\n  listen: 127.0.0.1@${this.#port}\n  udp-workers: 1\n  tcp-workers: 1`,
        `database:\n  ${storage}`,
        "log:\n  - target: stderr\n    any: critical",
        `zone:\n  - domain: example.test\n    ${storage}\n    file: example.zone\n    semantic-checks: off`,
        `  - domain: broken.test\n    ${storage}\n    file: absent.zone`,
      ].join("\n"),
    );
    await this.run(file);
  }

  async run(file: string = join(this.#folder, "knot.conf")): Promise<void> {
    this.#process = spawn(this.#program, ["-c", file], { stdio: "ignore" });
    await this.#until((code) => code === undefined);
  }

  /** Puts other records into the zone and waits until they are served. */
  async serve(records: string): Promise<void> {
    this.#write(records);
    this.#process?.kill("SIGHUP");
    await this.#until((code) => code === undefined);
  }

  async stop(): Promise<void> {
    if (this.#process === undefined || this.#process.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exit;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(records: string): void {
    this.#serial++;
    const soa = `${SOA} ${this.#serial} 60 60 60 1`;
    const marker = `serial${this.#serial} 1 A 10.9.9.9`;
    const lines = ["$ORIGIN example.test.", soa, "@ 1 NS ns", "ns 1 A 127.0.0.1", marker, records];
    writeFileSync(join(this.#folder, "example.zone"), `${lines.join("\n")}\n`);
  }

  async #until(isRight: (code: LbErrorCode | undefined) => boolean): Promise<void> {
    for (let turn = 0; turn < 500; turn++) {
      const asked = resolveAddresses(`serial${this.#serial}.example.test`, 1, {
        resolver: this.resolver,
        families: [4],
      });
      if (isRight(await codeOf(asked))) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error("knotd does not serve what it was told");
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function codeOf(work: Promise<unknown>): Promise<LbErrorCode | undefined> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !isLbError(error)) throw error;
  return isLbError(error) ? error.code : undefined;
}

const shown = ({ endpoints }: EndpointSet): readonly string[] =>
  endpoints.map(({ address, priority = 0, weight = 1 }) => `${address} ${priority} ${weight}`);

const HOSTS = "a 60 A 10.0.0.1\na 60 AAAA 2001:db8::1\nb 1 A 10.0.0.2\nb 1 A 10.0.0.3\ntext 1 TXT nothing";
const SERVICES = "_s._tcp 1 SRV 20 0 8080 a\n_s._tcp 1 SRV 10 3 80 b\n_s._tcp 1 SRV 10 0 81 a\n_off._tcp 1 SRV 0 0 0 .";

describeWith("knot", "endpoints from a DNS server", (program) => {
  const knot = new Knot(program);
  beforeAll(() => knot.start(`${HOSTS}\n${SERVICES}`));
  afterAll(() => knot.remove());

  it("are the addresses of a name, and the services of another", async () => {
    const { resolver } = knot;
    expect(shown(await resolveAddresses("a.example.test", 80, { resolver }))).toEqual([
      "10.0.0.1:80 0 1",
      "[2001:db8::1]:80 0 1",
    ]);
    expect(shown(await resolveServices("_s._tcp.example.test", { resolver }))).toEqual([
      "10.0.0.1:81 0 0.5",
      "10.0.0.2:80 0 1.5",
      "10.0.0.3:80 0 1.5",
      "[2001:db8::1]:81 0 0.5",
      "10.0.0.1:8080 1 0.5",
      "[2001:db8::1]:8080 1 0.5",
    ]);
  });

  it("are told apart when there are none", async () => {
    const of = (name: string): Promise<LbErrorCode | undefined> =>
      codeOf(resolveAddresses(name, 80, { resolver: knot.resolver }));
    expect(await of("text.example.test")).toBe("dns_no_data");
    expect(await of("absent.example.test")).toBe("dns_no_such_name");
    expect(await of("a.broken.test")).toBe("dns_failed");
    const services = resolveServices("_off._tcp.example.test", { resolver: knot.resolver });
    expect(await codeOf(services)).toBe("dns_no_data");
  });

  it("follow the server's changes into a balancer, and outlive the server", async () => {
    const balancer = createBalancer({ policy: roundRobin() });
    const controller = new AbortController();
    const events: DnsEvent[] = [];
    const options = {
      ...{ resolver: knot.resolver, signal: controller.signal, minRefreshMs: 1, maxRefreshMs: 50, refreshMs: 50 },
      backoff: { delayMs: () => 50 },
      onEvent: (event: DnsEvent) => events.push(event),
    };
    const watching = (async () => {
      for await (const set of watchAddresses("b.example.test", 80, options)) balancer.update(set);
    })();
    const seen = (): string =>
      balancer
        .inspect()
        .map(({ endpoint }) => endpoint.address)
        .join();
    const until = async (addresses: string): Promise<void> => {
      for (let turn = 0; turn < 500 && seen() !== addresses; turn++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(seen()).toBe(addresses);
    };
    await until("10.0.0.2:80,10.0.0.3:80");
    await knot.serve("b 1 A 10.0.0.3\nb 1 A 10.0.0.4");
    await until("10.0.0.3:80,10.0.0.4:80");
    await knot.stop();
    const before = events.length;
    for (let turn = 0; turn < 500 && !events.slice(before).some(({ kind }) => kind === "failed"); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(events.slice(before).map(({ kind }) => kind)).toContain("failed");
    expect([seen(), balancer.pick().kind]).toEqual(["10.0.0.3:80,10.0.0.4:80", "complete"]);
    await knot.run();
    await knot.serve("b 1 TXT gone");
    await until("");
    expect(events.some(({ kind }) => kind === "no_data")).toBe(true);
    await knot.serve("c 1 A 10.0.0.1");
    for (let turn = 0; turn < 500 && !events.some(({ kind }) => kind === "no_such_name"); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(events.some(({ kind }) => kind === "no_such_name")).toBe(true);
    controller.abort();
    await watching;
  });

  it("of a service change with its records", async () => {
    await knot.serve(`${HOSTS}\n${SERVICES}`);
    const sets: (readonly string[])[] = [];
    for await (const set of watchServices("_s._tcp.example.test", { resolver: knot.resolver, refreshMs: 20 })) {
      sets.push(shown(set));
      if (sets.length === 1) await knot.serve(`${HOSTS}\n_s._tcp 1 SRV 1 1 9 b`);
      else break;
    }
    expect(sets[1]).toEqual(["10.0.0.2:9 0 0.5", "10.0.0.3:9 0 0.5"]);
  });

  it("carry a balanced fetch from the records to the servers", async () => {
    const counts = new Map<number, number>();
    const servers = await Promise.all([0, 1, 2].map(() => startServer(counts)));
    const agent = new Agent();
    const controller = new AbortController();
    const balancer = createBalancer({ policy: roundRobin() });
    const dispatcher = agent.compose(balance({ balancer, retry: { budget: createConcurrencyBudget() } }));
    const records = (weights: readonly number[]): string => {
      const lines = servers.map(({ port }, i) => `_w._tcp 1 SRV ${i < 2 ? 1 : 2} ${weights[i]} ${port} here`);
      return ["here 1 A 127.0.0.1", ...lines].join("\n");
    };
    const ask = async (count: number): Promise<readonly number[]> => {
      counts.clear();
      for (let i = 0; i < count; i++) {
        const response = await fetch("http://w.example.test/", { dispatcher });
        expect(await response.text()).toBe("w.example.test");
      }
      return servers.map(({ port }) => counts.get(port) ?? 0);
    };
    try {
      await knot.serve(records([3, 1, 1]));
      const watching = (async () => {
        const options = { resolver: knot.resolver, refreshMs: 20, signal: controller.signal, families: [4] as const };
        for await (const set of watchServices("_w._tcp.example.test", options)) balancer.update(set);
      })();
      // The first request waits for the first answer of DNS.
      expect(await ask(40)).toEqual([30, 10, 0]);
      await servers[0]?.stop();
      await servers[1]?.stop();
      await knot.serve(`here 1 A 127.0.0.1\n_w._tcp 1 SRV 2 1 ${servers[2]?.port} here`);
      for (let turn = 0; turn < 500 && balancer.inspect().length > 1; turn++)
        await new Promise((r) => setTimeout(r, 10));
      expect(await ask(5)).toEqual([0, 0, 5]);
      controller.abort();
      await watching;
    } finally {
      controller.abort();
      await agent.destroy();
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
});

/** Answers the host it was asked for, and counts by its port. */
async function startServer(
  counts: Map<number, number>,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const server = createHttpServer((incoming, outgoing) => {
    const { localPort = 0 } = incoming.socket;
    counts.set(localPort, (counts.get(localPort) ?? 0) + 1);
    outgoing.end(incoming.headers.host);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
