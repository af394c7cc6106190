import type { NodeJson } from "@netmason/envoy-api/envoy/config/core/v3";

/** How a gRPC client finds its control plane: the file that `GRPC_XDS_BOOTSTRAP` names. */
export interface GrpcBootstrap {
  readonly xds_servers: readonly {
    readonly server_uri: string;
    readonly channel_creds: readonly { readonly type: string }[];
    readonly server_features: readonly string[];
  }[];
  readonly node: Omit<NodeJson, "locality"> & {
    readonly id: string;
    readonly locality: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  };
}

/** What `grpcBootstrap` takes. */
export interface GrpcBootstrapInput {
  readonly node: NodeJson & { readonly id: string };
  /** `host:port` of the control plane. */
  readonly server: string;
  /** Default `insecure`. */
  readonly credentials?: "insecure" | "google_default" | "tls";
  /** Keeps resources that the control plane stops sending. */
  readonly ignoreResourceDeletion?: boolean;
}

/**
 * The bootstrap of a proxyless gRPC client; not a protobuf message, so its names are in snake_case.
 *
 * @category Builders
 */
export function grpcBootstrap(input: GrpcBootstrapInput): GrpcBootstrap {
  const features = input.ignoreResourceDeletion === true ? ["xds_v3", "ignore_resource_deletion"] : ["xds_v3"];
  const server = {
    server_uri: input.server,
    channel_creds: [{ type: input.credentials ?? "insecure" }],
    server_features: features,
  };
  return { xds_servers: [server], node: nodeOf(input.node) };
}

/** Clients want a locality, though it may be empty, and read it by the names of the .proto file. */
function nodeOf({ locality = {}, ...rest }: GrpcBootstrapInput["node"]): GrpcBootstrap["node"] {
  const { subZone, ...place } = locality;
  return { ...rest, locality: { ...place, ...(subZone !== undefined && { sub_zone: subZone }) } };
}
