import type { Codec } from "@netmason/envoy-api/codec";
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { TypedExtensionConfigJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { ClusterLoadAssignmentJson } from "@netmason/envoy-api/envoy/config/endpoint/v3";
import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { RouteConfigurationJson, ScopedRouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { SecretJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import type { RuntimeJson } from "@netmason/envoy-api/envoy/service/runtime/v3";
import type { Issue, IssueRule } from "./issue.js";
import type { NamedResource, Resource } from "./resource.js";
import type { Snapshot } from "./snapshot.js";
import type { ResourceRef } from "./type-urls.js";

/** Everything one group of Envoys gets, in canonical JSON (camelCase; `normalize` of the codec brings YAML to it). */
export interface Graph {
  readonly listeners?: readonly ListenerJson[];
  readonly routes?: readonly RouteConfigurationJson[];
  readonly scopedRoutes?: readonly ScopedRouteConfigurationJson[];
  readonly clusters?: readonly ClusterJson[];
  readonly endpoints?: readonly ClusterLoadAssignmentJson[];
  readonly secrets?: readonly SecretJson[];
  readonly runtimes?: readonly RuntimeJson[];
  readonly extensions?: readonly TypedExtensionConfigJson[];
  /** Of own types, with aliases or a time to live, or already encoded. */
  readonly others?: readonly (NamedResource | Resource)[];
}

/** How `compile` judges. */
export interface CompileOptions {
  /**
   * Names that are elsewhere, such as the clusters of the bootstrap. `"any"` makes a missing reference a warning. Default
   * none.
   */
  readonly external?: readonly ResourceRef[] | "any";
  /** Who reads the result; `grpc` adds what proxyless gRPC clients refuse. Default `envoy`. */
  readonly target?: "envoy" | "grpc";
  /** Severities of one's own. */
  readonly severity?: Readonly<Partial<Record<IssueRule, "error" | "warning" | "off">>>;
  /**
   * What an error does: no snapshot at all, or the changed resource keeps its last good version (or stays out) and is
   * named in `kept`. Default `refuse`.
   */
  readonly onError?: "refuse" | "keepPrevious";
  /** Default the codec of Envoy's types. */
  readonly codec?: Codec;
}

/** What `compile` made of a graph; also what `recompile` starts from. */
export interface Compilation {
  /** `undefined` exactly where an error stands. */
  readonly snapshot: Snapshot | undefined;
  /** By type, name and place in the document. Made when first read. */
  readonly issues: readonly Issue[];
  /** With `keepPrevious`, the resources whose new version was not taken. */
  readonly kept: readonly ResourceRef[];
}
