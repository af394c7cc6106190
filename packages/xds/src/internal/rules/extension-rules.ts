// What Envoy checks of TLS contexts, HTTP filters, access logs, tracers and bootstraps in code.
import type { BootstrapJson, LayeredRuntimeJson } from "@netmason/envoy-api/envoy/config/bootstrap/v3";
import type { SubstitutionFormatStringJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { OpenTelemetryConfigJson } from "@netmason/envoy-api/envoy/config/trace/v3";
import type { ExternalProcessorJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_proc/v3";
import type {
  JwtAuthenticationJson,
  JwtRequirementJson,
} from "@netmason/envoy-api/envoy/extensions/filters/http/jwt_authn/v3";
import type { LocalRateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3";
import type { OAuth2ConfigJson } from "@netmason/envoy-api/envoy/extensions/filters/http/oauth2/v3";
import type { RBACJson } from "@netmason/envoy-api/envoy/extensions/filters/http/rbac/v3";
import type { OverrideHost_OverrideHostSourceJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/override_host/v3";
import type {
  CertificateValidationContextJson,
  CommonTlsContextJson,
  DownstreamTlsContextJson,
  UpstreamTlsContextJson,
} from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import { parseAccessLogFormat } from "../../access-log-format.js";
import { isXdsError } from "../../errors.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { quoted, seconds } from "./route-rules.js";

const TLS = "envoy.extensions.transport_sockets.tls.v3";

/** Envoy finds an extension by the type of its configuration, so even an empty one must be written. */
function extension(
  { name = "", typedConfig }: { readonly name?: string; readonly typedConfig?: object },
  visit: Visit,
): void {
  if (typedConfig === undefined) visit.error("envoy_refuses", ["typedConfig"], `${quoted(name)} has no typedConfig`);
}

function upstreamTls({ commonTlsContext = {} }: UpstreamTlsContextJson, visit: Visit): void {
  const certificates = commonTlsContext.tlsCertificates ?? [];
  const secrets = commonTlsContext.tlsCertificateSdsSecretConfigs ?? [];
  if (certificates.length + secrets.length > 1) {
    const field = certificates.length > 1 ? "tlsCertificates" : "tlsCertificateSdsSecretConfigs";
    visit.error("envoy_refuses", ["commonTlsContext", field], "a client shows one certificate");
  }
  const { validationContext, combinedValidationContext, validationContextSdsSecretConfig } = commonTlsContext;
  if ((combinedValidationContext ?? validationContextSdsSecretConfig) !== undefined) return;
  if (validationContext?.systemRootCerts !== undefined) return;
  if (validationContext !== undefined && (hasAuthority(validationContext) || checksNames(validationContext))) return;
  visit.warn(
    "tls_unverified",
    ["commonTlsContext"],
    "the server's certificate is not verified",
    "set a validationContext",
  );
}

function downstreamTls(message: DownstreamTlsContextJson, visit: Visit): void {
  const {
    tlsCertificates,
    tlsCertificateSdsSecretConfigs,
    tlsCertificateProviderInstance,
    customTlsCertificateSelector,
  } = message.commonTlsContext ?? {};
  const count = (tlsCertificates ?? []).length + (tlsCertificateSdsSecretConfigs ?? []).length;
  if (count > 0 || tlsCertificateProviderInstance !== undefined || customTlsCertificateSelector !== undefined) return;
  visit.error("envoy_refuses", ["commonTlsContext"], "a server needs a certificate");
}

function commonTls(
  { tlsCertificates = [], tlsCertificateSdsSecretConfigs = [], validationContext }: CommonTlsContextJson,
  visit: Visit,
): void {
  if (tlsCertificates.length > 0 && tlsCertificateSdsSecretConfigs.length > 0) {
    visit.warn("ignored_field", ["tlsCertificates"], "unused beside tlsCertificateSdsSecretConfigs");
  }
  if (validationContext === undefined || !checksNames(validationContext) || hasAuthority(validationContext)) return;
  const parts = ["validationContext", "matchTypedSubjectAltNames"];
  visit.error("envoy_refuses", parts, "Envoy checks names only beside a trustedCa");
}

function hasAuthority(context: CertificateValidationContextJson): boolean {
  const { trustedCa, customValidatorConfig, caCertificateProviderInstance } = context;
  return (trustedCa ?? customValidatorConfig ?? caCertificateProviderInstance) !== undefined;
}

function checksNames({ matchTypedSubjectAltNames = [] }: CertificateValidationContextJson): boolean {
  return matchTypedSubjectAltNames.length > 0;
}

function localRateLimit({ tokenBucket, descriptors = [] }: LocalRateLimitJson, visit: Visit): void {
  bucket(tokenBucket?.fillInterval, ["tokenBucket", "fillInterval"], visit);
  const seen = new Set<string>();
  for (const [index, { entries = [], tokenBucket: own }] of descriptors.entries()) {
    const key = JSON.stringify(entries.map(({ key: name, value }) => [name, value]));
    if (seen.has(key)) visit.error("envoy_refuses", ["descriptors", index], "a second descriptor of these entries");
    seen.add(key);
    bucket(own?.fillInterval, ["descriptors", index, "tokenBucket", "fillInterval"], visit);
  }
}

function bucket(interval: string | undefined, parts: readonly PathPart[], visit: Visit): void {
  if (interval !== undefined && seconds(interval) > 0 && seconds(interval) < 0.05) {
    visit.error("envoy_refuses", parts, `${interval} is less than 0.05s`);
  }
}

function jwtAuthentication(
  { providers = {}, rules = [], requirementMap = {} }: JwtAuthenticationJson,
  visit: Visit,
): void {
  for (const [index, { requires, requirementName }] of rules.entries()) {
    if (requires !== undefined) jwtRequirement(requires, ["rules", index, "requires"], providers, visit);
    if (requirementName !== undefined && !Object.hasOwn(requirementMap, requirementName)) {
      visit.error(
        "envoy_refuses",
        ["rules", index, "requirementName"],
        `requirementMap has no ${quoted(requirementName)}`,
      );
    }
  }
  for (const [name, requirement] of Object.entries(requirementMap)) {
    jwtRequirement(requirement, ["requirementMap", name], providers, visit);
  }
}

function jwtRequirement(
  message: JwtRequirementJson,
  parts: readonly PathPart[],
  providers: object,
  visit: Visit,
): void {
  const name = message.providerName ?? message.providerAndAudiences?.providerName;
  if (name !== undefined && name !== "" && !Object.hasOwn(providers, name)) {
    const field = message.providerName === undefined ? ["providerAndAudiences", "providerName"] : ["providerName"];
    visit.error("envoy_refuses", [...parts, ...field], `providers has no ${quoted(name)}`);
  }
  for (const kind of ["requiresAny", "requiresAll"] as const) {
    for (const [index, inner] of (message[kind]?.requirements ?? []).entries()) {
      jwtRequirement(inner, [...parts, kind, "requirements", index], providers, visit);
    }
  }
}

function oauth2({ credentials, authType }: OAuth2ConfigJson, visit: Visit): void {
  if (credentials === undefined || credentials.tokenSecret !== undefined || authType === "TLS_CLIENT_AUTH") return;
  visit.error("envoy_refuses", ["credentials", "tokenSecret"], "is required unless authType is TLS_CLIENT_AUTH");
}

function externalProcessor({ grpcService, httpService }: ExternalProcessorJson, visit: Visit): void {
  if ((grpcService === undefined) !== (httpService === undefined)) return;
  const parts = grpcService === undefined ? ["grpcService"] : ["httpService"];
  visit.error("envoy_refuses", parts, "a processor has a grpcService or an httpService");
}

function overrideSource({ header = "", metadata }: OverrideHost_OverrideHostSourceJson, visit: Visit): void {
  if (header === "" && metadata === undefined)
    visit.error("envoy_refuses", ["header"], "a source needs a header or metadata");
}

function rbac({ rules, matcher }: RBACJson, visit: Visit): void {
  if (rules !== undefined && matcher !== undefined) {
    visit.warn("ignored_field", ["rules"], "Envoy ignores rules where there is a matcher");
  }
}

function openTelemetry(
  { grpcService, httpService, serviceName, ...rest }: OpenTelemetryConfigJson,
  visit: Visit,
): void {
  const count = [grpcService, httpService, ...Object.values(exporterOf(rest))].filter(
    (each) => each !== undefined,
  ).length;
  if (count !== 1) {
    const parts = count === 0 ? ["grpcService"] : ["httpService"];
    visit.error("envoy_refuses", parts, "a tracer needs a grpcService or an httpService, not both");
  }
}

function exporterOf(rest: object): { readonly exporter?: unknown } {
  return "customExporter" in rest ? { exporter: rest.customExporter } : {};
}

function logFormat({ textFormat, textFormatSource, jsonFormat }: SubstitutionFormatStringJson, visit: Visit): void {
  if (textFormat !== undefined) format(textFormat, ["textFormat"], visit);
  if (textFormatSource?.inlineString !== undefined) {
    format(textFormatSource.inlineString, ["textFormatSource", "inlineString"], visit);
  }
  if (jsonFormat !== undefined) jsonFormats(jsonFormat, ["jsonFormat"], visit);
}

function jsonFormats(value: unknown, parts: readonly PathPart[], visit: Visit): void {
  if (typeof value === "string") format(value, parts, visit);
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, inner] of entries) jsonFormats(inner, [...parts, key], visit);
}

function format(text: string, parts: readonly PathPart[], visit: Visit): void {
  try {
    parseAccessLogFormat(text);
  } catch (error) {
    if (!isXdsError(error, "invalid_format")) throw error;
    visit.error("access_log_format", parts, error.message.replace("[invalid_format] ", ""));
  }
}

function bootstrap(message: BootstrapJson, visit: Visit): void {
  const { node, dynamicResources } = message;
  if (dynamicResources !== undefined && ((node?.id ?? "") === "" || (node?.cluster ?? "") === "")) {
    const field = (node?.id ?? "") === "" ? "id" : "cluster";
    visit.error(
      "envoy_refuses",
      ["node", field],
      "xDS needs node.id and node.cluster",
      "or --service-node and --service-cluster",
    );
  }
}

function layers({ layers: all = [] }: LayeredRuntimeJson, visit: Visit): void {
  const names = new Set<string>();
  for (const [index, { name = "" }] of all.entries()) {
    if (names.has(name)) visit.error("envoy_refuses", ["layers", index, "name"], `a second layer ${quoted(name)}`);
    names.add(name);
  }
  const admins = all.flatMap(({ adminLayer }, index) => (adminLayer === undefined ? [] : [index]));
  if (admins[1] !== undefined)
    visit.error("envoy_refuses", ["layers", admins[1], "adminLayer"], "at most one admin layer");
}

/** Of TLS, HTTP filters, logs, tracing and the bootstrap. */
export const extensionRules: readonly MessageRule[] = [
  ...["accesslog.v3.AccessLog", "core.v3.TransportSocket", "trace.v3.Tracing.Http"].map((type) =>
    messageRule(`envoy.config.${type}`, extension),
  ),
  messageRule<UpstreamTlsContextJson>(`${TLS}.UpstreamTlsContext`, upstreamTls),
  messageRule<DownstreamTlsContextJson>(`${TLS}.DownstreamTlsContext`, downstreamTls),
  messageRule<CommonTlsContextJson>(`${TLS}.CommonTlsContext`, commonTls),
  messageRule<LocalRateLimitJson>("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", localRateLimit),
  messageRule<JwtAuthenticationJson>("envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication", jwtAuthentication),
  messageRule<OAuth2ConfigJson>("envoy.extensions.filters.http.oauth2.v3.OAuth2Config", oauth2),
  messageRule<ExternalProcessorJson>("envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor", externalProcessor),
  messageRule<OverrideHost_OverrideHostSourceJson>(
    "envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost.OverrideHostSource",
    overrideSource,
  ),
  messageRule<RBACJson>("envoy.extensions.filters.http.rbac.v3.RBAC", rbac),
  messageRule<OpenTelemetryConfigJson>("envoy.config.trace.v3.OpenTelemetryConfig", openTelemetry),
  messageRule<SubstitutionFormatStringJson>("envoy.config.core.v3.SubstitutionFormatString", logFormat),
  messageRule<BootstrapJson>("envoy.config.bootstrap.v3.Bootstrap", bootstrap),
  messageRule<LayeredRuntimeJson>("envoy.config.bootstrap.v3.LayeredRuntime", layers),
];
