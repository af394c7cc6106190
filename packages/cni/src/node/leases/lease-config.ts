import { type Address, parseAddress } from "@netmason/net";
import { type CniArgs, readCniArgs } from "../../cni-args.js";
import { CniError } from "../../errors.js";
import { canonicalAddress } from "../../internal/address-text.js";
import { createReader, fieldOf, readList } from "../../internal/read-fields.js";
import { readRoute } from "../../internal/read-route.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../json-value.js";
import type { Route } from "../../result-parts.js";
import { compareSpecVersions } from "../../spec-version.js";
import type { PluginRequest } from "../plugin.js";
import { formatRange, overlap, type RangeSet, readRange, refuseConfig } from "./lease-range.js";

/** What host-local is to do, read from all the places it may be written. */
export interface LeaseConfig {
  readonly sets: readonly RangeSet[];
  /** Addresses asked for, in order. */
  readonly requested: readonly Address[];
  readonly routes: readonly Route[] | undefined;
  readonly dataDir: string | undefined;
  readonly resolvConf: string | undefined;
}

/**
 * Reads a request as the reference does. Ranges: `runtimeConfig.ipRanges`, then the single range, then `ranges`. Addresses:
 * `IP` of CNI_ARGS, then `args.cni.ips`, then `runtimeConfig.ips`.
 *
 * @throws CniError `invalid_config`, `invalid_environment`; texts are the reference's
 */
export function readLeaseConfig({ config, args }: PluginRequest): LeaseConfig {
  const ipam = fieldOf(config, "ipam");
  if (!isJsonObject(ipam)) throw refuseConfig("IPAM config missing 'ipam' key");
  const runtime = objectAt(config, "runtimeConfig");
  const requested = [...readArgs(args), ...readIps(objectAt(objectAt(config, "args"), "cni")), ...readIps(runtime)];
  const sets = readSets(ipam, runtime);
  checkFamilies(sets, config.cniVersion);
  checkOverlaps(sets);
  return {
    sets,
    requested,
    routes: readRoutes(ipam),
    dataDir: textAt(ipam, "dataDir"),
    resolvConf: textAt(ipam, "resolvConf"),
  };
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = fieldOf(object, name);
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw refuseConfig(`${name} is not an object`);
}

function textAt(object: JsonObject, name: string): string | undefined {
  const value = fieldOf(object, name);
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw refuseConfig(`${name} is not text`);
}

function listAt(object: JsonObject, name: string): readonly JsonValue[] {
  const value = fieldOf(object, name);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw refuseConfig(`${name} is not a list`);
}

function readArgs(args: CniArgs): readonly Address[] {
  const { IP = "" } = readCniArgs(args, ["IP"]);
  return IP === "" ? [] : [readIp(IP)];
}

function readIps(object: JsonObject): readonly Address[] {
  return listAt(object, "ips").map((each) => readIp(typeof each === "string" ? each : JSON.stringify(each)));
}

/** With or without a length, which says nothing here. */
function readIp(text: string): Address {
  const address = canonicalAddress(text.replace(/\/\d+$/, ""));
  if (address === undefined) throw refuseConfig(`invalid IP address ${text}`);
  return parseAddress(address);
}

function readSets(ipam: JsonObject, runtime: JsonObject): readonly RangeSet[] {
  const single = fieldOf(ipam, "subnet") ?? "";
  const written = [...listAt(runtime, "ipRanges"), ...(single === "" ? [] : [[ipam]]), ...listAt(ipam, "ranges")];
  if (written.length === 0) throw refuseConfig("no IP ranges specified");
  return written.map((set, i) => {
    try {
      return readSet(set);
    } catch (error) {
      throw error instanceof CniError ? refuseConfig(`invalid range set ${i}: ${error.msg}`) : error;
    }
  });
}

function readSet(value: JsonValue): RangeSet {
  if (!Array.isArray(value)) throw refuseConfig("a range set is not a list");
  const set: RangeSet[number][] = [];
  for (const each of value as readonly JsonValue[]) {
    const range = readRange(each);
    if (set[0] !== undefined && set[0].start.family !== range.start.family)
      throw refuseConfig("mixed address families");
    set.push(range);
  }
  if (set.length === 0) throw refuseConfig("empty range set");
  for (const [i, a] of set.entries()) {
    for (const b of set.slice(i + 1)) {
      if (overlap(a, b)) throw refuseConfig(`subnets ${formatRange(a)} and ${formatRange(b)} overlap`);
    }
  }
  return set;
}

/** 0.2.0 and before had one address of each family. */
function checkFamilies(sets: readonly RangeSet[], cniVersion: string): void {
  const v4 = sets.filter(([range]) => range?.start.family === 4).length;
  if ((v4 <= 1 && sets.length - v4 <= 1) || compareSpecVersions(cniVersion, "0.3.0") >= 0) return;
  throw refuseConfig(`CNI version ${cniVersion} does not support more than 1 address per family`);
}

function checkOverlaps(sets: readonly RangeSet[]): void {
  for (const [i, a] of sets.entries()) {
    for (const [j, b] of sets.entries()) {
      if (j > i && a.some((x) => b.some((y) => overlap(x, y)))) {
        throw refuseConfig(`range set ${i} overlaps with ${j}`);
      }
    }
  }
}

function readRoutes(ipam: JsonObject): readonly Route[] | undefined {
  try {
    return readList(createReader(ipam, "/ipam"), "routes", readRoute);
  } catch (error) {
    throw error instanceof CniError ? refuseConfig(error.msg) : error;
  }
}
