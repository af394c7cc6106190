import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { TypedExtensionConfigJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { ClusterLoadAssignmentJson } from "@netmason/envoy-api/envoy/config/endpoint/v3";
import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type {
  RouteConfigurationJson,
  ScopedRouteConfigurationJson,
  VirtualHostJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import type { SecretJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import type { RuntimeJson } from "@netmason/envoy-api/envoy/service/runtime/v3";

/** A type URL; a template and not a brand, so that literals are checked and bare type names are refused. */
export type TypeUrl = `type.googleapis.com/${string}`;

/** The JSON type of each xDS resource type. */
export interface ResourceTypes {
  readonly "type.googleapis.com/envoy.config.listener.v3.Listener": ListenerJson;
  readonly "type.googleapis.com/envoy.config.route.v3.RouteConfiguration": RouteConfigurationJson;
  readonly "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration": ScopedRouteConfigurationJson;
  readonly "type.googleapis.com/envoy.config.route.v3.VirtualHost": VirtualHostJson;
  readonly "type.googleapis.com/envoy.config.cluster.v3.Cluster": ClusterJson;
  readonly "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment": ClusterLoadAssignmentJson;
  readonly "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret": SecretJson;
  readonly "type.googleapis.com/envoy.service.runtime.v3.Runtime": RuntimeJson;
  readonly "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig": TypedExtensionConfigJson;
}

const PREFIX = "type.googleapis.com/";

/** The type URLs of the nine xDS resource types. */
export const typeUrls: {
  readonly listener: "type.googleapis.com/envoy.config.listener.v3.Listener";
  readonly route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
  readonly scopedRoute: "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration";
  readonly virtualHost: "type.googleapis.com/envoy.config.route.v3.VirtualHost";
  readonly cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  readonly endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
  readonly secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
  readonly runtime: "type.googleapis.com/envoy.service.runtime.v3.Runtime";
  readonly extension: "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
} = {
  listener: `${PREFIX}envoy.config.listener.v3.Listener`,
  route: `${PREFIX}envoy.config.route.v3.RouteConfiguration`,
  scopedRoute: `${PREFIX}envoy.config.route.v3.ScopedRouteConfiguration`,
  virtualHost: `${PREFIX}envoy.config.route.v3.VirtualHost`,
  cluster: `${PREFIX}envoy.config.cluster.v3.Cluster`,
  endpoints: `${PREFIX}envoy.config.endpoint.v3.ClusterLoadAssignment`,
  secret: `${PREFIX}envoy.extensions.transport_sockets.tls.v3.Secret`,
  runtime: `${PREFIX}envoy.service.runtime.v3.Runtime`,
  extension: `${PREFIX}envoy.config.core.v3.TypedExtensionConfig`,
};

/** The JSON type of a resource type; `unknown` for a type URL that is not one of Envoy's nine. */
export type ResourceJson<U extends TypeUrl> = U extends keyof ResourceTypes ? ResourceTypes[U] : unknown;

/** Names one resource. */
export interface ResourceRef<U extends TypeUrl = TypeUrl> {
  readonly typeUrl: U;
  readonly name: string;
}
