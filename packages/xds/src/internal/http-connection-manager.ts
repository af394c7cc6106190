import type { FilterJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import { configSource } from "../config-source.js";
import type { HttpInput, Routes } from "../filter-chain.js";
import { pruned } from "./pruned.js";

const ROUTER: HttpFilterJson = {
  name: "envoy.filters.http.router",
  typedConfig: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
};

/** The filter of HTTP, with the router at the end of its filters. */
export function httpConnectionManager(input: HttpInput, statPrefix: string): FilterJson {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typedConfig: {
      "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
      ...pruned<HttpConnectionManagerJson>({
        statPrefix: input.statPrefix ?? statPrefix,
        ...routeSpecifier(input.routes),
        httpFilters: [...(input.filters ?? []), ROUTER],
        tracing: input.tracing,
        accessLog: input.accessLogs,
        ...input.overrides?.connectionManager,
      }),
    },
  };
}

function routeSpecifier(routes: Routes): HttpConnectionManagerJson {
  if (!("rds" in routes)) return { routeConfig: routes };
  return { rds: { configSource: configSource(routes.source), routeConfigName: routes.rds } };
}
