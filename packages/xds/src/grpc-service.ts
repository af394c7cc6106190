import type { GrpcServiceJson } from "@netmason/envoy-api/envoy/config/core/v3";
import { pruned } from "./internal/pruned.js";
import type { Seconds } from "./one-of.js";

/**
 * A gRPC service behind a cluster, which must speak HTTP/2.
 *
 * @category Builders
 */
export function grpcService(input: { readonly cluster: string; readonly timeout?: Seconds }): GrpcServiceJson {
  return pruned<GrpcServiceJson>({ envoyGrpc: { clusterName: input.cluster }, timeout: input.timeout });
}
