import type { BootstrapJson } from "@netmason/envoy-api/envoy/config/bootstrap/v3";
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { NodeJson, TransportSocketJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { SecretJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import * as cluster from "./cluster.js";
import { grpcService } from "./grpc-service.js";
import { addressOf, socketAddressOf } from "./internal/address-text.js";
import { pruned } from "./internal/pruned.js";

/** A control plane that Envoy asks. */
export interface XdsConnection {
  /** `host:port`; a name is resolved. */
  readonly address: string;
  /** Default `delta`. */
  readonly mode?: "sotw" | "delta";
  /** From `tls.upstream`. */
  readonly tls?: TransportSocketJson;
}

/** What `bootstrap` takes. */
export interface BootstrapInput {
  /** Envoy needs both where it asks for anything by xDS. */
  readonly node: NodeJson & { readonly id: string; readonly cluster: string };
  /** Listeners and clusters come from a control plane, or from `lds.json` and `cds.json` in a folder. */
  readonly xds?: XdsConnection | { readonly files: string };
  /** `host:port` of the admin page, which anyone who reaches it can stop Envoy by: keep it on loopback. */
  readonly admin?: string;
  readonly static?: {
    readonly listeners?: readonly ListenerJson[];
    readonly clusters?: readonly ClusterJson[];
    readonly secrets?: readonly SecretJson[];
  };
  readonly overrides?: { readonly bootstrap?: BootstrapJson };
}

const XDS_CLUSTER = "xds_cluster";

/**
 * The file Envoy starts with. For a control plane it adds the cluster `xds_cluster`, with HTTP/2, which gRPC needs and
 * Envoy does not turn on by itself.
 *
 * @throws {@link XdsError} `invalid_address`
 * @category Builders
 */
export function bootstrap(input: BootstrapInput): BootstrapJson {
  const { xds, admin } = input;
  const connection = xds !== undefined && "address" in xds ? xds : undefined;
  const clusters = [...(input.static?.clusters ?? []), ...(connection === undefined ? [] : [xdsCluster(connection)])];
  return pruned<BootstrapJson>({
    node: input.node,
    staticResources: pruned<NonNullable<BootstrapJson["staticResources"]>>({
      listeners: input.static?.listeners,
      clusters: clusters.length === 0 ? undefined : clusters,
      secrets: input.static?.secrets,
    }),
    dynamicResources: xds === undefined ? undefined : dynamicResources(xds),
    admin: admin === undefined ? undefined : { address: addressOf(admin) },
    ...input.overrides?.bootstrap,
  });
}

function xdsCluster({ address, tls }: XdsConnection): ClusterJson {
  const { address: host = "", portValue: port = 0 } = socketAddressOf(address);
  return cluster.dns({ name: XDS_CLUSTER, host, port: Number(port), protocol: "http2", ...(tls && { tls }) });
}

function dynamicResources(
  xds: XdsConnection | { readonly files: string },
): NonNullable<BootstrapJson["dynamicResources"]> {
  if ("files" in xds) {
    const source = (type: string) =>
      ({ pathConfigSource: { path: `${xds.files}/${type}.json` }, resourceApiVersion: "V3" }) as const;
    return { ldsConfig: source("lds"), cdsConfig: source("cds") };
  }
  const ads = { ads: {}, resourceApiVersion: "V3" } as const;
  const grpcServices = [grpcService({ cluster: XDS_CLUSTER })];
  const apiType = xds.mode === "sotw" ? "GRPC" : "DELTA_GRPC";
  return { ldsConfig: ads, cdsConfig: ads, adsConfig: { apiType, transportApiVersion: "V3", grpcServices } };
}
