import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  type Balancer,
  type BalancerOptions,
  createBackoff,
  createBalancer,
  createConcurrencyBudget,
  createOutlierDetector,
  createThrottleBudget,
  type Detector,
  isLbError,
  leastRequest,
  type Policy,
  roundRobin,
} from "@netmason/lb";
import { type BalanceOptions, balance } from "@netmason/lb/undici";
import { Agent, type Dispatcher, request, fetch as undiciFetch, upgrade } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

const servers: Server[] = [];
const agents: Agent[] = [];

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const saying =
  (name: string, status = 200): Answer =>
  (incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(status).end(name);
  };

/** Takes endpoints in the order of the set, moving on with each attempt. */
function inOrder(records: string[] = []): Policy {
  return {
    ...{ name: "in_order", word: "split" },
    create: () => ({
      build: ({ endpoints }) => ({ pick: ({ attempt }) => attempt % endpoints.length }),
      observe: ({ outcome }) => records.push(String(outcome)),
    }),
  };
}

function dispatcherOver(
  addresses: readonly string[],
  options: Partial<BalanceOptions> = {},
  rest: Partial<BalancerOptions> = {},
): { readonly dispatcher: Dispatcher; readonly balancer: Balancer; readonly outcomes: readonly string[] } {
  const outcomes: string[] = [];
  const balancer = createBalancer({
    policy: inOrder(outcomes),
    endpoints: addresses.map((address) => ({ address })),
    ...rest,
  });
  const agent = new Agent();
  agents.push(agent);
  return { dispatcher: agent.compose(balance({ balancer, ...options })), balancer, outcomes };
}

const retry = { budget: createConcurrencyBudget({ minConcurrency: 100 }) };
const url = "http://orders.internal/v1";
/** An address of the loopback interface where nobody listens. */
const NOBODY = "127.0.0.1:1";

/** What stops a test from waiting for something that never comes. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !condition(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}

const fetches = {
  "undici's fetch": undiciFetch,
  "the global fetch": globalThis.fetch as unknown as typeof undiciFetch,
};

describe.each(Object.entries(fetches))("%s over a balancer", (_, fetch) => {
  it("goes to the endpoints in turn and keeps the URL's host", async () => {
    const hosts: (string | undefined)[] = [];
    const addresses = await Promise.all(
      ["a", "b", "c"].map((name) =>
        serve((incoming, outgoing) => {
          hosts.push(incoming.headers.host);
          saying(name)(incoming, outgoing);
        }),
      ),
    );
    const { dispatcher, balancer } = dispatcherOver(addresses, {}, { policy: roundRobin() });
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(await (await fetch(url, { dispatcher })).text());
    expect(answers.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
    expect(new Set(hosts)).toEqual(new Set(["orders.internal"]));
    expect(balancer.metrics()).toMatchObject({ callCount: 6, activeCount: 0, openCallCount: 0 });
  });

  it("sends text and streams, headers and methods as they are", async () => {
    const address = await serve((incoming, outgoing) => {
      void text(incoming).then((body) => outgoing.end(`${incoming.method} ${incoming.headers["x-a"]} ${body}`));
    });
    const { dispatcher } = dispatcherOver([address]);
    const headers = { "x-a": "1" };
    const posted = await fetch(url, { dispatcher, method: "POST", body: "text", headers });
    expect(await posted.text()).toBe("POST 1 text");
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("in "));
        controller.enqueue(new TextEncoder().encode("parts"));
        controller.close();
      },
    });
    const streamed = await fetch(url, { dispatcher, method: "PUT", body: stream, headers, duplex: "half" });
    expect(await streamed.text()).toBe("PUT 1 in parts");
  });

  it("tries another endpoint where one cannot be reached or answers 503", async () => {
    const bad = await serve(saying("bad", 503));
    const good = await serve(saying("good"));
    const { dispatcher, outcomes, balancer } = dispatcherOver([NOBODY, bad, good], { retry });
    const response = await fetch(url, { dispatcher });
    expect([response.status, await response.text()]).toEqual([200, "good"]);
    expect(outcomes).toEqual(["connect_failure", "503", "200"]);
    expect(balancer.metrics()).toMatchObject({ callCount: 3, activeCount: 0 });
  });

  it("ends an aborted call as cancelled, before and after its response began", async () => {
    const silent = await serve(() => {});
    const { dispatcher, balancer, outcomes } = dispatcherOver([silent], { retry });
    const controller = new AbortController();
    const waiting = fetch(url, { dispatcher, signal: controller.signal });
    await until(() => balancer.metrics().activeCount === 1);
    controller.abort(new DOMException("enough", "AbortError"));
    await expect(waiting).rejects.toThrow("enough");
    await until(() => balancer.metrics().activeCount === 0);
    expect(outcomes).toEqual(["cancelled"]);
    const endless = await serve((_incoming, outgoing) => outgoing.writeHead(200).write("first"));
    const streaming = dispatcherOver([endless]);
    const second = new AbortController();
    const response = await fetch(url, { dispatcher: streaming.dispatcher, signal: second.signal });
    second.abort(new DOMException("enough", "AbortError"));
    await expect(response.text()).rejects.toThrow();
    await until(() => streaming.balancer.metrics().activeCount === 0);
    expect(streaming.outcomes).toEqual(["200"]);
    expect(streaming.balancer.metrics().cancelledCount).toBe(1);
  });

  it("fails with an LbError where there is no endpoint", async () => {
    const { dispatcher } = dispatcherOver([]);
    const error = await fetch(url, { dispatcher }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const cause = isLbError(error) ? error : (error as Error).cause;
    expect(isLbError(cause, "pick_failed") && cause.details.reason).toBe("no_endpoints");
  });
});

describe("attempts", () => {
  it("send text and bytes again, and no stream", async () => {
    const bodies: string[] = [];
    const keeping =
      (status: number): Answer =>
      (incoming, outgoing) => {
        void text(incoming).then((body) => {
          bodies.push(body);
          outgoing.writeHead(status).end();
        });
      };
    const [bad, good] = [await serve(keeping(503)), await serve(keeping(200))];
    const { dispatcher } = dispatcherOver([bad, good], { retry });
    const put = async (body: string | Uint8Array | AsyncIterable<string>): Promise<number> => {
      const options = { dispatcher, method: "PUT" as const, body: body as string };
      const { statusCode, body: answer } = await request(url, options);
      await answer.dump();
      return statusCode;
    };
    const stream = async function* (): AsyncIterable<string> {
      yield "stream";
    };
    expect(await put("text")).toBe(200);
    expect(await put(new TextEncoder().encode("bytes"))).toBe(200);
    expect(await put(stream())).toBe(503);
    expect(bodies).toEqual(["text", "text", "bytes", "bytes", "stream"]);
  });

  it("are not made for what may have been done, unless the caller says so", async () => {
    const [bad, good] = [await serve(saying("bad", 503)), await serve(saying("good"))];
    const post = async (options: Partial<BalanceOptions>, rest: object = {}): Promise<number> => {
      const { dispatcher } = dispatcherOver([bad, good], options);
      const { statusCode, body } = await request(url, { dispatcher, method: "POST", body: "x", ...rest });
      await body.dump();
      return statusCode;
    };
    expect(await post({ retry })).toBe(503);
    expect(await post({ retry }, { idempotent: true })).toBe(200);
    expect(await post({ retry: { ...retry, retryOn: (outcome) => outcome === 503 } })).toBe(200);
    const { dispatcher } = dispatcherOver([NOBODY, good], { retry });
    expect((await request(url, { dispatcher, method: "POST", body: "x" })).statusCode).toBe(200);
  });

  it("end with the budget, the number of attempts and the endpoints", async () => {
    const addresses = await Promise.all([0, 1, 2, 3].map((i) => serve(saying(`${i}`, 503))));
    const run = async (options: Partial<BalanceOptions>, count = 4): Promise<[number, number]> => {
      const { dispatcher, balancer } = dispatcherOver(addresses.slice(0, count), options);
      const { statusCode, body } = await request(url, { dispatcher });
      await body.dump();
      return [statusCode, balancer.metrics().callCount ?? 0];
    };
    expect(await run({ retry })).toEqual([503, 3]);
    expect(await run({ retry: { ...retry, maxAttempts: 4 } })).toEqual([503, 4]);
    expect(await run({ retry: { ...retry, maxAttempts: 1 } })).toEqual([503, 1]);
    expect(await run({ retry: { budget: createConcurrencyBudget({ minConcurrency: 0 }) } })).toEqual([503, 1]);
    expect(await run({})).toEqual([503, 1]);
  });

  it("reach the other endpoint under a policy that insists on a dead one, and no endpoint twice", async () => {
    const good = await serve(saying("good"));
    const policy = leastRequest({ sampling: "full_scan" });
    const { dispatcher } = dispatcherOver([NOBODY, good], { retry }, { policy });
    for (let i = 0; i < 20; i++) expect((await request(url, { dispatcher })).statusCode).toBe(200);
    const { dispatcher: lonely, balancer } = dispatcherOver([NOBODY], { retry }, { policy });
    await expect(request(url, { dispatcher: lonely })).rejects.toThrow("ECONNREFUSED");
    expect(balancer.metrics()).toMatchObject({ callCount: 1 });
  });

  it("give the budget an account that comes out even", async () => {
    const [bad, good] = [await serve(saying("bad", 503)), await serve(saying("good"))];
    const told: string[] = [];
    const budget = {
      requestStarted: () => void told.push("start"),
      requestEnded: (succeeded: boolean) => void told.push(`end ${succeeded}`),
      tryRetry: () => told.push("try") > 0,
      retryEnded: (succeeded: boolean) => void told.push(`retried ${succeeded}`),
    };
    const { dispatcher } = dispatcherOver([bad, NOBODY, good], { retry: { budget } });
    await (await request(url, { dispatcher })).body.dump();
    const { dispatcher: failing } = dispatcherOver([NOBODY, "127.0.0.1:2"], { retry: { budget, maxAttempts: 2 } });
    await expect(request(url, { dispatcher: failing })).rejects.toThrow("ECONNREFUSED");
    expect(told.join(", ")).toBe(
      "start, try, retried false, try, retried true, end true, start, try, retried false, end false",
    );
  });

  it("count as failed where the budget refuses another one, whatever their status", async () => {
    const addresses = [await serve(saying("slow down", 429)), await serve(saying("good"))];
    const budget = createThrottleBudget({ maxTokens: 2, tokenRatio: 1 });
    const { dispatcher } = dispatcherOver(addresses, { retry: { budget, retryOn: (outcome) => outcome === 429 } });
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    expect([statusCode, budget.tokens]).toEqual([429, 1]);
  });

  it("wait as the back-off says, and not beyond an abort", async () => {
    const [bad, good] = [await serve(saying("bad", 503)), await serve(saying("good"))];
    const waits: number[] = [];
    const backoff = createBackoff({ random: () => 0.5 });
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);
    const { dispatcher } = dispatcherOver([bad, bad.replace("127.0.0.1", "localhost"), good], {
      ...{ retry: { ...retry, backoff }, sleep, queueTimeoutMs: 7 },
    });
    expect((await request(url, { dispatcher })).statusCode).toBe(200);
    expect(waits).toEqual([12, 25]);
    const controller = new AbortController();
    const stuck = dispatcherOver([bad, good], {
      retry: { ...retry, backoff },
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          controller.abort(new TypeError("enough"));
        }),
    });
    await expect(request(url, { dispatcher: stuck.dispatcher, signal: controller.signal })).rejects.toThrow("enough");
    expect(stuck.balancer.metrics()).toMatchObject({ activeCount: 0, callCount: 1 });
  });

  it("are not made once a part of a response has been handed on", async () => {
    const breaking = await serve((_incoming, outgoing) => {
      outgoing.writeHead(200, { "content-length": "100" }).write("part");
      setImmediate(() => outgoing.destroy());
    });
    const good = await serve(saying("good"));
    const { dispatcher, balancer } = dispatcherOver([breaking, good], { retry });
    const { statusCode, body } = await request(url, { dispatcher });
    expect(statusCode).toBe(200);
    await expect(body.text()).rejects.toThrow();
    expect(balancer.metrics()).toMatchObject({ callCount: 1, activeCount: 0 });
  });

  it("hand on the answer of the last one, long answers of others not being read to their end", async () => {
    const closed: boolean[] = [];
    const long = await serve((_incoming, outgoing) => {
      outgoing.writeHead(503);
      outgoing.on("close", () => closed.push(true));
      const more = (): void => {
        while (!outgoing.destroyed && outgoing.write(Buffer.alloc(16_384))) {}
        if (!outgoing.destroyed) outgoing.once("drain", more);
      };
      more();
    });
    const { dispatcher, balancer } = dispatcherOver([long, await serve(saying("good"))], { retry });
    expect(await (await request(url, { dispatcher })).body.text()).toBe("good");
    await until(() => closed.length === 1);
    expect(balancer.metrics().activeCount).toBe(0);
  });
});

describe("the interceptor", () => {
  it("waits for the first endpoints, but not for ever", async () => {
    const address = await serve(saying("late"));
    const balancer = createBalancer({ policy: inOrder() });
    const agent = new Agent();
    agents.push(agent);
    const waiting = request(url, { dispatcher: agent.compose(balance({ balancer })) });
    await new Promise((resolve) => setImmediate(resolve));
    balancer.update([{ address }]);
    expect(await (await waiting).body.text()).toBe("late");
    const impatient = balance({ balancer: createBalancer({ policy: inOrder() }), queueTimeoutMs: 0 });
    const error = await request(url, { dispatcher: agent.compose(impatient) }).catch((reason: unknown) => reason);
    expect(isLbError(error, "queue_timeout") && error.details).toEqual({ waitedMs: 0 });
  });

  it("keeps the process alive while a request waits, for endpoints or between attempts", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const timerOf = (delayMs: number): NodeJS.Timeout | undefined => {
      const call = timers.mock.calls.findIndex(([, ms]) => ms === delayMs);
      return timers.mock.results[call]?.value;
    };
    const backoff = { delayMs: () => 54_321 };
    try {
      for (const [waitMs, { dispatcher, balancer }] of [
        [54_321, dispatcherOver([NOBODY, "127.0.0.1:2"], { retry: { ...retry, backoff } })],
        [56_789, dispatcherOver([], { balancer: createBalancer({ policy: roundRobin() }), queueTimeoutMs: 56_789 })],
      ] as const) {
        const controller = new AbortController();
        const waiting = request(url, { dispatcher, signal: controller.signal });
        await until(() => timerOf(waitMs) !== undefined);
        expect(timerOf(waitMs)?.hasRef()).toBe(true);
        controller.abort(new TypeError("enough"));
        await expect(waiting).rejects.toThrow("enough");
        expect(balancer.metrics()).toMatchObject({ activeCount: 0 });
      }
    } finally {
      timers.mockRestore();
    }
  });

  it("can be aborted while it waits for endpoints", async () => {
    const agent = new Agent();
    agents.push(agent);
    const balancer = createBalancer({ policy: inOrder() });
    const controller = new AbortController();
    const dispatcher = agent.compose(balance({ balancer }));
    const waiting = request(url, { dispatcher, signal: controller.signal });
    controller.abort(new TypeError("enough"));
    await expect(waiting).rejects.toThrow("enough");
    balancer.update([{ address: NOBODY }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(balancer.metrics().callCount).toBe(0);
  });

  it("says why a request is dropped", async () => {
    const { dispatcher } = dispatcherOver(
      [],
      {},
      { endpoints: { endpoints: [{ address: NOBODY }], dropPercent: 100 } },
    );
    const error = await request(url, { dispatcher }).catch((reason: unknown) => reason);
    expect(isLbError(error, "pick_dropped") && error.details.reason).toBe("drop_percent");
  });

  it("asks the caller what the balancer shall know", async () => {
    const keys: unknown[] = [];
    const policy: Policy = {
      ...{ name: "keyed", word: "hash" },
      create: () => ({ build: () => ({ pick: ({ request: asked }) => 0 * keys.push(asked.hashKey) }) }),
    };
    const { dispatcher } = dispatcherOver(
      [await serve(saying("x"))],
      { request: ({ path }) => ({ hashKey: path }) },
      { policy },
    );
    await (await request(`${url}?user=7`, { dispatcher })).body.dump();
    expect(keys).toEqual(["/v1?user=7"]);
  });

  it("tells a detector of timeouts, resets and refused connections, and wakes it for returns", async () => {
    const records: string[] = [];
    const detecting = (given: Parameters<NonNullable<BalancerOptions["detector"]>>[0]): Detector => {
      const detector = createOutlierDetector({
        ...given,
        intervalMs: 20,
        consecutive5xx: { threshold: 1 },
        ejection: { maxPercent: 100, baseMs: 20 },
      });
      return {
        record(address, event) {
          records.push(String(event));
          detector.record(address, event);
        },
        retain: (addresses) => detector.retain(addresses),
        isEjected: (address) => detector.isEjected(address),
        get revision() {
          return detector.revision;
        },
        tick: () => detector.tick(),
        list: () => detector.list(),
      };
    };
    const silent = await serve(() => {});
    const slammed = await serve((incoming) => incoming.socket.destroy());
    for (const [address, options] of [
      [silent, { headersTimeout: 50 }],
      [slammed, {}],
      [NOBODY, {}],
    ] as const) {
      const { dispatcher, balancer } = dispatcherOver([address], {}, { detector: detecting });
      await expect(request(url, { dispatcher, ...options })).rejects.toThrow();
      expect(balancer.inspect()[0]?.ejected).toBe(true);
      for (let turn = 0; turn < 500 && balancer.inspect()[0]?.ejected; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(balancer.inspect()[0]?.ejected).toBe(false);
    }
    expect(records).toEqual(["timeout", "reset", "connect_failure"]);
  });

  it("does not take a mistake of the caller for a failure of the endpoint", async () => {
    const { dispatcher, outcomes } = dispatcherOver([await serve(saying("x"))]);
    await expect(request(url, { dispatcher, headers: { "bad header": "1" } })).rejects.toThrow("invalid header key");
    expect(outcomes).toEqual(["cancelled"]);
  });

  it("keeps a call open as long as the connection it was upgraded to", async () => {
    const address = await serve(saying("x"));
    servers.at(-1)?.on("upgrade", (_incoming, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n");
      socket.on("data", (chunk) => socket.end(chunk));
    });
    const { dispatcher, balancer } = dispatcherOver([address]);
    const { socket } = await upgrade(url, { dispatcher, protocol: "test" });
    expect(balancer.metrics().activeCount).toBe(1);
    socket.write("echo");
    expect(await text(socket)).toBe("echo");
    await until(() => balancer.metrics().activeCount === 0);
  });

  it.each([
    ["an object", { accept: "x" }],
    ["an object with a host", { Host: "mine" }],
    ["a flat list", ["accept", "x"]],
    ["an iterable of pairs", new Headers({ accept: "x" })],
    ["a map", new Map([["accept", "x"]])],
    ["none", null],
  ])("sends the URL's host with headers that are %s", async (_, headers) => {
    const address = await serve((incoming, outgoing) =>
      outgoing.end(`${incoming.headers.host} ${incoming.headers.accept}`),
    );
    const { dispatcher } = dispatcherOver([address]);
    const { body } = await request(url, { dispatcher, headers: headers as Record<string, string> | null });
    const has = headers !== null && !(typeof headers === "object" && "Host" in headers);
    const host = headers !== null && "Host" in headers ? "mine" : "orders.internal";
    expect(await body.text()).toBe(`${host} ${has ? "x" : "undefined"}`);
  });

  it("says that handler and dispatcher do not fit", () => {
    const { dispatcher, balancer } = dispatcherOver([NOBODY]);
    const options = { origin: url, path: "/", method: "GET" as const };
    const intercept = balance({ balancer })(() => {
      throw new TypeError("invalid onConnect method");
    });
    const errors: unknown[] = [];
    intercept(options, { onRequestStart() {}, onResponseError: (_controller, error) => errors.push(error) });
    expect(isLbError(errors[0], "undici_mismatch") && errors[0].details).toEqual({ lacking: "dispatcher" });
    const old = (): unknown =>
      balance({ balancer })((...args) => dispatcher.dispatch(...args))(options, { onConnect() {} });
    expect(old).toThrow("[undici_mismatch] the request's handler is older than undici 7");
    expect(balancer.metrics().activeCount).toBe(0);
  });

  it("refuses options out of bounds", () => {
    const { balancer } = dispatcherOver([]);
    expect(() => balance({ balancer, retry: { ...retry, maxAttempts: 0 } })).toThrow(
      "retry.maxAttempts must be from 1",
    );
    expect(() => balance({ balancer, queueTimeoutMs: -1 })).toThrow("queueTimeoutMs must be from 0");
  });
});
