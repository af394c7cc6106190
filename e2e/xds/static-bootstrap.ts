import { bootstrap, type Graph } from "@netmason/xds";

/** A bootstrap that has a graph's listeners, clusters and secrets as static resources. */
export function staticBootstrap({ listeners = [], clusters = [], secrets = [] }: Graph): object {
  return bootstrap({
    node: { id: "n", cluster: "c" },
    static: { listeners, clusters, ...(secrets.length > 0 && { secrets }) },
  });
}
