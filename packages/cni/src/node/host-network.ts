import { mkdir, readdir, readFile, unlink } from "node:fs/promises";
import { networkInterfaces as systemInterfaces } from "node:os";
import { join } from "node:path";
import { CniError } from "../errors.js";
import { canonicalAddress } from "../internal/address-text.js";
import { formatJson } from "../internal/format-json.js";
import { assertNoFault, findContainerIdFault } from "../internal/name-faults.js";
import { parseJson } from "../internal/parse-json.js";
import { isJsonObject, type JsonValue } from "../json-value.js";
import type { Result100 } from "../result-100.js";
import type { CallOptions } from "./exec.js";
import { isPortFree } from "./free-port.js";
import { withLockAsync } from "./leases/directory-lock.js";
import { replaceFile } from "./replace-file.js";

/** A port of the host that a container listens on. */
export interface HostPort {
  /** 1 to 65,535. */
  readonly port: number;
  /** Default `tcp`. */
  readonly protocol?: "tcp" | "udp" | "sctp";
  /** Default: every address, as `::` is too; `0.0.0.0` is every one of IPv4. */
  readonly hostIP?: string;
}

/** A container and its ports. */
export interface HostAttachment {
  readonly containerId: string;
  readonly ports: readonly HostPort[];
}

/** One address of an interface, as `node:os` tells it. */
export interface HostAddress {
  readonly address: string;
  /** With its prefix length. */
  readonly cidr: string | null;
  /** Of loopback. */
  readonly internal: boolean;
  readonly mac: string;
}

/** Addresses by the name of the interface. */
export type HostAddresses = Readonly<Record<string, readonly HostAddress[] | undefined>>;

/** Options of `createHostNetwork`. */
export interface HostNetworkOptions {
  /** Where attachments are kept, one file a container. Made when first used. */
  readonly stateDir: string;
  /** Whose addresses are given; default: all interfaces but loopback. */
  readonly interfaces?: readonly string[];
  /** Default: `networkInterfaces` of `node:os`. */
  readonly networkInterfaces?: () => HostAddresses;
}

/**
 * Containers in the host's own network namespace. Nothing is made for them; what is kept is who listens where, so that two
 * cannot be given one port. Several processes may work on one state directory: a lock (flock(1)) keeps them apart.
 */
export interface HostNetwork {
  /**
   * Reserves the ports, all or none, and gives the host's addresses. Attaching again with other ports replaces them. A port
   * is refused when another container has it, or when something else listens there now; for sctp only the former is seen.
   *
   * @throws CniError `port_in_use`, whose `heldBy` is the other container; `unknown_container`, `invalid_environment`;
   * `io_failure` when the state cannot be read or written, or a port cannot be tried; `decode_failure` when a file of the
   * state is damaged
   * @throws RangeError when a port is none
   */
  attach(
    request: { readonly containerId: string; readonly ports?: readonly HostPort[] },
    options?: CallOptions,
  ): Promise<Result100<"1.1.0">>;
  /** Gives the ports back; again is no error. */
  detach(containerId: string, options?: CallOptions): Promise<void>;
  /** Who is attached, ordered by container id. */
  list(options?: CallOptions): Promise<readonly HostAttachment[]>;
}

/**
 * Creates a host network over a state directory.
 *
 * @category Runtime
 */
export function createHostNetwork(options: HostNetworkOptions): HostNetwork {
  const { stateDir, interfaces, networkInterfaces = systemInterfaces } = options;
  const locked = async <T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    signal?.throwIfAborted();
    await told("make", stateDir, mkdir(stateDir, { recursive: true, mode: 0o700 }));
    return withLockAsync(stateDir, work, { signal: signal ?? new AbortController().signal });
  };
  const fileOf = (containerId: string): string => {
    assertNoFault(findContainerIdFault(containerId));
    return join(stateDir, `${containerId}.json`);
  };
  return {
    async attach({ containerId, ports = [] }, { signal } = {}) {
      const file = fileOf(containerId);
      const wanted = ports.map(normalize);
      await locked(async () => {
        const others = await readAttachments(stateDir);
        const own = others.find((each) => each.containerId === containerId)?.ports ?? [];
        for (const port of wanted) {
          const holder = others.find((each) => each.containerId !== containerId && each.ports.some(clashesWith(port)));
          if (holder !== undefined) throw inUse(port, holder.containerId);
          if (!own.some(clashesWith(port)) && !(await isPortFree(port))) throw inUse(port);
          signal?.throwIfAborted();
        }
        const document = { containerId, ports: wanted.map((port) => ({ ...port })) };
        const content = { text: formatJson(document), mode: 0o600 };
        await told("write", file, replaceFile(file, join(stateDir, ".tmp"), content));
      }, signal);
      return describeHost(networkInterfaces(), interfaces);
    },
    async detach(containerId, { signal } = {}) {
      const file = fileOf(containerId);
      await locked(() => told("remove", file, unlink(file).catch(unlessAbsent(undefined))), signal);
    },
    async list({ signal } = {}) {
      signal?.throwIfAborted();
      return readAttachments(stateDir);
    },
  };
}

type Port = Required<HostPort>;

/** Every address. */
const ANY = "";
const ANY_V4 = "0.0.0.0";

function normalize({ port, protocol = "tcp", hostIP = ANY }: HostPort): Port {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`port must be between 1 and 65535, not ${port}`);
  }
  const address = hostIP === ANY ? ANY : canonicalAddress(hostIP);
  if (address === undefined) throw new RangeError(`hostIP must be an IP address, not ${JSON.stringify(hostIP)}`);
  return { port, protocol, hostIP: address === "::" ? ANY : address };
}

function clashesWith(a: Port): (b: HostPort) => boolean {
  return ({ port, protocol = "tcp", hostIP = ANY }) =>
    a.port === port && a.protocol === protocol && (covers(a.hostIP, hostIP) || covers(hostIP, a.hostIP));
}

function covers(wide: string, narrow: string): boolean {
  return wide === ANY || wide === narrow || (wide === ANY_V4 && !narrow.includes(":"));
}

function inUse({ port, protocol, hostIP }: Port, heldBy?: string): CniError {
  const where = `${hostIP === ANY ? "" : `${hostIP} `}${protocol} port ${port}`;
  const details = { port, protocol, ...(heldBy === undefined ? {} : { heldBy }) };
  return new CniError("port_in_use", `${where} is in use by ${heldBy ?? "another program"}`, details);
}

async function readAttachments(stateDir: string): Promise<readonly HostAttachment[]> {
  const names = await told("read", stateDir, readdir(stateDir).catch(unlessAbsent<string[]>([])));
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const attachments = await Promise.all(
    files.map(async (name) => {
      const file = join(stateDir, name);
      // Without the lock: one that is detached meanwhile is gone.
      const text = await told("read", file, readFile(file, "utf8").catch(unlessAbsent(undefined)));
      return text === undefined ? [] : [readAttachment(parseJson(text), name)];
    }),
  );
  return attachments.flat();
}

function readAttachment(value: JsonValue, name: string): HostAttachment {
  const { containerId, ports } = isJsonObject(value) ? value : {};
  if (typeof containerId !== "string" || !Array.isArray(ports)) {
    throw new CniError("decode_failure", `${name} in the state directory is no attachment`);
  }
  return { containerId, ports: ports as readonly HostPort[] };
}

/** What stands for a file that is not there. */
function unlessAbsent<T>(absent: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return absent;
    throw error;
  };
}

/** The system's errors as this package's. */
async function told<T>(what: string, file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new CniError("io_failure", `cannot ${what} ${file}: ${String(cause)}`, {}, { cause });
  }
}

/** The host's interfaces with their addresses; link-local ones mean nothing without an interface and are left out. */
function describeHost(found: HostAddresses, wanted: readonly string[] | undefined): Result100<"1.1.0"> {
  const names = Object.keys(found).filter((name) =>
    wanted === undefined ? found[name]?.some(({ internal }) => !internal) : wanted.includes(name),
  );
  const addressesOf = (name: string): readonly HostAddress[] =>
    (found[name] ?? []).filter(({ address, cidr }) => cidr !== null && !address.startsWith("fe80:"));
  return {
    cniVersion: "1.1.0",
    interfaces: names.map((name) => ({ name, mac: found[name]?.[0]?.mac ?? "" })),
    ips: names.flatMap((name, index) =>
      addressesOf(name).map(({ cidr }) => ({ address: cidr ?? "", interface: index })),
    ),
  };
}
