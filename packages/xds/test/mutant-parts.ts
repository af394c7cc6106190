// Graphs with one odd part in a place where mutants of the builders' graphs have it.
import {
  CORS,
  type Loose,
  ROUTER,
  url,
  withCluster,
  withFilter,
  withListener,
  withManager,
  withTransportSocket,
} from "./graph-parts.js";

export const FILE: Loose = { pathConfigSource: { path: "/etc/hostname" }, resourceApiVersion: "V3" };
export const check: Loose = { timeout: "1s", interval: "1s", unhealthyThreshold: 1, healthyThreshold: 1 };

export function at(address: Loose): ReturnType<typeof withListener> {
  return withListener({ address: { socketAddress: { address: "127.0.0.1", portValue: 0, ...address } } });
}

export function withHealthCheck(http: Loose, parts: Loose = {}): ReturnType<typeof withCluster> {
  return withCluster({ healthChecks: [{ ...check, httpHealthCheck: { path: "/", ...http } }], ...parts });
}

export function withDns(endpoint: Loose): ReturnType<typeof withCluster> {
  const loadAssignment = { clusterName: "b", endpoints: [{ lbEndpoints: [{ endpoint }] }] };
  return withCluster({ type: "STRICT_DNS", loadAssignment });
}

export function withProvider(provider: Loose, parts: Loose = {}): ReturnType<typeof withFilter> {
  return withFilter("extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
    providers: { p: { issuer: "i", ...provider } },
    ...parts,
  });
}

export function withKeysFrom(uri: string): ReturnType<typeof withFilter> {
  return withProvider({ remoteJwks: { httpUri: { uri, cluster: "a", timeout: "1s" } } });
}

export function withOAuth2(parts: Loose): ReturnType<typeof withFilter> {
  const config = {
    tokenEndpoint: { uri: "http://a/token", cluster: "a", timeout: "1s" },
    authorizationEndpoint: "https://a.example.com/login",
    redirectUri: "https://b.example.com/back",
    redirectPathMatcher: { path: { exact: "/back" } },
    signoutPath: { path: { exact: "/out" } },
    credentials: {
      clientId: "c",
      tokenSecret: { name: "t", sdsConfig: FILE },
      hmacSecret: { name: "h", sdsConfig: FILE },
    },
    ...parts,
  };
  return withFilter("extensions.filters.http.oauth2.v3.OAuth2", { config });
}

export function withDiscovered(configDiscovery: Loose): ReturnType<typeof withManager> {
  const filter = { name: "f", configDiscovery: { configSource: FILE, ...configDiscovery } };
  return withManager({ httpFilters: [filter, ROUTER] });
}

export function withPermission(permission: Loose): ReturnType<typeof withFilter> {
  const policies = { p: { permissions: [permission], principals: [{ any: true }] } };
  return withFilter("extensions.filters.http.rbac.v3.RBAC", { rules: { policies } });
}

export function withLog(parts: Loose): ReturnType<typeof withManager> {
  const type = url("extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig");
  const grpcService = { envoyGrpc: { clusterName: "a" } };
  return withManager({ accessLog: [{ name: "o", typedConfig: { "@type": type, grpcService, ...parts } }] });
}

export function withTracer(parts: Loose): ReturnType<typeof withManager> {
  const typedConfig = { "@type": url("config.trace.v3.OpenTelemetryConfig"), serviceName: "s", ...parts };
  return withManager({ tracing: { provider: { name: "o", typedConfig } } });
}

export function withOverride(override: Loose, filter: Loose = { ...CORS, name: "f" }): ReturnType<typeof withManager> {
  const routes = [{ match: { prefix: "/" }, route: { cluster: "a" }, typedPerFilterConfig: { f: override } }];
  const routeConfig = { name: "r", virtualHosts: [{ name: "v", domains: ["*"], routes }] };
  return withManager({ routeConfig, httpFilters: [filter, ROUTER] });
}

export function withScopes(scopedRoutes: Loose): ReturnType<typeof withManager> {
  const scopeKeyBuilder = {
    fragments: [{ headerValueExtractor: { name: "x-tenant", elementSeparator: ",", index: 0 } }],
  };
  return withManager({
    routeConfig: undefined,
    scopedRoutes: { name: "s", scopeKeyBuilder, rdsConfigSource: FILE, ...scopedRoutes },
  });
}

/** A context with something beside a secret that comes by discovery. */
export function withSecretBeside(defaultValidationContext: Loose): ReturnType<typeof withTransportSocket> {
  const validationContextSdsSecretConfig = { name: "s", sdsConfig: FILE };
  return withTransportSocket("UpstreamTlsContext", {
    commonTlsContext: { combinedValidationContext: { defaultValidationContext, validationContextSdsSecretConfig } },
  });
}
