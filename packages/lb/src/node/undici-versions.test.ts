// Runs on each version of Node that tools/node-matrix.ts knows; each brings a global fetch of another undici.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createBalancer, createConcurrencyBudget, isLbError, type Outcome, type Policy } from "@netmason/lb";
import { balance } from "@netmason/lb/undici";
import * as undici7 from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const nodeMajor = Number(process.versions.node.split(".")[0]);
const builtInMajor = Number(process.versions.undici?.split(".")[0]);
// undici 8 needs Node 22.19; its types are those of 7 as far as they are used here.
const undici8 = nodeMajor < 22 ? undefined : ((await import("undici-8")) as object as typeof undici7);

type Fetch = typeof undici7.fetch;

const versions = [["7", undici7] as const, ...(undici8 === undefined ? [] : [["8", undici8] as const])];
const pairs = versions.flatMap(([version, undici]) => [
  { dispatcher: version, fetch: `that of undici ${version}`, undici, run: undici.fetch, fits: true },
  {
    ...{ dispatcher: version, fetch: `the global one of undici ${builtInMajor}`, undici },
    run: globalThis.fetch as object as Fetch,
    // Handlers changed with undici 8, which takes no older ones; undici 7 takes both.
    fits: version === "7" || builtInMajor >= 8,
  },
]);

let server: Server;
let address = "";
/** Where nobody listens. */
const bad = "127.0.0.1:1";

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    outgoing.writeHead(200);
    if (incoming.url === "/endless") outgoing.write("first");
    else incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe.each(pairs)("a dispatcher of undici $dispatcher with a fetch, $fetch", ({ undici, run, fits }) => {
  const outcomes: Outcome[] = [];
  const policy: Policy = {
    ...{ name: "in_order", word: "split" },
    create: () => ({
      build: ({ endpoints }) => ({ pick: ({ attempt }) => attempt % endpoints.length }),
      observe: ({ outcome }) => outcomes.push(outcome),
    }),
  };
  const over = (...addresses: readonly string[]): { dispatcher: undici7.Dispatcher; active: () => number } => {
    outcomes.length = 0;
    const balancer = createBalancer({ policy, endpoints: addresses.map((each) => ({ address: each })) });
    const retry = { budget: createConcurrencyBudget() };
    const agent = new undici.Agent();
    return {
      dispatcher: agent.compose(balance({ balancer, retry })),
      active: () => balancer.metrics().activeCount ?? 0,
    };
  };
  const settled = async (active: () => number): Promise<void> => {
    for (let turn = 0; turn < 2_000 && active() > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(active()).toBe(0);
  };

  if (!fits) {
    it("says that they do not fit", async () => {
      const { dispatcher, active } = over(address);
      const error = await run("http://orders.internal/", { dispatcher }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const found = isLbError(error) ? error : (error as Error).cause;
      expect(isLbError(found, "undici_mismatch") && found.details).toEqual({ lacking: "handler" });
      expect(active()).toBe(0);
    });
    return;
  }

  it("retries what cannot be reached", async () => {
    const { dispatcher, active } = over(bad, address);
    const response = await run("http://orders.internal/", { dispatcher });
    expect([response.status, await response.text(), ...outcomes]).toEqual([200, "", "connect_failure", 200]);
    await settled(active);
  });

  it("streams a body once", async () => {
    const { dispatcher, active } = over(address);
    const parts = ["in ", "parts"].map((part) => new TextEncoder().encode(part));
    const body = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
    });
    const response = await run("http://orders.internal/", { dispatcher, method: "POST", body, duplex: "half" });
    expect(await response.text()).toBe("in parts");
    await settled(active);
    const lost = over(bad, address);
    const again = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("once"));
        controller.close();
      },
    });
    await expect(
      run("http://orders.internal/", { dispatcher: lost.dispatcher, method: "POST", body: again, duplex: "half" }),
    ).rejects.toThrow();
    expect(outcomes).toEqual(["connect_failure"]);
    await settled(lost.active);
  });

  it("counts an aborted response", async () => {
    const { dispatcher, active } = over(address);
    const controller = new AbortController();
    const response = await run("http://orders.internal/endless", { dispatcher, signal: controller.signal });
    expect(active()).toBe(1);
    controller.abort(new DOMException("enough", "AbortError"));
    await expect(response.text()).rejects.toThrow();
    await settled(active);
  });
});
