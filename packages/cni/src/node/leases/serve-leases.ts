import { type Address, addToAddress, distance, equalAddresses } from "@netmason/net";
import type { AttachmentId } from "../../attachment-id.js";
import { CniError } from "../../errors.js";
import type { CniResult } from "../../result.js";
import type { Address100 } from "../../result-100.js";
import { SPEC_VERSIONS } from "../../spec-version.js";
import type { Plugin, PluginRequest } from "../plugin.js";
import type { WithLock } from "./directory-lock.js";
import { type LeaseConfig, readLeaseConfig } from "./lease-config.js";
import { type LeaseDirectory, openLeaseDirectory } from "./lease-directory.js";
import { formatRangeSet, type LeaseRange, type RangeSet, rangeOf } from "./lease-range.js";
import { readResolvConf } from "./resolv-conf.js";

/** Options of host-local. */
export interface HostLocalOptions {
  /** Where a configuration says nothing. Default `/var/lib/cni/networks`, the reference's. */
  readonly dataDir?: string;
  /** Lets an address be given out whose file is empty, as a crash leaves it. Default false, as the reference. */
  readonly reclaimEmptyFiles?: boolean;
}

const DEFAULT_DATA_DIR = "/var/lib/cni/networks";

/** The plugin over a way to lock. */
export function createHostLocal(withLock: WithLock, options: HostLocalOptions): Plugin {
  const { dataDir: ownDataDir = DEFAULT_DATA_DIR, reclaimEmptyFiles = false } = options;
  const run = async <T>(
    request: PluginRequest,
    work: (leases: LeaseDirectory, config: LeaseConfig) => T,
    config: LeaseConfig = readLeaseConfig(request),
  ): Promise<T> => {
    const leases = openLeases(config.dataDir ?? ownDataDir, request.config.name, reclaimEmptyFiles);
    return withLock(leases.dir, () => work(leases, config), request);
  };
  return {
    versions: SPEC_VERSIONS,
    about: "CNI host-local plugin of netmason",
    async add(request) {
      const config = readLeaseConfig(request);
      const { resolvConf, routes } = config;
      const dns = resolvConf === undefined ? undefined : readResolvConf(resolvConf);
      const ips = await run(request, (leases) => allocate(leases, config, request), config);
      const result: CniResult = { cniVersion: "1.1.0", ips };
      return { ...result, ...(routes === undefined ? {} : { routes }), ...(dns === undefined ? {} : { dns }) };
    },
    del: (request) => run(request, (leases) => leases.release(request)),
    check: (request) =>
      run(request, (leases) => {
        if (leases.has(request)) return;
        throw new CniError("internal", `host-local: Failed to find address added by container ${request.containerId}`);
      }),
    gc: (request) => run(request, (leases) => leases.collect(request.validAttachments)),
    status: (request) => run(request, assertFree),
  };
}

function openLeases(dataDir: string, network: string, reclaimEmptyFiles: boolean): LeaseDirectory {
  try {
    return openLeaseDirectory(dataDir, network, reclaimEmptyFiles);
  } catch (cause) {
    throw new CniError("io_failure", `cannot make ${dataDir}/${network}: ${String(cause)}`, {}, { cause });
  }
}

/** One address of each set, or none at all. */
function allocate(leases: LeaseDirectory, config: LeaseConfig, owner: AttachmentId): readonly Address100[] {
  const requested = new Map(config.requested.map((address) => [String(address), address]));
  const ips: Address100[] = [];
  try {
    for (const [i, set] of config.sets.entries()) {
      const wanted = [...requested.values()].find((address) => rangeOf(set, address) !== undefined);
      if (wanted !== undefined) requested.delete(String(wanted));
      const [address, range] = allocateIn(leases, set, i, owner, wanted);
      ips.push({ address: `${address}/${range.subnet.length}`, gateway: String(range.gateway) });
    }
    if (requested.size === 0) return ips;
    throw new CniError("internal", `failed to allocate all requested IPs: ${[...requested.keys()].join(" ")}`);
  } catch (error) {
    // As the reference: what was taken for the sets before goes, with whatever else is of this owner.
    if (ips.length > 0) leases.release(owner);
    throw error;
  }
}

type Lease = readonly [Address, LeaseRange];

function allocateIn(
  leases: LeaseDirectory,
  set: RangeSet,
  index: number,
  owner: AttachmentId,
  wanted: Address | undefined,
): Lease {
  const fail = (text: string): CniError => new CniError("internal", `failed to allocate for range ${index}: ${text}`);
  const range = wanted && rangeOf(set, wanted);
  if (wanted !== undefined && range !== undefined) {
    if (equalAddresses(wanted, range.gateway)) throw fail(`requested ip ${wanted} is subnet's gateway`);
    if (leases.reserve(wanted, owner, index)) return [wanted, range];
    throw fail(`requested IP address ${wanted} is not available in range set ${formatRangeSet(set)}`);
  }
  const held = leases.listOf(owner).find((address) => rangeOf(set, address) !== undefined);
  if (held !== undefined) {
    throw fail(`${held} has been allocated to ${owner.containerId}, duplicate allocation is not allowed`);
  }
  for (const lease of candidates(set, leases.lastReserved(index))) {
    if (leases.reserve(lease[0], owner, index)) return lease;
  }
  throw fail(`no IP addresses available in range set: ${formatRangeSet(set)}`);
}

/** Every address of the set once, from the one behind `last` round to the start; each range's gateway is left out. */
function* candidates(set: RangeSet, last: Address | undefined): Generator<Lease> {
  let position = last === undefined ? -1 : set.findIndex((range) => rangeOf([range], last) !== undefined);
  let range = set[Math.max(0, position)] as LeaseRange;
  let current = range.start;
  if (position < 0 || last === undefined) position = 0;
  else [position, range, current] = step(set, position, last);
  const first = current;
  do {
    if (!equalAddresses(current, range.gateway)) yield [current, range];
    [position, range, current] = step(set, position, current);
  } while (!equalAddresses(current, first));
}

function step(set: RangeSet, position: number, address: Address): [number, LeaseRange, Address] {
  const range = set[position] as LeaseRange;
  if (!equalAddresses(address, range.end)) return [position, range, addToAddress(address, 1)];
  const next = (position + 1) % set.length;
  const following = set[next] as LeaseRange;
  return [next, following, following.start];
}

/** Ready means that every set has an address left. */
function assertFree(leases: LeaseDirectory, { sets }: LeaseConfig): void {
  const taken = leases.list();
  for (const set of sets) {
    const own = taken.filter((address) => {
      const range = rangeOf(set, address);
      return range !== undefined && !equalAddresses(address, range.gateway);
    });
    if (BigInt(own.length) < capacityOf(set)) continue;
    throw new CniError("plugin_not_available", `no IP addresses available in range set: ${formatRangeSet(set)}`);
  }
}

function capacityOf(set: RangeSet): bigint {
  return set.reduce((sum, range) => {
    const gateway = rangeOf([range], range.gateway) === undefined ? 0n : 1n;
    return sum + distance(range.start, range.end) + 1n - gateway;
  }, 0n);
}
