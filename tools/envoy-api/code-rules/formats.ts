// Formats with operators such as %REQ(x)%, wherever Envoy reads one: in logs, headers, rewrites, tracing and tunnels. Every
// string field of the API was tried with an unknown operator on Envoy 1.40.
import { HTTP_CONNECTION_MANAGER, HTTP_FILTERS, NETWORK_FILTERS, ROUTE } from "./names.js";
import type { RuleSource, RuleSources } from "./rule-source.js";

const LOGGERS = "envoy.extensions.access_loggers";
const OPEN_TELEMETRY_LOG = `${LOGGERS}.open_telemetry.v3.OpenTelemetryAccessLogConfig`;
const TRACED = ["operation", "upstreamOperation"];

function formats(places: readonly string[]): readonly RuleSource[] {
  return places.map((each) => ({
    each,
    when: "formatFault(it)",
    says: "{formatFault(it)}",
    rule: "format_string",
  }));
}

/** In headers an older operator is read as well. */
function headerFormat(each: string): RuleSource {
  return { each, when: "headerFormatFault(it)", says: "{headerFormatFault(it)}", rule: "format_string" };
}

export const formatRules: RuleSources = {
  "envoy.config.core.v3.SubstitutionFormatString": formats([
    "textFormat",
    "textFormatSource.inlineString",
    "jsonFormat.**",
  ]),
  [`${ROUTE}.RouteAction`]: formats(["hostRewrite", "pathRewrite"]),
  [`${ROUTE}.RedirectAction`]: formats(["pathRewrite"]),
  [`${ROUTE}.Tracing`]: formats(TRACED),
  [`${HTTP_CONNECTION_MANAGER}.Tracing`]: formats(TRACED),
  "envoy.type.tracing.v3.CustomTag": formats(["value"]),
  "envoy.extensions.clusters.reverse_connection.v3.ReverseConnectionClusterConfig": formats([
    "hostIdFormat",
    "tenantIdFormat",
  ]),
  [`${HTTP_FILTERS}.gcp_authn.v3.Audience.IAMAccessToken`]: formats(["account", "authorization"]),
  [`${HTTP_FILTERS}.oauth2.v3.OAuth2Config`]: formats(["redirectUri", "originalRequestUri"]),
  [`${NETWORK_FILTERS}.geoip.v3.Geoip`]: formats(["clientIp"]),
  [`${NETWORK_FILTERS}.tcp_proxy.v3.TcpProxy.TunnelingConfig`]: formats(["hostname"]),
  "envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.UdpTunnelingConfig": formats(["proxyHost", "targetHost"]),
  "envoy.config.core.v3.HeaderValueOption": [headerFormat("header.value")],
  [`${HTTP_FILTERS}.ext_authz.v3.AuthorizationRequest`]: [headerFormat("headersToAdd.*.value")],
  [`${LOGGERS}.file.v3.FileAccessLog`]: formats(["format", "jsonFormat.**", "typedJsonFormat.**"]),
  [`${LOGGERS}.fluentd.v3.FluentdAccessLogConfig`]: formats(["record.**"]),
  /** Values of the body and the attributes are formats, their keys and the attributes of the resource are not. */
  "opentelemetry.proto.common.v1.AnyValue": [
    {
      each: "stringValue",
      when: `formatFault(it) && has(within('${OPEN_TELEMETRY_LOG}')) && (under('body') || under('attributes'))`,
      says: "{formatFault(it)}",
      rule: "format_string",
    },
  ],
  [`${HTTP_FILTERS}.header_mutation.v3.Mutations`]: formats(["queryParameterMutations.*.append.record.value"]),
  /** Only the filter's own: those of a route are read when a request comes. */
  [`${HTTP_FILTERS}.local_ratelimit.v3.LocalRateLimit`]: formats(["rateLimits.*.hitsAddend.format"]),
};
