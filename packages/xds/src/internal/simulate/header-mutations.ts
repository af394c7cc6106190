// Headers that routes add and remove (source/common/router/header_parser.cc).
import type {
  RouteConfigurationJson,
  RouteJson,
  VirtualHostJson,
  WeightedCluster_ClusterWeightJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import { parseAccessLogFormat } from "../../access-log-format.js";
import { isNotSimulated, type NotSimulated } from "./text-matchers.js";

/** Values by lower-case name. */
export type Headers = Map<string, string[]>;

type Level = Pick<
  RouteJson,
  "requestHeadersToAdd" | "requestHeadersToRemove" | "responseHeadersToAdd" | "responseHeadersToRemove"
>;

/** What may change headers: of a weighted cluster first, then the route, its virtual host and its configuration. */
export interface Levels {
  readonly weighted: WeightedCluster_ClusterWeightJson | undefined;
  readonly route: RouteJson;
  readonly host: VirtualHostJson;
  readonly configuration: RouteConfigurationJson;
}

/** Changes the headers of one side; the later level wins. `request` is what `%REQ(…)%` reads. */
export function mutateHeaders(
  headers: Headers,
  side: "request" | "response",
  levels: Levels,
  request: Headers,
): NotSimulated | undefined {
  const { weighted, route, host, configuration } = levels;
  const shared: readonly Level[] = [route, host, configuration];
  const ordered = configuration.mostSpecificHeaderMutationsWins === true ? shared.toReversed() : shared;
  for (const level of [...(weighted === undefined ? [] : [weighted]), ...ordered]) {
    const stop = side === "request" ? applyRequest(headers, level, request) : applyResponse(headers, level, request);
    if (stop !== undefined) return stop;
  }
  return undefined;
}

function applyRequest(headers: Headers, level: Level, request: Headers): NotSimulated | undefined {
  for (const name of level.requestHeadersToRemove ?? []) headers.delete(name.toLowerCase());
  return add(headers, level.requestHeadersToAdd ?? [], request);
}

function applyResponse(headers: Headers, level: Level, request: Headers): NotSimulated | undefined {
  for (const name of level.responseHeadersToRemove ?? []) headers.delete(name.toLowerCase());
  return add(headers, level.responseHeadersToAdd ?? [], request);
}

function add(
  headers: Headers,
  list: NonNullable<Level["requestHeadersToAdd"]>,
  request: Headers,
): NotSimulated | undefined {
  for (const { header = {}, appendAction, append, keepEmptyValue } of list) {
    const name = (header.key ?? "").toLowerCase();
    const value = valueFrom(header.value ?? "", request);
    if (isNotSimulated(value)) return value;
    if (value === "" && keepEmptyValue !== true) continue;
    const existing = headers.get(name);
    const action = appendAction ?? (append === false ? "OVERWRITE_IF_EXISTS_OR_ADD" : "APPEND_IF_EXISTS_OR_ADD");
    if (action === "ADD_IF_ABSENT" && existing !== undefined) continue;
    if (action === "OVERWRITE_IF_EXISTS" && existing === undefined) continue;
    headers.set(name, action === "APPEND_IF_EXISTS_OR_ADD" ? [...(existing ?? []), value] : [value]);
  }
  return undefined;
}

function valueFrom(format: string, request: Headers): string | NotSimulated {
  let text = "";
  for (const piece of parseAccessLogFormat(format)) {
    if (piece.kind === "text") {
      text += piece.text;
      continue;
    }
    if (piece.name !== "REQ") return { unknown: `header value %${piece.name}%` };
    const names = (piece.parameter ?? "").toLowerCase().split("?");
    const value = names.map((name) => request.get(name)?.[0]).find((each) => each !== undefined) ?? "-";
    text += piece.length === undefined ? value : value.slice(0, piece.length);
  }
  return text;
}
