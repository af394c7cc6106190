import { CniError } from "../errors.js";
import { formatJson } from "../internal/format-json.js";
import { parseJson } from "../internal/parse-json.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json-value.js";
import { formatNetworkConfigList, type NetworkConfigList, parseNetworkConfigList } from "../network-config.js";
import { formatResult, parseResult } from "../result-text.js";
import type { Attachment, CachedAttachment } from "./attachment-cache.js";

/** libcni's word for the form with configuration and arguments. */
const KIND = "cniCacheV1";

/** The text of a cache file as libcni writes it, `config` in base64. */
export function formatCacheDocument({ network, attachment, result }: CachedAttachment): string {
  const { containerId, ifname, netns, args, capabilityArgs } = attachment;
  return formatJson({
    kind: KIND,
    containerId,
    config: Buffer.from(formatNetworkConfigList(network, 0)).toString("base64"),
    ifName: ifname,
    networkName: network.name,
    ...(netns === undefined || netns === "" ? {} : { netns }),
    ...(args === undefined || args.length === 0 ? {} : { cniArgs: args }),
    ...(capabilityArgs === undefined || Object.keys(capabilityArgs).length === 0
      ? {}
      : { capabilityArgs: inOrder(capabilityArgs) }),
    ...(result === undefined ? {} : { result: inOrder(parseJson(formatResult(result))) }),
  });
}

/** Keys ordered at every level, as Go writes its maps. */
function inOrder(value: JsonValue): JsonValue {
  return parseJson(formatJson(value, { sortKeys: true }));
}

/** What a cache file holds: an entry, or the bare result of before there were entries. */
export type CacheDocument =
  | { readonly kind: "entry"; readonly entry: CachedAttachment }
  | { readonly kind: "result"; readonly result: JsonObject };

/**
 * Reads a cache file.
 *
 * @throws CniError `decode_failure` when it is neither form; `unsupported_version`, `invalid_result` for its result
 */
export function parseCacheDocument(text: string): CacheDocument {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new CniError("decode_failure", "not an object");
  if (value.kind !== KIND) return { kind: "result", result: value };
  const attachment = readAttachment(value);
  const { result } = value;
  const read = result === undefined || result === null ? {} : { result: parseResult(result) };
  return { kind: "entry", entry: { network: readNetwork(value), attachment, ...read } };
}

function readAttachment(value: JsonObject): Attachment {
  const { netns, cniArgs, capabilityArgs } = value;
  return {
    containerId: textOf(value, "containerId"),
    ifname: textOf(value, "ifName"),
    ...(typeof netns === "string" && netns !== "" ? { netns } : {}),
    ...(Array.isArray(cniArgs) ? { args: (cniArgs as readonly JsonValue[]).map(readPair) } : {}),
    ...(isJsonObject(capabilityArgs) ? { capabilityArgs: capabilityArgs as Readonly<Record<string, JsonValue>> } : {}),
  };
}

function readPair(pair: JsonValue): readonly [string, string] {
  const [name, value] = Array.isArray(pair) ? (pair as readonly JsonValue[]) : [];
  if (typeof name === "string" && typeof value === "string") return [name, value];
  throw new CniError("decode_failure", "cniArgs must be pairs of text");
}

function readNetwork(value: JsonObject): NetworkConfigList {
  const name = textOf(value, "networkName");
  const { config } = value;
  if (typeof config !== "string" || config === "") return { name };
  return parseNetworkConfigList(Buffer.from(config, "base64").toString("utf8"));
}

function textOf(value: JsonObject, key: string): string {
  const text = value[key];
  if (typeof text === "string" && text !== "") return text;
  throw new CniError("decode_failure", `${key} must be text`);
}
