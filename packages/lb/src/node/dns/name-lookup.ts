import type { Endpoint, EndpointSet } from "../../endpoint.js";
import { isLbError, LbError } from "../../errors.js";
import { dnsFailure } from "./dns-failure.js";
import { type ServiceRecord, weighServices } from "./service-order.js";

/** An address and how long it lives: `RecordWithTtl` of Node, and named as there, so that its `Resolver` fits. */
export interface AddressRecord {
  /** As text. */
  readonly address: string;
  /** Time to live in seconds, as in the record. */
  readonly ttl: number;
}

/** Whom to ask: the part of `node:dns/promises`' `Resolver` that is used, with the codes of its errors. */
export interface DnsResolver {
  /** A records. */
  resolve4(name: string, options: { readonly ttl: true }): Promise<readonly AddressRecord[]>;
  /** AAAA records. */
  resolve6(name: string, options: { readonly ttl: true }): Promise<readonly AddressRecord[]>;
  /** SRV records. */
  resolveSrv(name: string): Promise<readonly ServiceRecord[]>;
}

/** Which addresses are asked for. */
export type AddressFamily = 4 | 6;

/** What one look-up found. */
export interface Found {
  readonly set: EndpointSet;
  /** The least time to live of the records, in milliseconds; undefined where DNS does not tell. */
  readonly ttlMs: number | undefined;
  /** Some answers failed, and what was known before stands in for them. */
  readonly isPartial: boolean;
}

interface Addresses {
  readonly addresses: readonly string[];
  readonly ttlMs: number | undefined;
  /** What stands in for an answer that failed. */
  readonly failure: LbError | undefined;
}

/** Asks a resolver and remembers, for each family of the names that count now, the last answer that was one. */
export class NameLookup {
  readonly #resolver: DnsResolver;
  readonly #families: readonly AddressFamily[];
  readonly #known = new Map<string, readonly string[]>();

  constructor(resolver: DnsResolver, families: readonly AddressFamily[]) {
    this.#resolver = resolver;
    this.#families = families;
  }

  /** @throws LbError `dns_no_such_name`, `dns_no_data` or `dns_failed`, the last one only when no family answered */
  async addresses(name: string, port: number): Promise<Found> {
    const { addresses, ttlMs, failure } = await this.#ask(name);
    const endpoints = addresses.map((address) => ({ address: joinPort(address, port), hostname: name }));
    return { set: { endpoints: inOrder(endpoints) }, ttlMs, isPartial: failure !== undefined };
  }

  /**
   * A target without addresses has no endpoints; one that nobody knows of keeps those it had, and others go their way.
   *
   * @throws LbError as `addresses`, for the SRV records, and `dns_failed` where failures leave no endpoint at all
   */
  async services(name: string): Promise<Found> {
    const records = await this.#records(name);
    const weighed = weighServices(records);
    const names = [...new Set(weighed.map(({ record }) => record.name))];
    this.#forgetOthers(names);
    const targets = new Map(
      await Promise.all(names.map(async (target) => [target, await this.#target(target)] as const)),
    );
    const endpoints: Endpoint[] = [];
    let failure: LbError | undefined;
    for (const { record, priority, weight } of weighed) {
      const found = targets.get(record.name);
      failure ??= found?.failure;
      for (const address of found?.addresses ?? []) {
        // A target's share is that of all of its addresses together.
        const share = weight / (found?.addresses.length ?? 1);
        endpoints.push({ address: joinPort(address, record.port), hostname: record.name, priority, weight: share });
      }
    }
    if (endpoints.length === 0 && failure !== undefined) throw failure;
    return { set: { endpoints: inOrder(merged(endpoints)) }, ttlMs: undefined, isPartial: failure !== undefined };
  }

  /** Targets come and go; what was known of one that left is not held, and not true any more when it returns. */
  #forgetOthers(names: readonly string[]): void {
    const kept = new Set(names.flatMap((name) => this.#families.map((family) => `${family} ${name}`)));
    for (const key of this.#known.keys()) if (!kept.has(key)) this.#known.delete(key);
  }

  async #records(name: string): Promise<readonly ServiceRecord[]> {
    let records: readonly ServiceRecord[];
    try {
      records = await this.#resolver.resolveSrv(name);
    } catch (error) {
      throw dnsFailure(name, "SRV", error);
    }
    const offered = records.filter((record) => record.name !== "" && record.name !== ".");
    if (offered.length > 0) return offered;
    throw new LbError("dns_no_data", `${name} is not offered`, { name, type: "SRV" });
  }

  /** No addresses for a target that has none; those known from before for one that nobody knows of. */
  async #target(name: string): Promise<Addresses> {
    try {
      return await this.#ask(name);
    } catch (error) {
      const isGone = isLbError(error, "dns_no_such_name") || isLbError(error, "dns_no_data");
      if (isGone) return { addresses: [], ttlMs: undefined, failure: undefined };
      if (!isLbError(error, "dns_failed")) throw error;
      const known = this.#families.flatMap((family) => this.#known.get(`${family} ${name}`) ?? []);
      return { addresses: known, ttlMs: undefined, failure: error };
    }
  }

  async #ask(name: string): Promise<Addresses> {
    const answers = await Promise.all(this.#families.map((family) => this.#askFamily(name, family)));
    const failures = answers.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
    const broken = failures.find((failure) => isLbError(failure, "dns_failed"));
    const addresses = answers.flatMap((answer) => answer.addresses);
    if (addresses.length === 0) {
      const [first] = failures;
      throw broken ?? first ?? new LbError("dns_no_data", `${name} has no addresses`, { name, type: "A" });
    }
    const ttls = answers.flatMap(({ ttlMs }) => (ttlMs === undefined ? [] : [ttlMs]));
    // As long as one family answers, another that does not leaves what was known of it.
    if (broken !== undefined && failures.length === answers.length) throw broken;
    return { addresses, ttlMs: ttls.length === 0 ? undefined : Math.min(...ttls), failure: broken };
  }

  async #askFamily(name: string, family: AddressFamily): Promise<Addresses> {
    const key = `${family} ${name}`;
    try {
      const records = await this.#resolver[family === 4 ? "resolve4" : "resolve6"](name, { ttl: true });
      const addresses = records.map(({ address }) => address);
      this.#known.set(key, addresses);
      return { addresses, ttlMs: 1_000 * Math.min(...records.map(({ ttl }) => ttl)), failure: undefined };
    } catch (error) {
      const failure = dnsFailure(name, family === 4 ? "A" : "AAAA", error);
      if (!isLbError(failure, "dns_failed")) this.#known.delete(key);
      return { addresses: this.#known.get(key) ?? [], ttlMs: undefined, failure };
    }
  }
}

function joinPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Records that lead to the same address of the same port are one endpoint, of the higher priority and all weight. */
function merged(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const before = found.get(endpoint.address);
    const { priority = 0, weight = 1 } = endpoint;
    if (before === undefined || priority < (before.priority ?? 0)) found.set(endpoint.address, endpoint);
    else if (priority === before.priority) {
      found.set(endpoint.address, { ...before, weight: (before.weight ?? 1) + weight });
    }
  }
  return [...found.values()];
}

/** DNS servers turn answers around; hosts keep their order. */
function inOrder(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...endpoints].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || (a.address < b.address ? -1 : 1));
}
