// Parts that the graphs of builders share.
import { cluster, type Graph, grpcService, listener, route, routeConfiguration, virtualHost } from "@netmason/xds";

export const app = cluster.static({ name: "app", endpoints: [{ address: "127.0.0.1:8080" }] });
export const service = cluster.static({
  name: "service",
  protocol: "http2",
  endpoints: [{ address: "127.0.0.1:9000" }],
});
export const toService = grpcService({ cluster: "service", timeout: "1s" });
export const anyPath = { prefix: "/" } as const;
export const toApp = route.to("app", { match: anyPath });
export const oneHost = (...routes: Parameters<typeof virtualHost>[0]["routes"]) =>
  routeConfiguration({ name: "routes", virtualHosts: [virtualHost({ name: "all", domains: ["*"], routes })] });
export const address = "127.0.0.1:0";

export type HttpListener = Omit<Parameters<typeof listener.http>[0], "name" | "address" | "routes">;

export function web(input: HttpListener = {}, routes = oneHost(toApp)): Graph {
  return { listeners: [listener.http({ name: "web", address, routes, ...input })], clusters: [app, service] };
}

export const SECRET_FILE = { pathConfigSource: { path: "/etc/hostname" }, resourceApiVersion: "V3" } as const;
export const bucket = { maxTokens: 10, fillInterval: "1s" } as const;
export const allow = {
  action: "ALLOW",
  policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } },
} as const;
export const dnsCache = { name: "forward", dnsLookupFamily: "V4_ONLY" } as const;
