import {
  type Address,
  addToAddress,
  compareAddresses,
  containsAddress,
  equalAddresses,
  firstAddress,
  lastAddress,
  type Prefix,
  parseAddress,
  prefixOf,
} from "@netmason/net";
import { CniError } from "../../errors.js";
import { canonicalAddress, canonicalCidr } from "../../internal/address-text.js";
import { fieldOf } from "../../internal/read-fields.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../json-value.js";

/** Addresses of one subnet that may be given out. Ends are inclusive. */
export interface LeaseRange {
  readonly subnet: Prefix;
  readonly start: Address;
  readonly end: Address;
  /** Never given out, even inside the range. */
  readonly gateway: Address;
}

/** One address is taken of each set. */
export type RangeSet = readonly LeaseRange[];

/** Texts are those of the reference plugin. */
export function refuseConfig(text: string): CniError {
  return new CniError("invalid_config", text);
}

/**
 * Reads a range and fills in what is left out: the gateway is the first address, the range goes from there to the last
 * one, for IPv4 the one before the broadcast address.
 */
export function readRange(value: JsonValue): LeaseRange {
  if (!isJsonObject(value)) throw refuseConfig("a range is not an object");
  const subnet = readSubnet(value);
  const second = addToAddress(firstAddress(subnet), 1);
  const gateway = readIp(value, "gateway") ?? second;
  const start = readIp(value, "rangeStart");
  if (start !== undefined && !containsAddress(subnet, start)) {
    throw refuseConfig(`RangeStart ${start} not in network ${subnet}`);
  }
  const end = readIp(value, "rangeEnd");
  const first = start ?? second;
  // A start behind the end is told as a start outside: the reference compares with whatever is known by then.
  if (end !== undefined && start?.family === end.family && compareAddresses(start, end) > 0) {
    throw refuseConfig(`RangeStart ${start} not in network ${subnet}`);
  }
  if (end !== undefined && (!containsAddress(subnet, end) || compareAddresses(end, first) < 0)) {
    throw refuseConfig(`RangeEnd ${end} not in network ${subnet}`);
  }
  const last = lastAddress(subnet);
  return { subnet, gateway, start: first, end: end ?? (subnet.family === 4 ? addToAddress(last, -1) : last) };
}

function readSubnet(range: JsonObject): Prefix {
  const text = fieldOf(range, "subnet") ?? "";
  if (text === "") throw refuseConfig("IP <nil> not v4 nor v6");
  const cidr = typeof text === "string" ? canonicalCidr(text) : undefined;
  if (typeof text !== "string" || cidr === undefined) throw refuseConfig(`invalid CIDR address: ${String(text)}`);
  const [addressText = "", lengthText = ""] = cidr.split("/");
  const address = parseAddress(addressText);
  const length = Number(lengthText);
  if (length > (address.family === 4 ? 30 : 126)) throw refuseConfig(`Network ${cidr} too small to allocate from`);
  if (address.family === 4 && text.includes(":")) throw refuseConfig("IPNet IP and Mask version mismatch");
  const subnet = prefixOf(address, length);
  if (equalAddresses(firstAddress(subnet), address)) return subnet;
  const complaint = `For a subnet mask of length ${length} the network address is ${firstAddress(subnet)}`;
  throw refuseConfig(`Network has host bits set. ${complaint}`);
}

function readIp(range: JsonObject, name: string): Address | undefined {
  const text = fieldOf(range, name) ?? "";
  if (text === "") return undefined;
  const address = typeof text === "string" ? canonicalAddress(text) : undefined;
  if (address === undefined) throw refuseConfig(`invalid IP address: ${String(text)}`);
  return parseAddress(address);
}

/** Whether the range has the address, the gateway included. */
export function rangeContains({ start, end }: LeaseRange, address: Address): boolean {
  return (
    address.family === start.family && compareAddresses(start, address) <= 0 && compareAddresses(address, end) <= 0
  );
}

/** The range of the set that has the address. */
export function rangeOf(set: RangeSet, address: Address): LeaseRange | undefined {
  return set.find((range) => rangeContains(range, address));
}

export function overlap(a: LeaseRange, b: LeaseRange): boolean {
  return rangeContains(a, b.start) || rangeContains(a, b.end) || rangeContains(b, a.start) || rangeContains(b, a.end);
}

export function formatRangeSet(set: RangeSet): string {
  return set.map(formatRange).join(",");
}

export function formatRange({ start, end }: LeaseRange): string {
  return `${start}-${end}`;
}
