// What Envoy checks of extensions, tracers and bootstraps in code.
import type { BootstrapJson, LayeredRuntimeJson } from "@netmason/envoy-api/envoy/config/bootstrap/v3";
import type { OpenTelemetryConfigJson } from "@netmason/envoy-api/envoy/config/trace/v3";
import type { OpenTelemetryAccessLogConfigJson } from "@netmason/envoy-api/envoy/extensions/access_loggers/open_telemetry/v3";
import type { CompressorJson } from "@netmason/envoy-api/envoy/extensions/filters/http/compressor/v3";
import type { HealthCheckJson } from "@netmason/envoy-api/envoy/extensions/filters/http/health_check/v3";
import type { LuaJson } from "@netmason/envoy-api/envoy/extensions/filters/http/lua/v3";
import type { OverrideHost_OverrideHostSourceJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/override_host/v3";
import { typeUrlOf } from "../typed-any.js";
import { type MessageRule, messageRule, type Visit } from "../visit.js";
import { quoted, seconds } from "./rule-text.js";

/** What may stand in a place of extensions, by the packages of Envoy; types of others are their own affair. */
const KINDS: Readonly<Record<string, RegExp>> = {
  "envoy.config.accesslog.v3.AccessLog": /^access_loggers\./,
  "envoy.config.core.v3.TransportSocket": /^transport_sockets\./,
  "envoy.config.listener.v3.Filter": /^(filters\.network|common)\./,
  "envoy.config.listener.v3.ListenerFilter": /^(filters\.(listener|udp)|common)\./,
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter": /^(filters\.http|common)\./,
};
const EXTENSION = /^type\.googleapis\.com\/envoy\.extensions\.(.*)$/;
/** Places whose rules of their own say that a configuration is missing. */
const SAID_ELSEWHERE = /Filter$/;

/** Envoy finds an extension by the type of its configuration, so even an empty one must be written. */
function extension(typeName: string, kind?: RegExp): MessageRule {
  return messageRule<{ readonly name?: string; readonly typedConfig?: object }>(
    typeName,
    ({ name = "", typedConfig }, visit) => {
      const type = typeUrlOf(typedConfig);
      if (type === undefined) {
        if (!SAID_ELSEWHERE.test(typeName)) visit.refuse(["typedConfig"], `${quoted(name)} has no typedConfig`);
        return;
      }
      const [, own] = EXTENSION.exec(type) ?? [];
      if (own === undefined || kind === undefined) return;
      if (!kind.test(own) || isOtherSide(own, visit)) {
        visit.refuse(["typedConfig", "@type"], `${type.slice(type.lastIndexOf("/") + 1)} has no place here`);
      }
    },
  );
}

/** A TLS context of clients in a listener, or of servers in a cluster. */
function isOtherSide(type: string, visit: Visit): boolean {
  if (visit.at.at(-1) !== "transportSocket") return false;
  const isServer = visit.at.some((part) => part === "filterChains" || part === "defaultFilterChain");
  return type.endsWith(isServer ? ".UpstreamTlsContext" : ".DownstreamTlsContext");
}

function lua({ inlineCode = "", defaultSourceCode }: LuaJson, visit: Visit): void {
  if (inlineCode !== "" && defaultSourceCode !== undefined) {
    visit.refuse(["inlineCode"], "excluded by defaultSourceCode");
  }
}

function healthCheckFilter({ passThroughMode, cacheTime = "0s" }: HealthCheckJson, visit: Visit): void {
  if (passThroughMode !== true && seconds(cacheTime) > 0) visit.refuse(["cacheTime"], "goes with passThroughMode only");
}

function openTelemetryLog(
  { grpcService, httpService, commonConfig }: OpenTelemetryAccessLogConfigJson,
  visit: Visit,
): void {
  if ((grpcService ?? httpService ?? commonConfig?.grpcService) !== undefined) return;
  visit.refuse(["grpcService"], "a log needs a grpcService or an httpService");
}

function compressor({ compressorLibrary }: CompressorJson, visit: Visit): void {
  const [, own = "compression."] = EXTENSION.exec(typeUrlOf(compressorLibrary?.typedConfig) ?? "") ?? [];
  if (own.startsWith("compression.")) return;
  visit.refuse(["compressorLibrary", "typedConfig", "@type"], "no library that compresses");
}

function overrideSource({ header = "", metadata }: OverrideHost_OverrideHostSourceJson, visit: Visit): void {
  if (header === "" && metadata === undefined) visit.refuse(["header"], "a source needs a header or metadata");
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
    visit.refuse(parts, "a tracer needs a grpcService or an httpService, not both");
  }
}

function exporterOf(rest: object): { readonly exporter?: unknown } {
  return "customExporter" in rest ? { exporter: rest.customExporter } : {};
}

function bootstrap(message: BootstrapJson, visit: Visit): void {
  const { node, dynamicResources } = message;
  if (dynamicResources !== undefined && ((node?.id ?? "") === "" || (node?.cluster ?? "") === "")) {
    const field = (node?.id ?? "") === "" ? "id" : "cluster";
    visit.refuse(["node", field], "xDS needs node.id and node.cluster", "or --service-node and --service-cluster");
  }
}

function layers({ layers: all = [] }: LayeredRuntimeJson, visit: Visit): void {
  const names = new Set<string>();
  for (const [index, { name = "" }] of all.entries()) {
    if (names.has(name)) visit.refuse(["layers", index, "name"], `a second layer ${quoted(name)}`);
    names.add(name);
  }
  const admins = all.flatMap(({ adminLayer }, index) => (adminLayer === undefined ? [] : [index]));
  if (admins[1] !== undefined) visit.refuse(["layers", admins[1], "adminLayer"], "at most one admin layer");
}

/** Of extensions, tracing and the bootstrap. */
export const extensionRules = (): readonly MessageRule[] => [
  ...Object.entries(KINDS).map(([typeName, kind]) => extension(typeName, kind)),
  extension("envoy.config.trace.v3.Tracing.Http"),
  messageRule<OpenTelemetryAccessLogConfigJson>(
    "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig",
    openTelemetryLog,
  ),
  messageRule<LuaJson>("envoy.extensions.filters.http.lua.v3.Lua", lua),
  messageRule<HealthCheckJson>("envoy.extensions.filters.http.health_check.v3.HealthCheck", healthCheckFilter),
  messageRule<CompressorJson>("envoy.extensions.filters.http.compressor.v3.Compressor", compressor),
  messageRule<OverrideHost_OverrideHostSourceJson>(
    "envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost.OverrideHostSource",
    overrideSource,
  ),
  messageRule<OpenTelemetryConfigJson>("envoy.config.trace.v3.OpenTelemetryConfig", openTelemetry),
  messageRule<BootstrapJson>("envoy.config.bootstrap.v3.Bootstrap", bootstrap),
  messageRule<LayeredRuntimeJson>("envoy.config.bootstrap.v3.LayeredRuntime", layers),
];
