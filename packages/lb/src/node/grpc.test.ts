import { Client, credentials, Metadata, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import { leastRequest, maglev, type Outcome, type Policy, ringHash, roundRobin } from "@netmason/lb";
import { registerGrpcPolicy } from "@netmason/lb/grpc";
import { afterEach, describe, expect, it } from "vitest";

const servers: Server[] = [];
const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) server.forceShutdown();
});

const asIs = (bytes: Buffer): Buffer => bytes;
const method = { path: "/test.Echo/Say", requestStream: false, responseStream: false } as const;
const serialization = {
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};

/** Answers its name, or the status asked for; `port` 0 takes any. */
async function serve(name: string, port = 0): Promise<{ readonly server: Server; readonly port: number }> {
  const server = new Server();
  servers.push(server);
  server.addService(
    { say: { ...method, ...serialization } },
    {
      say: (call: { request: Buffer }, done: (error: object | null, answer?: Buffer) => void) => {
        const code = Number(call.request.toString());
        if (code === 0) done(null, Buffer.from(name));
        else if (code !== status.DEADLINE_EXCEEDED) done({ code, details: "as asked" });
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  return { server, port: bound };
}

function clientFor(policy: string, ports: readonly number[], config: object = {}): Client {
  const target = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(",")}`;
  const client = new Client(target, credentials.createInsecure(), {
    "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ [policy]: config }] }),
    "grpc.initial_reconnect_backoff_ms": 50,
    "grpc.max_reconnect_backoff_ms": 50,
  });
  clients.push(client);
  return client;
}

interface Asked {
  readonly code?: status;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

function ask(client: Client, { code = status.OK, headers = {}, deadlineMs = 5_000 }: Asked = {}): Promise<string> {
  const metadata = new Metadata({ waitForReady: true });
  for (const [name, value] of Object.entries(headers)) metadata.add(name, value);
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: Buffer): void => {
      if (error === null) resolve(answer?.toString() ?? "");
      else reject(error);
    };
    client.makeUnaryRequest(method.path, asIs, asIs, Buffer.from(String(code)), metadata, options, done);
  });
}

const outcomes: Outcome[] = [];
const active: number[] = [];

function listening(): Policy {
  return {
    ...{ name: "listening", word: "split" },
    create: ({ totalActiveCount }) => ({
      build: () => ({
        pick: () => {
          active.push(totalActiveCount());
          return 0;
        },
      }),
      observe: ({ outcome }) => outcomes.push(outcome),
    }),
  };
}

registerGrpcPolicy("netmason_round_robin", () => roundRobin());
registerGrpcPolicy("netmason_least_request", ({ choiceCount }) =>
  leastRequest({ choiceCount: Number(choiceCount ?? 2) }),
);
registerGrpcPolicy("netmason_maglev", () => maglev({ tableSize: 251 }), { hashHeader: "X-User" });
registerGrpcPolicy("netmason_ring", () => ringHash(), { hashHeader: "x-user-bin" });
registerGrpcPolicy("netmason_listening", listening);

describe("policies in grpc-js", () => {
  it("spread calls over all endpoints", async () => {
    const all = await Promise.all(["a", "b", "c"].map((name) => serve(name)));
    const client = clientFor(
      "netmason_round_robin",
      all.map(({ port }) => port),
    );
    const names = new Set<string>();
    // Endpoints are used from when their connection is ready, so the first calls may see fewer.
    for (let i = 0; i < 200 && names.size < 3; i++) names.add(await ask(client));
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(client)));
    expect(["a", "b", "c"].map((name) => answers.filter((answer) => answer === name).length)).toEqual([10, 10, 10]);
  });

  it("send a header's value to the same endpoint", async () => {
    const all = await Promise.all(["a", "b", "c", "d"].map((name) => serve(name)));
    const client = clientFor(
      "netmason_maglev",
      all.map(({ port }) => port),
    );
    for (let i = 0; i < 300; i++) await ask(client, { headers: { "x-user": `warm ${i}` } });
    const of = async (user: string): Promise<string> => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask(client, { headers: { "x-user": user } })));
      expect(new Set(answers).size).toBe(1);
      return answers[0] ?? "";
    };
    const seen = new Set<string>();
    for (let user = 0; user < 30; user++) seen.add(await of(`user ${user}`));
    expect(seen.size).toBe(4);
  });

  it("do not hash binary headers", async () => {
    const all = await Promise.all(["a", "b", "c"].map((name) => serve(name)));
    const client = clientFor(
      "netmason_ring",
      all.map(({ port }) => port),
    );
    const answers = new Set<string>();
    for (let i = 0; i < 200 && answers.size < 3; i++) answers.add(await ask(client));
    expect(answers.size).toBe(3);
  });

  it("leave out an endpoint that is gone, and take it back", async () => {
    const [a, b] = [await serve("a"), await serve("b")];
    const client = clientFor("netmason_least_request", [a.port, b.port], { choiceCount: 3 });
    const both = async (): Promise<boolean> => {
      const seen = new Set<string>();
      for (let i = 0; i < 400 && seen.size < 2; i++) seen.add(await ask(client));
      return seen.size === 2;
    };
    expect(await both()).toBe(true);
    b.server.forceShutdown();
    await new Promise((resolve) => setImmediate(resolve));
    const answers: string[] = [];
    for (let i = 0; i < 20; i++) answers.push(await ask(client).catch(() => "failed"));
    expect(answers.slice(2)).toEqual(answers.slice(2).map(() => "a"));
    await serve("b", b.port);
    for (let wait = 0; wait < 50 && !(await both()); wait++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await both()).toBe(true);
  });

  it("hear how calls end", async () => {
    const { port } = await serve("a");
    const client = clientFor("netmason_listening", [port]);
    outcomes.length = 0;
    active.length = 0;
    expect(await ask(client)).toBe("a");
    for (const code of [status.UNAVAILABLE, status.NOT_FOUND]) {
      await expect(ask(client, { code })).rejects.toMatchObject({ code });
    }
    await expect(ask(client, { code: status.DEADLINE_EXCEEDED, deadlineMs: 50 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    expect(outcomes).toEqual(["success", "connect_failure", "failure", "timeout"]);
    await ask(client);
    expect(active).toEqual([0, 0, 0, 0, 0]);
  });

  it("fail calls where nothing can be reached, and say so", async () => {
    const client = clientFor("netmason_round_robin", [1]);
    const metadata = new Metadata();
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(method.path, asIs, asIs, Buffer.from("0"), metadata, (failure) => resolve(failure));
    });
    expect(error?.code).toBe(status.UNAVAILABLE);
    expect(error?.details).toMatch(/^netmason_round_robin: no connection established: .*ECONNREFUSED/);
  });

  it("are known once", () => {
    expect(() => registerGrpcPolicy("netmason_maglev", () => maglev())).toThrow(
      'name: "netmason_maglev" is registered already',
    );
    expect(() => registerGrpcPolicy("round_robin", () => roundRobin())).toThrow(TypeError);
  });
});
