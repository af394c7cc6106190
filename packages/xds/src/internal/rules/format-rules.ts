// Formats with operators such as %REQ(x)%, wherever Envoy reads one: in logs, headers, rewrites, tracing and tunnels. Every
// string field of the API was tried with an unknown operator on Envoy 1.40.
import type { HeaderValueOptionJson, SubstitutionFormatStringJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { FileAccessLogJson } from "@netmason/envoy-api/envoy/extensions/access_loggers/file/v3";
import type { FluentdAccessLogConfigJson } from "@netmason/envoy-api/envoy/extensions/access_loggers/fluentd/v3";
import type { OpenTelemetryAccessLogConfigJson } from "@netmason/envoy-api/envoy/extensions/access_loggers/open_telemetry/v3";
import type { AuthorizationRequestJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_authz/v3";
import type { MutationsJson } from "@netmason/envoy-api/envoy/extensions/filters/http/header_mutation/v3";
import type { LocalRateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3";
import { parseAccessLogFormat } from "../../access-log-format.js";
import { isXdsError } from "../../errors.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";

const ROUTE = "envoy.config.route.v3";
const EXTENSIONS = "envoy.extensions";
const NETWORK = `${EXTENSIONS}.filters.network`;
const TRACED = ["operation", "upstreamOperation"] as const;

/** String fields that are formats as they are. */
const PLAIN: Readonly<Record<string, readonly string[]>> = {
  "envoy.config.core.v3.SubstitutionFormatString": ["textFormat"],
  [`${ROUTE}.RouteAction`]: ["hostRewrite", "pathRewrite"],
  [`${ROUTE}.RedirectAction`]: ["pathRewrite"],
  [`${ROUTE}.Tracing`]: TRACED,
  [`${NETWORK}.http_connection_manager.v3.HttpConnectionManager.Tracing`]: TRACED,
  "envoy.type.tracing.v3.CustomTag": ["value"],
  [`${EXTENSIONS}.clusters.reverse_connection.v3.ReverseConnectionClusterConfig`]: ["hostIdFormat", "tenantIdFormat"],
  [`${EXTENSIONS}.filters.http.gcp_authn.v3.Audience.IAMAccessToken`]: ["account", "authorization"],
  [`${EXTENSIONS}.filters.http.oauth2.v3.OAuth2Config`]: ["redirectUri"],
  [`${NETWORK}.geoip.v3.Geoip`]: ["clientIp"],
  [`${NETWORK}.tcp_proxy.v3.TcpProxy.TunnelingConfig`]: ["hostname"],
  [`${EXTENSIONS}.filters.udp.udp_proxy.v3.UdpProxyConfig.UdpTunnelingConfig`]: ["proxyHost", "targetHost"],
};

function formatString({ textFormatSource, jsonFormat }: SubstitutionFormatStringJson, visit: Visit): void {
  format(textFormatSource?.inlineString, ["textFormatSource", "inlineString"], visit);
  formatsIn(jsonFormat, ["jsonFormat"], visit);
}

function fileLog({ format: text, jsonFormat, typedJsonFormat }: FileAccessLogJson, visit: Visit): void {
  format(text, ["format"], visit);
  formatsIn(jsonFormat, ["jsonFormat"], visit);
  formatsIn(typedJsonFormat, ["typedJsonFormat"], visit);
}

/** Values of the body and the attributes are formats, their keys and the attributes of the resource are not. */
function openTelemetryLog({ body, attributes }: OpenTelemetryAccessLogConfigJson, visit: Visit): void {
  anyValue(body, ["body"], visit);
  keyValues(attributes, ["attributes"], visit);
}

type AnyValue = NonNullable<OpenTelemetryAccessLogConfigJson["body"]>;

function anyValue(value: AnyValue | undefined, parts: readonly PathPart[], visit: Visit): void {
  format(value?.stringValue, [...parts, "stringValue"], visit);
  for (const [index, item] of (value?.arrayValue?.values ?? []).entries()) {
    anyValue(item, [...parts, "arrayValue", "values", index], visit);
  }
  keyValues(value?.kvlistValue, [...parts, "kvlistValue"], visit);
}

function keyValues(list: AnyValue["kvlistValue"], parts: readonly PathPart[], visit: Visit): void {
  for (const [index, { value }] of (list?.values ?? []).entries()) {
    anyValue(value, [...parts, "values", index, "value"], visit);
  }
}

function header({ header: pair }: HeaderValueOptionJson, visit: Visit): void {
  headerFormat(pair?.value, ["header", "value"], visit);
}

function authorizationRequest({ headersToAdd = [] }: AuthorizationRequestJson, visit: Visit): void {
  for (const [index, { value }] of headersToAdd.entries()) headerFormat(value, ["headersToAdd", index, "value"], visit);
}

function queryMutations({ queryParameterMutations = [] }: MutationsJson, visit: Visit): void {
  for (const [index, { append }] of queryParameterMutations.entries()) {
    const parts = ["queryParameterMutations", index, "append", "record", "value"];
    formatsIn(append?.record?.value, parts, visit);
  }
}

/** Only the filter's own: those of a route are read when a request comes. */
function hitsAddends({ rateLimits = [] }: LocalRateLimitJson, visit: Visit): void {
  for (const [index, { hitsAddend }] of rateLimits.entries()) {
    format(hitsAddend?.format, ["rateLimits", index, "hitsAddend", "format"], visit);
  }
}

/** In headers an older operator is read as well. */
function headerFormat(text: string | undefined, parts: readonly PathPart[], visit: Visit): void {
  format(text?.replaceAll(/%PER_REQUEST_STATE\(([^()]+)\)%/g, "%FILTER_STATE($1:PLAIN)%"), parts, visit);
}

function formatsIn(value: unknown, parts: readonly PathPart[], visit: Visit): void {
  if (typeof value === "string") format(value, parts, visit);
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, inner] of entries) formatsIn(inner, [...parts, key], visit);
}

function format(text: string | undefined, parts: readonly PathPart[], visit: Visit): void {
  if (text === undefined || !text.includes("%")) return;
  try {
    parseAccessLogFormat(text);
  } catch (error) {
    if (!isXdsError(error, "invalid_format")) throw error;
    visit.error("format_string", parts, error.message.replace("[invalid_format] ", ""));
  }
}

function plain([typeName, fields]: readonly [string, readonly string[]]): MessageRule {
  return messageRule<Readonly<Record<string, unknown>>>(typeName, (message, visit) => {
    for (const field of fields) formatsIn(message[field], [field], visit);
  });
}

/** Of formats anywhere. */
export const formatRules = (): readonly MessageRule[] => [
  ...Object.entries(PLAIN).map(plain),
  messageRule<SubstitutionFormatStringJson>("envoy.config.core.v3.SubstitutionFormatString", formatString),
  messageRule<HeaderValueOptionJson>("envoy.config.core.v3.HeaderValueOption", header),
  messageRule<FileAccessLogJson>(`${EXTENSIONS}.access_loggers.file.v3.FileAccessLog`, fileLog),
  messageRule<FluentdAccessLogConfigJson>(
    `${EXTENSIONS}.access_loggers.fluentd.v3.FluentdAccessLogConfig`,
    ({ record }, visit) => formatsIn(record, ["record"], visit),
  ),
  messageRule<OpenTelemetryAccessLogConfigJson>(
    `${EXTENSIONS}.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig`,
    openTelemetryLog,
  ),
  messageRule<AuthorizationRequestJson>(
    `${EXTENSIONS}.filters.http.ext_authz.v3.AuthorizationRequest`,
    authorizationRequest,
  ),
  messageRule<MutationsJson>(`${EXTENSIONS}.filters.http.header_mutation.v3.Mutations`, queryMutations),
  messageRule<LocalRateLimitJson>(`${EXTENSIONS}.filters.http.local_ratelimit.v3.LocalRateLimit`, hitsAddends),
];
