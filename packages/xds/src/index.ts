/**
 * Builders for Envoy configuration, a compiler that checks it as a whole, and a simulator of its routes.
 *
 * @module index
 */
import * as accessLog from "./access-log.js";
import * as cluster from "./cluster.js";
import * as filterChain from "./filter-chain.js";
import * as healthCheck from "./health-check.js";
import * as httpFilter from "./http-filter.js";
import * as listener from "./listener.js";
import * as loadBalancing from "./load-balancing.js";
import * as networkFilter from "./network-filter.js";
import * as perFilter from "./per-filter.js";
import * as route from "./route.js";
import * as secret from "./secret.js";
import * as tls from "./tls.js";
import * as tracing from "./tracing.js";

export { type FormatPiece, parseAccessLogFormat } from "./access-log-format.js";
export { type BootstrapInput, bootstrap, type XdsConnection } from "./bootstrap.js";
export { assertCompile, compile, type GraphChanges, recompile } from "./compile.js";
export type { Source } from "./config-source.js";
export { type EndpointInput, type EndpointsInput, endpoints, type LocalityInput } from "./endpoints.js";
export { isXdsError, XdsError, type XdsErrorCode, type XdsErrorDetails } from "./errors.js";
export type { Compilation, CompileOptions, Graph } from "./graph.js";
export { type GrpcBootstrap, type GrpcBootstrapInput, grpcBootstrap } from "./grpc-bootstrap.js";
export { grpcService } from "./grpc-service.js";
export type { LocalRateLimitInput } from "./internal/local-rate-limit.js";
export { formatIssues, type Issue, type IssueRule } from "./issue.js";
export type { OneOf, Seconds } from "./one-of.js";
export type {
  FilterState,
  Match,
  Outcome,
  OutcomeBase,
  RejectReason,
  Share,
  SimulatedRequest,
  Step,
} from "./outcome.js";
export type { PerFilter } from "./per-filter.js";
export { decodeResource, encodeResource, type NamedResource, type Resource } from "./resource.js";
export { type RetryInput, type RetryOn, retry, retryWords } from "./retry.js";
export {
  type RouteConfigurationInput,
  routeConfiguration,
  type VirtualHostInput,
  virtualHost,
} from "./route-configuration.js";
export type { HeaderTest, MatchInput, PathTest, TextTest } from "./route-match.js";
export {
  type RouteExpectation,
  type RouteTest,
  type RouteTestFailure,
  type RouteTestResult,
  runRouteTests,
} from "./route-tests.js";
export {
  type CheckHeader,
  parseRouterChecks,
  type RouterCheck,
  type RouterCheckInput,
  type RouterCheckValidate,
  runRouterChecks,
} from "./router-checks.js";
export { simulate } from "./simulate.js";
export { createSnapshot, diffSnapshots, type ResourceChanges, type Snapshot, updateSnapshot } from "./snapshot.js";
export { type ResourceJson, type ResourceRef, type ResourceTypes, type TypeUrl, typeUrls } from "./type-urls.js";
export {
  accessLog,
  cluster,
  filterChain,
  healthCheck,
  httpFilter,
  listener,
  loadBalancing,
  networkFilter,
  perFilter,
  route,
  secret,
  tls,
  tracing,
};
