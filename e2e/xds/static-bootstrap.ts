import type { BootstrapJson } from "@netmason/envoy-api/envoy/config/bootstrap/v3";
import { bootstrap, type Graph } from "@netmason/xds";

const BOOTSTRAP = "type.googleapis.com/envoy.config.bootstrap.v3.Bootstrap";

/**
 * Envoy's server has no API listeners, which are for clients: what is in one is put into a listener with an address, where
 * it is read in the same way.
 */
function served(listener: NonNullable<Graph["listeners"]>[number]): NonNullable<Graph["listeners"]>[number] {
  const typedConfig = listener.apiListener?.apiListener;
  if (typedConfig?.["@type"].endsWith(".HttpConnectionManager") !== true) return listener;
  const { apiListener: _, ...rest } = listener;
  const address = { socketAddress: { address: "127.0.0.1", portValue: 0 } };
  return { ...rest, address, filterChains: [{ filters: [{ name: "api", typedConfig }] }] };
}

/** A bootstrap that has a graph's listeners, clusters and secrets as static resources, and the fields of its bootstrap. */
export function staticBootstrap({ listeners = [], clusters = [], secrets = [], others = [] }: Graph): object {
  const own = others.find(({ typeUrl }) => typeUrl === BOOTSTRAP);
  return bootstrap({
    node: { id: "n", cluster: "c" },
    static: { listeners: listeners.map(served), clusters, ...(secrets.length > 0 && { secrets }) },
    ...(own !== undefined && "body" in own && { overrides: { bootstrap: own.body as BootstrapJson } }),
  });
}
