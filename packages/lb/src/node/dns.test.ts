import { type EndpointSet, isLbError, type LbErrorCode } from "@netmason/lb";
import {
  type DnsEvent,
  type DnsResolver,
  type DnsWatchOptions,
  orderServices,
  resolveAddresses,
  resolveServices,
  type ServiceRecord,
  watchAddresses,
  watchServices,
} from "@netmason/lb/dns";
import { seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

/** Records by question, such as `A www`; a text is the code of an error. */
type Zone = Readonly<Record<string, readonly (string | { readonly address: string; readonly ttl: number })[] | string>>;
type Services = Readonly<Record<string, readonly ServiceRecord[] | string>>;

function failWith(code: string): never {
  throw Object.assign(new TypeError(code), { code });
}

function resolverOver(zone: () => Zone, services: () => Services = () => ({})): DnsResolver {
  const addresses = async (question: string): Promise<{ address: string; ttl: number }[]> => {
    const found = zone()[question] ?? "ENODATA";
    if (typeof found === "string") return failWith(found);
    return found.map((each) => (typeof each === "string" ? { address: each, ttl: 60 } : each));
  };
  return {
    resolve4: (name: string) => addresses(`A ${name}`),
    resolve6: (name: string) => addresses(`AAAA ${name}`),
    async resolveSrv(name: string): Promise<ServiceRecord[]> {
      const found = services()[name] ?? "ENODATA";
      return typeof found === "string" ? failWith(found) : [...found];
    },
  };
}

const shown = ({ endpoints }: EndpointSet): string =>
  endpoints.map(({ address, priority = 0, weight = 1 }) => `${address} ${priority} ${weight}`).join(", ");

async function codeOf(work: Promise<unknown>): Promise<LbErrorCode | undefined> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isLbError(error) ? error.code : undefined;
}

const srv = (name: string, priority: number, weight: number, port = 80): ServiceRecord => {
  return { name, port, priority, weight };
};

describe("addresses", () => {
  it("of both families with their port, in the order of their text", async () => {
    const resolver = resolverOver(() => ({ "A www": ["10.0.0.2", "10.0.0.1"], "AAAA www": ["2001:db8::1"] }));
    const set = await resolveAddresses("www", 443, { resolver });
    expect(set.endpoints).toEqual([
      { address: "10.0.0.1:443", hostname: "www" },
      { address: "10.0.0.2:443", hostname: "www" },
      { address: "[2001:db8::1]:443", hostname: "www" },
    ]);
    expect(shown(await resolveAddresses("www", 1, { resolver, families: [6] }))).toBe("[2001:db8::1]:1 0 1");
  });

  it.each<[string, Zone, LbErrorCode | undefined]>([
    ["nothing", {}, "dns_no_data"],
    ["no such name", { "A www": "ENOTFOUND", "AAAA www": "ENOTFOUND" }, "dns_no_such_name"],
    ["a failure", { "A www": "ESERVFAIL", "AAAA www": "ESERVFAIL" }, "dns_failed"],
    ["a failure and nothing", { "A www": "ETIMEOUT" }, "dns_failed"],
    ["one family and a failure", { "A www": ["10.0.0.1"], "AAAA www": "ESERVFAIL" }, undefined],
    ["one family and nothing", { "AAAA www": ["::1"] }, undefined],
  ])("answer %s", async (_, zone, code) => {
    expect(await codeOf(resolveAddresses("www", 80, { resolver: resolverOver(() => zone) }))).toBe(code);
  });

  it("tell what failed", async () => {
    const resolver = resolverOver(() => ({ "A www": "ESERVFAIL", "AAAA www": "ESERVFAIL" }));
    const error = await resolveAddresses("www", 80, { resolver }).catch((reason: unknown) => reason);
    expect(isLbError(error, "dns_failed") && error.details).toEqual({ name: "www", type: "A", dnsCode: "ESERVFAIL" });
    expect(String(error)).toBe("LbError: [dns_failed] www A: ESERVFAIL");
  });

  it("stop with the signal's reason, and leave no listener", async () => {
    const never: DnsResolver = { ...resolverOver(() => ({})), resolve4: () => new Promise(() => {}) };
    const controller = new AbortController();
    const waiting = resolveAddresses("www", 80, { resolver: never, signal: controller.signal });
    controller.abort(new RangeError("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(resolveAddresses("www", 80, { resolver: never, signal: controller.signal })).rejects.toThrow("enough");
    await expect(resolveAddresses("www", 65_536, {})).rejects.toThrow("port must be from 0 to 65535, not 65536");
  });
});

describe("services", () => {
  const zone: Zone = { "A a": ["10.0.0.1"], "A b": ["10.0.0.2", "10.0.0.3"], "A c": ["10.0.0.4"] };

  it("have priorities from 0, and the weight of each target in all of its addresses", async () => {
    const services = { s: [srv("a", 20, 0), srv("b", 10, 3, 81), srv("c", 10, 1)] };
    const set = await resolveServices("s", {
      resolver: resolverOver(
        () => zone,
        () => services,
      ),
    });
    expect(shown(set)).toBe("10.0.0.2:81 0 1.5, 10.0.0.3:81 0 1.5, 10.0.0.4:80 0 1, 10.0.0.1:80 1 1");
    expect(set.endpoints[0]?.hostname).toBe("b");
  });

  it("of weight 0 share one part of the whole, and are equal among themselves", async () => {
    const mixed = { s: [srv("a", 1, 0), srv("c", 1, 0), srv("b", 1, 7)] };
    const resolver = resolverOver(
      () => zone,
      () => mixed,
    );
    expect(shown(await resolveServices("s", { resolver }))).toBe(
      "10.0.0.1:80 0 0.5, 10.0.0.2:80 0 3.5, 10.0.0.3:80 0 3.5, 10.0.0.4:80 0 0.5",
    );
    const idle = { s: [srv("a", 1, 0), srv("c", 1, 0)] };
    expect(
      shown(
        await resolveServices("s", {
          resolver: resolverOver(
            () => zone,
            () => idle,
          ),
        }),
      ),
    ).toBe("10.0.0.1:80 0 1, 10.0.0.4:80 0 1");
  });

  it("that lead to one address twice are one endpoint", async () => {
    const twice: Zone = { "A a": ["10.0.0.1"], "A b": ["10.0.0.1"] };
    const services = { s: [srv("a", 1, 2), srv("b", 1, 3), srv("b", 2, 9)] };
    const resolver = resolverOver(
      () => twice,
      () => services,
    );
    expect(shown(await resolveServices("s", { resolver }))).toBe("10.0.0.1:80 0 5");
  });

  it("are none where the service is marked as not available, and may lack some targets", async () => {
    const off = { s: [{ name: "", port: 0, priority: 0, weight: 0 }] };
    expect(
      await codeOf(
        resolveServices("s", {
          resolver: resolverOver(
            () => zone,
            () => off,
          ),
        }),
      ),
    ).toBe("dns_no_data");
    const part = { s: [srv("a", 1, 1), srv("gone", 1, 1)] };
    expect(
      shown(
        await resolveServices("s", {
          resolver: resolverOver(
            () => zone,
            () => part,
          ),
        }),
      ),
    ).toBe("10.0.0.1:80 0 1");
    const missing = resolverOver(
      () => zone,
      () => ({ s: "ENOTFOUND" }),
    );
    expect(await codeOf(resolveServices("s", { resolver: missing }))).toBe("dns_no_such_name");
  });

  it("are tried in the order of RFC 2782", () => {
    const records = [srv("idle", 1, 0), srv("light", 1, 1), srv("heavy", 1, 8), srv("later", 2, 5)];
    const random = seededRandom(4);
    const firsts: Record<string, number> = {};
    for (let run = 0; run < 10_000; run++) {
      const order = orderServices(records, random).map(({ name }) => name);
      expect([...order].sort()).toEqual(["heavy", "idle", "later", "light"]);
      expect(order[3]).toBe("later");
      firsts[order[0] ?? ""] = (firsts[order[0] ?? ""] ?? 0) + 1;
    }
    // A draw of 0 to 9: 0 finds the one of weight 0, 1 the next, 2 to 9 the last.
    expect(Math.abs((firsts.idle ?? 0) - 1_000)).toBeLessThan(120);
    expect(Math.abs((firsts.light ?? 0) - 1_000)).toBeLessThan(120);
    expect(Math.abs((firsts.heavy ?? 0) - 8_000)).toBeLessThan(170);
  });
});

describe("a watch", () => {
  /** Watches through the zones one after the other; each wait moves on to the next, and the last one ends it. */
  async function through(
    zones: readonly Zone[],
    options: Partial<DnsWatchOptions> = {},
    services: readonly Services[] = [],
  ): Promise<{
    readonly sets: readonly string[];
    readonly waits: readonly number[];
    readonly events: readonly DnsEvent[];
  }> {
    let step = 0;
    const controller = new AbortController();
    const waits: number[] = [];
    const events: DnsEvent[] = [];
    const resolver = resolverOver(
      () => zones[step] ?? {},
      () => services[step] ?? {},
    );
    const given: DnsWatchOptions = {
      ...{ resolver, signal: controller.signal, random: () => 0.5, onEvent: (event) => events.push(event) },
      sleep: async (ms) => {
        waits.push(ms);
        step++;
        if (step >= Math.max(zones.length, services.length)) controller.abort();
      },
      ...options,
    };
    const sets: string[] = [];
    const watched = services.length > 0 ? watchServices("s", given) : watchAddresses("www", 80, given);
    for await (const set of watched) sets.push(shown(set));
    return { sets, waits, events };
  }

  const up: Zone = { "A www": ["10.0.0.1"] };
  const down: Zone = { "A www": "ESERVFAIL", "AAAA www": "ESERVFAIL" };
  const absent: Zone = { "A www": "ENOTFOUND", "AAAA www": "ENOTFOUND" };

  it("tells changes and nothing else, and ends with its signal", async () => {
    const more: Zone = { "A www": ["10.0.0.2", "10.0.0.1"] };
    const turned: Zone = { "A www": ["10.0.0.1", "10.0.0.2"] };
    const { sets } = await through([up, up, more, turned, up]);
    expect(sets).toEqual(["10.0.0.1:80 0 1", "10.0.0.1:80 0 1, 10.0.0.2:80 0 1", "10.0.0.1:80 0 1"]);
  });

  it("waits as long as the records live, within bounds and with jitter", async () => {
    const living = (ttl: number, other: number): Zone => ({
      "A www": [{ address: "10.0.0.1", ttl }],
      "AAAA www": [{ address: "::1", ttl: other }],
    });
    const { waits } = await through([living(60, 90), living(90, 20), living(0, 5), living(9_999, 9_999)]);
    expect(waits).toEqual([63_000, 21_000, 1_050, 315_000]);
    expect((await through([up], { jitterRatio: 0 })).waits).toEqual([60_000]);
  });

  it("keeps what it knew through failures, and tries again with back-off", async () => {
    const backoff = { delayMs: (attempt: number) => attempt * 100 };
    const { sets, waits, events } = await through([down, up, down, down, up, down], { backoff });
    expect(sets).toEqual(["10.0.0.1:80 0 1"]);
    expect(waits).toEqual([100, 63_000, 100, 200, 63_000, 100]);
    expect(events.map(({ kind }) => kind)).toEqual(["failed", "resolved", "failed", "failed", "resolved", "failed"]);
  });

  it("tells no data from no such name", async () => {
    const { sets, events } = await through([up, {}, up, absent]);
    expect(sets).toEqual(["10.0.0.1:80 0 1", "", "10.0.0.1:80 0 1", ""]);
    expect(events.map(({ kind }) => kind)).toEqual(["resolved", "no_data", "resolved", "no_such_name"]);
    expect((await through([up, absent, {}], { onNoSuchName: "keep" })).sets).toEqual(["10.0.0.1:80 0 1", ""]);
  });

  it("keeps a family that fails while the other answers, and asks again soon", async () => {
    const both: Zone = { "A www": ["10.0.0.1"], "AAAA www": ["::1"] };
    const half: Zone = { "A www": ["10.0.0.2"], "AAAA www": "ETIMEOUT" };
    const backoff = { delayMs: () => 7 };
    const { sets, waits } = await through([both, half, half], { backoff });
    expect(sets).toEqual(["10.0.0.1:80 0 1, [::1]:80 0 1", "10.0.0.2:80 0 1, [::1]:80 0 1"]);
    expect(waits).toEqual([63_000, 7, 7]);
  });

  it("asks for services every refresh, and keeps the targets nobody knows of while others follow", async () => {
    const zone: Zone = { "A a": ["10.0.0.1"], "A b": ["10.0.0.2"] };
    const services: Services = { s: [srv("a", 1, 1), srv("b", 1, 1)] };
    const half: Zone = { "A a": ["10.0.0.9"], "A b": "ESERVFAIL", "AAAA b": "ESERVFAIL" };
    const { sets, waits } = await through([zone, half, zone], { refreshMs: 10_000 }, [
      services,
      services,
      { s: "ESERVFAIL" },
    ]);
    expect(sets).toEqual(["10.0.0.1:80 0 1, 10.0.0.2:80 0 1", "10.0.0.2:80 0 1, 10.0.0.9:80 0 1"]);
    expect(waits[0]).toBe(10_500);
  });

  it("forgets the addresses of targets that left", async () => {
    const zone: Zone = { "A a": ["10.0.0.1"], "A b": ["10.0.0.2"] };
    const broken: Zone = { "A a": "ESERVFAIL", "AAAA a": "ESERVFAIL", "A b": ["10.0.0.2"] };
    const [both, second]: [Services, Services] = [{ s: [srv("a", 1, 1), srv("b", 1, 1)] }, { s: [srv("b", 1, 1)] }];
    const { sets } = await through([zone, broken, zone, broken], {}, [both, both, second, both]);
    expect(sets).toEqual(["10.0.0.1:80 0 1, 10.0.0.2:80 0 1", "10.0.0.2:80 0 1"]);
  });

  it("goes without a target that was never known, leaves no rejection behind, and fails where none is left", async () => {
    const services: Services = { s: [srv("a", 1, 1), srv("b", 1, 1)] };
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    try {
      const down: Zone = { "A b": "ESERVFAIL", "AAAA b": "ESERVFAIL" };
      const slow = resolverOver(
        () => ({ ...down, "A a": ["10.0.0.1"] }),
        () => services,
      );
      const late = async (name: string): Promise<readonly { address: string; ttl: number }[]> => {
        if (name === "a") for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
        return slow.resolve4(name, { ttl: true });
      };
      const resolver = { ...slow, resolve4: late };
      expect(shown(await resolveServices("s", { resolver }))).toBe("10.0.0.1:80 0 1");
      const broken = resolverOver(
        () => ({ ...down, "A a": "ESERVFAIL" }),
        () => services,
      );
      expect(await codeOf(resolveServices("s", { resolver: broken }))).toBe("dns_failed");
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toEqual([]);
    } finally {
      process.off("unhandledRejection", onRejection);
    }
  });

  it("ends by break, and with an error that is not of DNS", async () => {
    let asked = 0;
    const resolver = resolverOver(() => {
      asked++;
      return up;
    });
    for await (const set of watchAddresses("www", 80, { resolver, sleep: () => new Promise(() => {}) })) {
      expect(shown(set)).toBe("10.0.0.1:80 0 1");
      break;
    }
    expect(asked).toBe(2);
    const sleep = (): Promise<void> => Promise.reject(new RangeError("broken clock"));
    const iterator = watchAddresses("www", 80, { resolver, sleep })[Symbol.asyncIterator]();
    await iterator.next();
    await expect(iterator.next()).rejects.toThrow("broken clock");
  });

  it("is not troubled by what an observer throws, and refuses options out of bounds", async () => {
    const { sets } = await through([up], {
      onEvent: () => {
        throw new RangeError("observer");
      },
    });
    expect(sets).toEqual(["10.0.0.1:80 0 1"]);
    expect(() => watchAddresses("www", 80, { refreshMs: 0 })).toThrow("refreshMs must be from 1");
    expect(() => watchAddresses("www", 80, { minRefreshMs: 2, maxRefreshMs: 1 })).toThrow(
      "maxRefreshMs must be from 2",
    );
    expect(() => watchServices("s", { jitterRatio: -1 })).toThrow(RangeError);
  });
});
