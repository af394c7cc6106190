// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

import { AccessLogFilterJson, AccessLogJson } from '@netmason/envoy-api/envoy/config/accesslog/v3';
import { NodeJson, TransportSocketJson, LocalityJson, TypedExtensionConfigJson, ConfigSourceJson, GrpcServiceJson, HealthCheckJson, HttpServiceJson as HttpServiceJson$1 } from '@netmason/envoy-api/envoy/config/core/v3';
import { ClusterJson, LoadBalancingPolicyJson } from '@netmason/envoy-api/envoy/config/cluster/v3';
import { DnsCacheConfigJson } from '@netmason/envoy-api/envoy/extensions/common/dynamic_forward_proxy/v3';
import { HttpProtocolOptionsJson } from '@netmason/envoy-api/envoy/extensions/upstreams/http/v3';
import { ClusterLoadAssignmentJson, LocalityLbEndpointsJson } from '@netmason/envoy-api/envoy/config/endpoint/v3';
import { ListenerJson, FilterChainMatchJson, FilterJson, FilterChainJson } from '@netmason/envoy-api/envoy/config/listener/v3';
import { RouteConfigurationJson, ScopedRouteConfigurationJson, VirtualHostJson, RouteMatchJson, RetryPolicyJson, HeaderMatcherJson, RouteJson, RouteActionJson, WeightedCluster_ClusterWeightJson } from '@netmason/envoy-api/envoy/config/route/v3';
import { HttpFilterJson, HttpConnectionManagerJson } from '@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3';
import { TcpProxyJson } from '@netmason/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3';
import { RBACJson } from '@netmason/envoy-api/envoy/config/rbac/v3';
import { CsrfPolicyJson } from '@netmason/envoy-api/envoy/extensions/filters/http/csrf/v3';
import { HttpServiceJson, ExtAuthzJson, ExtAuthzPerRouteJson } from '@netmason/envoy-api/envoy/extensions/filters/http/ext_authz/v3';
import { ExternalProcessorJson } from '@netmason/envoy-api/envoy/extensions/filters/http/ext_proc/v3';
import { HTTPFaultJson } from '@netmason/envoy-api/envoy/extensions/filters/http/fault/v3';
import { GrpcJsonTranscoderJson } from '@netmason/envoy-api/envoy/extensions/filters/http/grpc_json_transcoder/v3';
import { MutationsJson } from '@netmason/envoy-api/envoy/extensions/filters/http/header_mutation/v3';
import { HealthCheckJson as HealthCheckJson$1 } from '@netmason/envoy-api/envoy/extensions/filters/http/health_check/v3';
import { JwtAuthenticationJson } from '@netmason/envoy-api/envoy/extensions/filters/http/jwt_authn/v3';
import { LocalRateLimitJson } from '@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3';
import { OAuth2ConfigJson } from '@netmason/envoy-api/envoy/extensions/filters/http/oauth2/v3';
import { RateLimitJson } from '@netmason/envoy-api/envoy/extensions/filters/http/ratelimit/v3';
import { TypedAny } from '@netmason/envoy-api/type-urls';
import { ClientSideWeightedRoundRobinJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3';
import { LeastRequestJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/least_request/v3';
import { MaglevJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/maglev/v3';
import { OverrideHostJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/override_host/v3';
import { RandomJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/random/v3';
import { RingHashJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/ring_hash/v3';
import { RoundRobinJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/round_robin/v3';
import { SubsetJson } from '@netmason/envoy-api/envoy/extensions/load_balancing_policies/subset/v3';
import { CorsPolicyJson } from '@netmason/envoy-api/envoy/extensions/filters/http/cors/v3';
import { SecretJson, DownstreamTlsContextJson, UpstreamTlsContextJson } from '@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3';
import { OpenTelemetryConfigJson } from '@netmason/envoy-api/envoy/config/trace/v3';
import { BootstrapJson } from '@netmason/envoy-api/envoy/config/bootstrap/v3';
import { Codec } from '@netmason/envoy-api/codec';
import { RuntimeJson } from '@netmason/envoy-api/envoy/service/runtime/v3';
type OneOf<T> = {
    [K in keyof T]: {
        readonly [P in K]: T[P];
    } & {
        readonly [P in Exclude<keyof T, K>]?: never;
    };
}[keyof T];
type Seconds = `${number}s`;
type LogFormat = Partial<OneOf<{
    readonly text: string;
    readonly json: JsonFormat;
}>>;
interface JsonFormat {
    readonly [key: string]: string | JsonFormat;
}
type AccessLogInput = LogFormat & {
    readonly filter?: AccessLogFilterJson;
};
declare function file(input: AccessLogInput & {
    readonly path: string;
}): AccessLogJson;
declare function stdout(input?: AccessLogInput): AccessLogJson;
interface LogServiceInput {
    readonly service: GrpcServiceJson;
    readonly logName: string;
    readonly filter?: AccessLogFilterJson;
}
declare function grpc$2(input: LogServiceInput): AccessLogJson;
declare function openTelemetry$1(input: LogServiceInput & {
    readonly text?: string;
}): AccessLogJson;
type accessLog_AccessLogInput = AccessLogInput;
type accessLog_JsonFormat = JsonFormat;
type accessLog_LogFormat = LogFormat;
type accessLog_LogServiceInput = LogServiceInput;
declare const accessLog_file: typeof file;
declare const accessLog_stdout: typeof stdout;
declare namespace accessLog {
  export { accessLog_file as file, grpc$2 as grpc, openTelemetry$1 as openTelemetry, accessLog_stdout as stdout };
  export type { accessLog_AccessLogInput as AccessLogInput, accessLog_JsonFormat as JsonFormat, accessLog_LogFormat as LogFormat, accessLog_LogServiceInput as LogServiceInput };
}
type Source = "ads" | ConfigSourceJson;
interface EndpointInput {
    readonly address: string;
    readonly hostname?: string;
    readonly weight?: number;
    readonly priority?: number;
    readonly locality?: LocalityJson;
    readonly health?: "healthy" | "degraded" | "unhealthy" | "draining" | "excluded";
    readonly hashKey?: string;
    readonly metadata?: Readonly<Record<string, unknown>>;
}
interface LocalityInput {
    readonly locality?: LocalityJson;
    readonly priority?: number;
    readonly weight?: number;
    readonly endpoints: readonly EndpointInput[];
    readonly overrides?: {
        readonly locality?: LocalityLbEndpointsJson;
    };
}
type EndpointsInput = {
    readonly cluster: string;
    readonly overrides?: {
        readonly assignment?: ClusterLoadAssignmentJson;
    };
} & OneOf<{
    endpoints: readonly EndpointInput[];
    localities: readonly LocalityInput[];
}>;
declare function endpoints(input: EndpointsInput): ClusterLoadAssignmentJson;
type UpstreamProtocol = {
    readonly protocol?: "http1" | "http2" | "downstream";
    readonly tls?: TransportSocketJson;
} | {
    readonly protocol: "auto";
    readonly tls: TransportSocketJson;
};
type ClusterInput = UpstreamProtocol & {
    readonly name: string;
    readonly loadBalancing?: LoadBalancingPolicyJson;
    readonly healthChecks?: readonly HealthCheckJson[];
    readonly connectTimeout?: Seconds;
    readonly overrides?: {
        readonly cluster?: ClusterJson;
        readonly protocolOptions?: HttpProtocolOptionsJson;
    };
};
declare function eds(input: ClusterInput & {
    readonly serviceName?: string;
    readonly source?: Source;
}): ClusterJson;
declare function staticCluster(input: ClusterInput & {
    readonly endpoints: readonly EndpointInput[];
}): ClusterJson;
interface DnsTarget {
    readonly host: string;
    readonly port: number;
    readonly mode?: "strict" | "logical";
}
declare function dns(input: ClusterInput & DnsTarget): ClusterJson;
declare function aggregate(input: Omit<ClusterInput, "loadBalancing"> & {
    readonly clusters: readonly [string, ...string[]];
}): ClusterJson;
declare function originalDst(input: Omit<ClusterInput, "loadBalancing">): ClusterJson;
declare function dynamicForwardProxy$1(input: Omit<ClusterInput, "loadBalancing"> & {
    readonly dnsCache: DnsCacheConfigJson;
}): ClusterJson;
type cluster_ClusterInput = ClusterInput;
type cluster_DnsTarget = DnsTarget;
type cluster_UpstreamProtocol = UpstreamProtocol;
declare const cluster_aggregate: typeof aggregate;
declare const cluster_dns: typeof dns;
declare const cluster_eds: typeof eds;
declare const cluster_originalDst: typeof originalDst;
declare namespace cluster {
  export { cluster_aggregate as aggregate, cluster_dns as dns, dynamicForwardProxy$1 as dynamicForwardProxy, cluster_eds as eds, cluster_originalDst as originalDst, staticCluster as static };
  export type { cluster_ClusterInput as ClusterInput, cluster_DnsTarget as DnsTarget, cluster_UpstreamProtocol as UpstreamProtocol };
}
type Routes = RouteConfigurationJson | {
    readonly rds: string;
    readonly source?: Source;
};
interface HttpInput {
    readonly routes: Routes;
    readonly filters?: readonly HttpFilterJson[];
    readonly statPrefix?: string;
    readonly accessLogs?: readonly AccessLogJson[];
    readonly tracing?: NonNullable<HttpConnectionManagerJson["tracing"]>;
    readonly overrides?: {
        readonly connectionManager?: HttpConnectionManagerJson;
    };
}
interface ChainInput {
    readonly name?: string;
    readonly match?: FilterChainMatchJson;
    readonly tls?: TransportSocketJson;
}
type TcpTarget = OneOf<{
    readonly cluster: string;
    readonly clusters: readonly [WeightedTcpCluster, ...WeightedTcpCluster[]];
}>;
interface WeightedTcpCluster {
    readonly name: string;
    readonly weight: number;
}
declare function http$2(input: ChainInput & HttpInput): FilterChainJson;
type TcpInput = ChainInput & TcpTarget & {
    readonly statPrefix?: string;
    readonly accessLogs?: readonly AccessLogJson[];
    readonly filters?: readonly FilterJson[];
    readonly overrides?: {
        readonly tcpProxy?: TcpProxyJson;
    };
};
declare function tcp$1(input: TcpInput): FilterChainJson;
declare function of$1(input: ChainInput & {
    readonly filters: readonly [FilterJson, ...FilterJson[]];
}): FilterChainJson;
type filterChain_ChainInput = ChainInput;
type filterChain_HttpInput = HttpInput;
type filterChain_Routes = Routes;
type filterChain_TcpInput = TcpInput;
type filterChain_TcpTarget = TcpTarget;
type filterChain_WeightedTcpCluster = WeightedTcpCluster;
declare namespace filterChain {
  export { http$2 as http, of$1 as of, tcp$1 as tcp };
  export type { filterChain_ChainInput as ChainInput, filterChain_HttpInput as HttpInput, filterChain_Routes as Routes, filterChain_TcpInput as TcpInput, filterChain_TcpTarget as TcpTarget, filterChain_WeightedTcpCluster as WeightedTcpCluster };
}
interface HealthCheckInput {
    readonly name?: string;
    readonly interval: Seconds;
    readonly timeout: Seconds;
    readonly unhealthyThreshold: number;
    readonly healthyThreshold: number;
    readonly overrides?: {
        readonly healthCheck?: HealthCheckJson;
    };
}
declare function http$1(input: HealthCheckInput & {
    readonly path: string;
    readonly host?: string;
}): HealthCheckJson;
declare function tcp(input: HealthCheckInput & {
    readonly send?: string;
    readonly receive?: readonly string[];
}): HealthCheckJson;
declare function grpc$1(input: HealthCheckInput & {
    readonly serviceName?: string;
}): HealthCheckJson;
type healthCheck$1_HealthCheckInput = HealthCheckInput;
declare const healthCheck$1_tcp: typeof tcp;
declare namespace healthCheck$1 {
  export { grpc$1 as grpc, http$1 as http, healthCheck$1_tcp as tcp };
  export type { healthCheck$1_HealthCheckInput as HealthCheckInput };
}
interface LocalRateLimitInput {
    readonly statPrefix?: string;
    readonly maxTokens: number;
    readonly tokensPerFill?: number;
    readonly fillInterval: Seconds;
}
declare function cors$1(): HttpFilterJson;
declare function rbac$2(rules: RBACJson): HttpFilterJson;
declare function jwt$1(config: JwtAuthenticationJson): HttpFilterJson;
declare function localRateLimit$1(input: LocalRateLimitInput & {
    readonly overrides?: {
        readonly config?: LocalRateLimitJson;
    };
}): HttpFilterJson;
type FailureMode = "allow" | "deny";
interface RateLimitInput {
    readonly domain: string;
    readonly service: GrpcServiceJson;
    readonly failureMode?: FailureMode;
    readonly overrides?: {
        readonly config?: RateLimitJson;
    };
}
declare function rateLimit(input: RateLimitInput): HttpFilterJson;
declare function fault$1(config?: HTTPFaultJson): HttpFilterJson;
type ExtAuthzInput = OneOf<{
    readonly grpc: GrpcServiceJson;
    readonly http: HttpServiceJson;
}> & {
    readonly failureMode?: FailureMode;
    readonly maxRequestBytes?: number;
    readonly overrides?: {
        readonly config?: ExtAuthzJson;
    };
};
declare function extAuthz$1(input: ExtAuthzInput): HttpFilterJson;
declare function extProc(config: ExternalProcessorJson & {
    readonly grpcService: GrpcServiceJson;
}): HttpFilterJson;
declare function oauth2(config: OAuth2ConfigJson & Required<Pick<OAuth2ConfigJson, "tokenEndpoint" | "authorizationEndpoint" | "credentials" | "redirectUri" | "redirectPathMatcher" | "signoutPath">>): HttpFilterJson;
declare function lua(source: string): HttpFilterJson;
declare function buffer$1(input: {
    readonly maxRequestBytes: number;
}): HttpFilterJson;
declare const COMPRESSORS: {
    readonly gzip: {
        readonly "@type": "type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip";
    };
    readonly brotli: {
        readonly "@type": "type.googleapis.com/envoy.extensions.compression.brotli.compressor.v3.Brotli";
    };
    readonly zstd: {
        readonly "@type": "type.googleapis.com/envoy.extensions.compression.zstd.compressor.v3.Zstd";
    };
};
declare function compressor(input: {
    readonly library: keyof typeof COMPRESSORS;
}): HttpFilterJson;
declare function headerMutation(mutations: MutationsJson): HttpFilterJson;
declare function csrf$1(config?: CsrfPolicyJson): HttpFilterJson;
declare function grpcWeb(): HttpFilterJson;
declare function grpcJsonTranscoder(config: GrpcJsonTranscoderJson): HttpFilterJson;
declare function healthCheck(config: HealthCheckJson$1 & Required<Pick<HealthCheckJson$1, "headers">>): HttpFilterJson;
declare function dynamicForwardProxy(input: {
    readonly dnsCache: DnsCacheConfigJson;
}): HttpFilterJson;
declare function typed$2(name: string, config: TypedAny, options?: {
    readonly disabled?: boolean;
}): HttpFilterJson;
type httpFilter_ExtAuthzInput = ExtAuthzInput;
type httpFilter_FailureMode = FailureMode;
type httpFilter_RateLimitInput = RateLimitInput;
declare const httpFilter_compressor: typeof compressor;
declare const httpFilter_dynamicForwardProxy: typeof dynamicForwardProxy;
declare const httpFilter_extProc: typeof extProc;
declare const httpFilter_grpcJsonTranscoder: typeof grpcJsonTranscoder;
declare const httpFilter_grpcWeb: typeof grpcWeb;
declare const httpFilter_headerMutation: typeof headerMutation;
declare const httpFilter_healthCheck: typeof healthCheck;
declare const httpFilter_lua: typeof lua;
declare const httpFilter_oauth2: typeof oauth2;
declare const httpFilter_rateLimit: typeof rateLimit;
declare namespace httpFilter {
  export { buffer$1 as buffer, httpFilter_compressor as compressor, cors$1 as cors, csrf$1 as csrf, httpFilter_dynamicForwardProxy as dynamicForwardProxy, extAuthz$1 as extAuthz, httpFilter_extProc as extProc, fault$1 as fault, httpFilter_grpcJsonTranscoder as grpcJsonTranscoder, httpFilter_grpcWeb as grpcWeb, httpFilter_headerMutation as headerMutation, httpFilter_healthCheck as healthCheck, jwt$1 as jwt, localRateLimit$1 as localRateLimit, httpFilter_lua as lua, httpFilter_oauth2 as oauth2, httpFilter_rateLimit as rateLimit, rbac$2 as rbac, typed$2 as typed };
  export type { httpFilter_ExtAuthzInput as ExtAuthzInput, httpFilter_FailureMode as FailureMode, httpFilter_RateLimitInput as RateLimitInput };
}
interface ListenInput {
    readonly name: string;
    readonly address: string;
    readonly traffic?: "inbound" | "outbound";
    readonly originalDst?: boolean;
    readonly proxyProtocol?: boolean;
}
type HttpListenerInput = ListenInput & Omit<HttpInput, "overrides"> & Pick<ChainInput, "tls"> & {
    readonly overrides?: {
        readonly listener?: ListenerJson;
        readonly connectionManager?: HttpConnectionManagerJson;
    };
};
declare function http(input: HttpListenerInput): ListenerJson;
type ListenerInput = ListenInput & {
    readonly chains: readonly [FilterChainJson, ...FilterChainJson[]];
    readonly defaultChain?: FilterChainJson;
    readonly overrides?: {
        readonly listener?: ListenerJson;
    };
};
declare function of(input: ListenerInput): ListenerJson;
declare function grpc(input: Pick<HttpInput, "routes" | "filters"> & {
    readonly name: string;
}): ListenerJson;
type listener_HttpListenerInput = HttpListenerInput;
type listener_ListenInput = ListenInput;
type listener_ListenerInput = ListenerInput;
declare const listener_grpc: typeof grpc;
declare const listener_http: typeof http;
declare const listener_of: typeof of;
declare namespace listener {
  export { listener_grpc as grpc, listener_http as http, listener_of as of };
  export type { listener_HttpListenerInput as HttpListenerInput, listener_ListenInput as ListenInput, listener_ListenerInput as ListenerInput };
}
declare function roundRobin(config?: RoundRobinJson): LoadBalancingPolicyJson;
declare function leastRequest(config?: LeastRequestJson): LoadBalancingPolicyJson;
declare function random(config?: RandomJson): LoadBalancingPolicyJson;
declare function ringHash(config?: RingHashJson): LoadBalancingPolicyJson;
declare function maglev(config?: MaglevJson): LoadBalancingPolicyJson;
declare function wrrLocality(config?: ClientSideWeightedRoundRobinJson): LoadBalancingPolicyJson;
declare function clientSideWeighted(config?: ClientSideWeightedRoundRobinJson): LoadBalancingPolicyJson;
declare function subset(config: Omit<SubsetJson, "subsetLbPolicy">, child: LoadBalancingPolicyJson): LoadBalancingPolicyJson;
declare function overrideHost(config: Omit<OverrideHostJson, "fallbackPolicy">, fallback: LoadBalancingPolicyJson): LoadBalancingPolicyJson;
declare const loadBalancing_clientSideWeighted: typeof clientSideWeighted;
declare const loadBalancing_leastRequest: typeof leastRequest;
declare const loadBalancing_maglev: typeof maglev;
declare const loadBalancing_overrideHost: typeof overrideHost;
declare const loadBalancing_random: typeof random;
declare const loadBalancing_ringHash: typeof ringHash;
declare const loadBalancing_roundRobin: typeof roundRobin;
declare const loadBalancing_subset: typeof subset;
declare const loadBalancing_wrrLocality: typeof wrrLocality;
declare namespace loadBalancing {
  export { loadBalancing_clientSideWeighted as clientSideWeighted, loadBalancing_leastRequest as leastRequest, loadBalancing_maglev as maglev, loadBalancing_overrideHost as overrideHost, loadBalancing_random as random, loadBalancing_ringHash as ringHash, loadBalancing_roundRobin as roundRobin, loadBalancing_subset as subset, loadBalancing_wrrLocality as wrrLocality };
}
declare function rbac$1(input: {
    readonly statPrefix: string;
    readonly rules: RBACJson;
}): FilterJson;
declare function typed$1(name: string, config: TypedAny): FilterJson;
declare namespace networkFilter {
  export { rbac$1 as rbac, typed$1 as typed };
}
type PerFilter = Readonly<Record<string, TypedAny>>;
declare function cors(policy: CorsPolicyJson): PerFilter;
declare function rbac(rules: RBACJson): PerFilter;
declare function jwt(requirementName: string): PerFilter;
declare function localRateLimit(input: LocalRateLimitInput & {
    readonly overrides?: {
        readonly config?: LocalRateLimitJson;
    };
}): PerFilter;
declare function fault(config: HTTPFaultJson): PerFilter;
declare function extAuthz(config: ExtAuthzPerRouteJson): PerFilter;
declare function buffer(input: {
    readonly maxRequestBytes: number;
}): PerFilter;
declare function csrf(policy: CsrfPolicyJson): PerFilter;
declare function disable(name: string): PerFilter;
declare function typed(name: string, config: TypedAny): PerFilter;
type perFilter_PerFilter = PerFilter;
declare const perFilter_buffer: typeof buffer;
declare const perFilter_cors: typeof cors;
declare const perFilter_csrf: typeof csrf;
declare const perFilter_disable: typeof disable;
declare const perFilter_extAuthz: typeof extAuthz;
declare const perFilter_fault: typeof fault;
declare const perFilter_jwt: typeof jwt;
declare const perFilter_localRateLimit: typeof localRateLimit;
declare const perFilter_rbac: typeof rbac;
declare const perFilter_typed: typeof typed;
declare namespace perFilter {
  export { perFilter_buffer as buffer, perFilter_cors as cors, perFilter_csrf as csrf, perFilter_disable as disable, perFilter_extAuthz as extAuthz, perFilter_fault as fault, perFilter_jwt as jwt, perFilter_localRateLimit as localRateLimit, perFilter_rbac as rbac, perFilter_typed as typed };
  export type { perFilter_PerFilter as PerFilter };
}
type TextTest = string | OneOf<{
    readonly prefix: string;
    readonly suffix: string;
    readonly contains: string;
    readonly regex: string;
}>;
type HeaderTest = TextTest | {
    readonly present: boolean;
} | {
    readonly not: TextTest;
};
type PathTest = OneOf<{
    readonly prefix: string;
    readonly path: string;
    readonly pathPrefix: string;
    readonly regex: string;
}>;
type MatchInput = PathTest & {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, HeaderTest>>;
    readonly query?: Readonly<Record<string, TextTest | {
        readonly present: boolean;
    }>>;
    readonly overrides?: {
        readonly match?: RouteMatchJson;
    };
};
interface RouteInput {
    readonly match: MatchInput;
    readonly name?: string;
    readonly perFilter?: PerFilter;
    readonly overrides?: {
        readonly route?: RouteJson;
        readonly action?: RouteActionJson;
    };
}
interface ForwardInput extends RouteInput {
    readonly timeout?: Seconds;
    readonly retry?: RetryPolicyJson;
    readonly rewrite?: OneOf<{
        readonly prefix: string;
        readonly regex: {
            readonly pattern: string;
            readonly substitution: string;
        };
    }>;
    readonly host?: OneOf<{
        readonly literal: string;
        readonly from: "endpoint";
    }>;
}
declare function to(cluster: string, input: ForwardInput): RouteJson;
type WeightedClusterInput = WeightedCluster_ClusterWeightJson & {
    readonly name: string;
    readonly weight: number;
};
declare function split(clusters: readonly WeightedClusterInput[], input: ForwardInput): RouteJson;
type RedirectTarget = {
    readonly scheme?: "https" | "http";
    readonly host?: string;
    readonly port?: number;
    readonly status?: 301 | 302 | 303 | 307 | 308;
    readonly stripQuery?: boolean;
} & Partial<OneOf<{
    readonly path: string;
    readonly prefix: string;
}>>;
declare function redirect(input: RouteInput & {
    readonly to: RedirectTarget;
}): RouteJson;
declare function respond(input: RouteInput & {
    readonly status: number;
    readonly body?: string;
}): RouteJson;
type route_ForwardInput = ForwardInput;
type route_RedirectTarget = RedirectTarget;
type route_RouteInput = RouteInput;
type route_WeightedClusterInput = WeightedClusterInput;
declare const route_redirect: typeof redirect;
declare const route_respond: typeof respond;
declare const route_split: typeof split;
declare const route_to: typeof to;
declare namespace route {
  export { route_redirect as redirect, route_respond as respond, route_split as split, route_to as to };
  export type { route_ForwardInput as ForwardInput, route_RedirectTarget as RedirectTarget, route_RouteInput as RouteInput, route_WeightedClusterInput as WeightedClusterInput };
}
declare function certificate(input: {
    readonly name: string;
    readonly certificatePem: string;
    readonly keyPem: string;
}): SecretJson;
declare function trust(input: {
    readonly name: string;
    readonly caPem: string;
}): SecretJson;
declare function generic(input: {
    readonly name: string;
    readonly text: string;
}): SecretJson;
declare const secret_certificate: typeof certificate;
declare const secret_generic: typeof generic;
declare const secret_trust: typeof trust;
declare namespace secret {
  export { secret_certificate as certificate, secret_generic as generic, secret_trust as trust };
}
type CertificateSource = {
    readonly sds: string;
    readonly source?: Source;
    readonly certificateFile?: never;
} | {
    readonly certificateFile: string;
    readonly keyFile: string;
    readonly sds?: never;
};
type TrustSource = {
    readonly sds: string;
    readonly source?: Source;
    readonly caFile?: never;
} | {
    readonly caFile: string;
    readonly sds?: never;
};
type Trust = {
    readonly trust: TrustSource;
    readonly names?: readonly string[];
} | {
    readonly trust: "system";
    readonly names?: never;
};
type UpstreamTlsInput = (Trust | {
    readonly trust: "insecure";
    readonly names?: never;
}) & {
    readonly certificate?: CertificateSource;
    readonly serverName?: string;
    readonly alpn?: readonly string[];
    readonly overrides?: {
        readonly context?: UpstreamTlsContextJson;
    };
};
declare function upstream(input: UpstreamTlsInput): TransportSocketJson;
interface DownstreamTlsInput {
    readonly certificates: readonly [CertificateSource, ...CertificateSource[]];
    readonly clients?: Trust;
    readonly alpn?: readonly string[];
    readonly overrides?: {
        readonly context?: DownstreamTlsContextJson;
    };
}
declare function downstream(input: DownstreamTlsInput): TransportSocketJson;
type tls_CertificateSource = CertificateSource;
type tls_DownstreamTlsInput = DownstreamTlsInput;
type tls_Trust = Trust;
type tls_TrustSource = TrustSource;
type tls_UpstreamTlsInput = UpstreamTlsInput;
declare const tls_downstream: typeof downstream;
declare const tls_upstream: typeof upstream;
declare namespace tls {
  export { tls_downstream as downstream, tls_upstream as upstream };
  export type { tls_CertificateSource as CertificateSource, tls_DownstreamTlsInput as DownstreamTlsInput, tls_Trust as Trust, tls_TrustSource as TrustSource, tls_UpstreamTlsInput as UpstreamTlsInput };
}
type OpenTelemetryInput = OneOf<{
    readonly grpc: GrpcServiceJson;
    readonly http: HttpServiceJson$1;
}> & {
    readonly serviceName: string;
    readonly samplePercent?: number;
    readonly overrides?: {
        readonly config?: OpenTelemetryConfigJson;
    };
};
declare function openTelemetry(input: OpenTelemetryInput): NonNullable<HttpConnectionManagerJson["tracing"]>;
type tracing_OpenTelemetryInput = OpenTelemetryInput;
declare const tracing_openTelemetry: typeof openTelemetry;
declare namespace tracing {
  export { tracing_openTelemetry as openTelemetry };
  export type { tracing_OpenTelemetryInput as OpenTelemetryInput };
}
type FormatPiece = {
    readonly kind: "text";
    readonly text: string;
} | {
    readonly kind: "operator";
    readonly name: string;
    readonly parameter?: string;
    readonly length?: number;
    readonly column: number;
};
declare function parseAccessLogFormat(format: string): readonly FormatPiece[];
interface XdsConnection {
    readonly address: string;
    readonly mode?: "sotw" | "delta";
    readonly tls?: TransportSocketJson;
}
interface BootstrapInput {
    readonly node: NodeJson & {
        readonly id: string;
        readonly cluster: string;
    };
    readonly xds?: XdsConnection | {
        readonly files: string;
    };
    readonly admin?: string;
    readonly static?: {
        readonly listeners?: readonly ListenerJson[];
        readonly clusters?: readonly ClusterJson[];
        readonly secrets?: readonly SecretJson[];
    };
    readonly overrides?: {
        readonly bootstrap?: BootstrapJson;
    };
}
declare function bootstrap(input: BootstrapInput): BootstrapJson;
type TypeUrl = `type.googleapis.com/${string}`;
interface ResourceTypes {
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
declare const typeUrls: {
    readonly listener: "type.googleapis.com/envoy.config.listener.v3.Listener";
    readonly route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
    readonly scopedRoute: "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration";
    readonly virtualHost: "type.googleapis.com/envoy.config.route.v3.VirtualHost";
    readonly cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    readonly endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    readonly secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
    readonly runtime: "type.googleapis.com/envoy.service.runtime.v3.Runtime";
    readonly extension: "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
};
type ResourceJson<U extends TypeUrl> = U extends keyof ResourceTypes ? ResourceTypes[U] : unknown;
interface ResourceRef<U extends TypeUrl = TypeUrl> {
    readonly typeUrl: U;
    readonly name: string;
}
type IssueRule = "unknown_field" | "wrong_type" | "out_of_range" | "unknown_type_url" | "oneof_conflict" | "oneof_missing" | "field_rule" | "deprecated_field" | "duplicate_name" | "missing_reference" | "unused_resource" | "router_not_last" | "unknown_filter_override" | "duplicate_filter_chain_match" | "duplicate_domain" | "priority_gap" | "duplicate_priority" | "format_string" | "regex_too_large" | "tls_unverified" | "http2_required" | "unknown_retry_word" | "ignored_field" | "envoy_refuses" | "grpc_unsupported";
interface Issue {
    readonly severity: "error" | "warning";
    readonly rule: IssueRule;
    readonly resource: ResourceRef;
    readonly path: string;
    readonly message: string;
    readonly hint?: string;
}
declare function formatIssues(issues: readonly Issue[]): string;
interface Resource<U extends TypeUrl = TypeUrl> extends ResourceRef<U> {
    readonly version: string;
    readonly bytes: Uint8Array;
    readonly refs: readonly ResourceRef[];
    readonly aliases?: readonly string[];
    readonly ttlMs?: number;
}
type NamedResource<U extends TypeUrl = TypeUrl> = ResourceRef<U> & {
    readonly refs?: readonly ResourceRef[];
    readonly aliases?: readonly string[];
    readonly ttlMs?: number;
} & ({
    readonly body: ResourceJson<U>;
} | {
    readonly bytes: Uint8Array;
});
declare function encodeResource<U extends TypeUrl>(resource: NamedResource<U>, options?: {
    readonly codec?: Codec;
}): Resource<U>;
declare function decodeResource<U extends TypeUrl>(resource: Resource<U>, options?: {
    readonly codec?: Codec;
}): ResourceJson<U>;
interface Snapshot {
    readonly version: string;
    readonly typeUrls: readonly TypeUrl[];
    typeVersion(typeUrl: TypeUrl): string;
    get<U extends TypeUrl>(typeUrl: U, name: string): Resource<U> | undefined;
    list<U extends TypeUrl>(typeUrl: U): Iterable<Resource<U>>;
    count(typeUrl: TypeUrl): number;
}
interface ResourceChanges<U extends TypeUrl = TypeUrl> {
    readonly changed: readonly Resource<U>[];
    readonly removed: readonly string[];
}
declare function createSnapshot(resources: Iterable<Resource>): Snapshot;
declare function updateSnapshot(previous: Snapshot, changes: {
    readonly put?: Iterable<Resource>;
    readonly remove?: Iterable<ResourceRef>;
}): Snapshot;
declare function diffSnapshots<U extends TypeUrl>(previous: Snapshot | undefined, next: Snapshot, typeUrl: U): ResourceChanges<U>;
interface Graph {
    readonly listeners?: readonly ListenerJson[];
    readonly routes?: readonly RouteConfigurationJson[];
    readonly scopedRoutes?: readonly ScopedRouteConfigurationJson[];
    readonly clusters?: readonly ClusterJson[];
    readonly endpoints?: readonly ClusterLoadAssignmentJson[];
    readonly secrets?: readonly SecretJson[];
    readonly runtimes?: readonly RuntimeJson[];
    readonly extensions?: readonly TypedExtensionConfigJson[];
    readonly others?: readonly (NamedResource | Resource)[];
}
interface CompileOptions {
    readonly external?: readonly ResourceRef[] | "any";
    readonly target?: "envoy" | "grpc";
    readonly severity?: Readonly<Partial<Record<IssueRule, "error" | "warning" | "off">>>;
    readonly onError?: "refuse" | "keepPrevious";
    readonly codec?: Codec;
}
interface Compilation {
    readonly snapshot: Snapshot | undefined;
    readonly issues: readonly Issue[];
    readonly kept: readonly ResourceRef[];
}
declare function compile(graph: Graph, options?: CompileOptions): Compilation;
interface GraphChanges {
    readonly put?: Graph;
    readonly remove?: readonly ResourceRef[];
}
declare function recompile(previous: Compilation, changes: GraphChanges): Compilation;
declare function assertCompile(graph: Graph, options?: CompileOptions): Snapshot;
interface XdsErrorDetails {
    readonly invalid_resources: {
        readonly issues: readonly Issue[];
    };
    readonly duplicate_name: {
        readonly ref: ResourceRef;
    };
    readonly invalid_format: {
        readonly format: string;
        readonly column: number;
    };
    readonly invalid_address: {
        readonly address: string;
    };
    readonly invalid_route_tests: {
        readonly path: string;
    };
}
type XdsErrorCode = keyof XdsErrorDetails;
declare class XdsError<C extends XdsErrorCode = XdsErrorCode> extends Error {
    readonly code: C;
    readonly details: XdsErrorDetails[C];
    constructor(code: C, text: string, details: XdsErrorDetails[C], options?: {
        readonly cause?: unknown;
    });
}
declare function isXdsError<C extends XdsErrorCode = XdsErrorCode>(error: unknown, code?: C): error is {
    [K in C]: XdsError<K>;
}[C];
interface GrpcBootstrap {
    readonly xds_servers: readonly {
        readonly server_uri: string;
        readonly channel_creds: readonly {
            readonly type: string;
        }[];
        readonly server_features: readonly string[];
    }[];
    readonly node: Omit<NodeJson, "locality"> & {
        readonly id: string;
        readonly locality: {
            readonly region?: string;
            readonly zone?: string;
            readonly sub_zone?: string;
        };
    };
}
interface GrpcBootstrapInput {
    readonly node: NodeJson & {
        readonly id: string;
    };
    readonly server: string;
    readonly credentials?: "insecure" | "google_default" | "tls";
    readonly ignoreResourceDeletion?: boolean;
}
declare function grpcBootstrap(input: GrpcBootstrapInput): GrpcBootstrap;
declare function grpcService(input: {
    readonly cluster: string;
    readonly timeout?: Seconds;
}): GrpcServiceJson;
interface SimulatedRequest {
    readonly listener?: string;
    readonly destination?: string;
    readonly source?: string;
    readonly tls?: {
        readonly serverName?: string;
        readonly alpn?: readonly string[];
        readonly clientCertificate?: "presented" | "validated";
    };
    readonly method?: string;
    readonly authority: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly draw?: number;
}
interface Step {
    readonly stage: "listener" | "filterChain" | "virtualHost" | "route" | "cluster";
    readonly resource: ResourceRef;
    readonly path: string;
    readonly matched: boolean;
    readonly why: string;
}
interface Share {
    readonly cluster: string;
    readonly share: number;
}
interface FilterState {
    readonly name: string;
    readonly disabled: boolean;
}
interface Match {
    readonly listener: string;
    readonly filterChain: string;
    readonly routeConfiguration: string;
    readonly virtualHost: string;
    readonly route: string;
}
type RejectReason = "no_listener" | "no_filter_chain" | "tls_required" | "plain_text_required" | "no_route_configuration" | "no_virtual_host" | "no_route" | "no_cluster" | "no_endpoints";
interface OutcomeBase {
    readonly steps: readonly Step[];
}
type Outcome = OutcomeBase & ((Match & {
    readonly kind: "forward";
    readonly cluster: string;
    readonly split: readonly Share[];
    readonly path: string;
    readonly authority: string | undefined;
    readonly timeout: string;
    readonly idleTimeout: string;
    readonly maxStreamDuration?: string;
    readonly perTryTimeout?: string;
    readonly filters: readonly FilterState[];
    readonly endpointCount: number | undefined;
}) | {
    readonly kind: "tcp";
    readonly listener: string;
    readonly filterChain: string;
    readonly cluster: string;
    readonly split: readonly Share[];
} | (Match & {
    readonly kind: "redirect";
    readonly status: number;
    readonly location: string;
}) | (Match & {
    readonly kind: "respond";
    readonly status: number;
    readonly body: string;
}) | (Partial<Match> & {
    readonly kind: "reject";
    readonly reason: RejectReason;
    readonly status?: number;
}) | (Partial<Match> & {
    readonly kind: "undecided";
    readonly why: string;
}));
declare const retryWords: readonly ["5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited", "retriable-4xx", "refused-stream", "retriable-status-codes", "retriable-headers", "http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"];
type RetryOn = (typeof retryWords)[number];
interface RetryInput {
    readonly on: readonly [RetryOn, ...RetryOn[]];
    readonly count?: number;
    readonly perTryTimeout?: Seconds;
    readonly backoff?: {
        readonly base: Seconds;
        readonly max?: Seconds;
    };
    readonly statusCodes?: readonly number[];
    readonly overrides?: {
        readonly policy?: RetryPolicyJson;
    };
}
declare function retry(input: RetryInput): RetryPolicyJson;
interface VirtualHostInput {
    readonly name: string;
    readonly domains: readonly [string, ...string[]];
    readonly routes: readonly RouteJson[];
    readonly retry?: RetryPolicyJson;
    readonly requireTls?: boolean;
    readonly perFilter?: PerFilter;
    readonly overrides?: {
        readonly virtualHost?: VirtualHostJson;
    };
}
declare function virtualHost(input: VirtualHostInput): VirtualHostJson;
interface RouteConfigurationInput {
    readonly name: string;
    readonly virtualHosts: readonly VirtualHostJson[];
    readonly perFilter?: PerFilter;
    readonly overrides?: {
        readonly routeConfiguration?: RouteConfigurationJson;
    };
}
declare function routeConfiguration(input: RouteConfigurationInput): RouteConfigurationJson;
interface RouteExpectation {
    readonly kind?: Outcome["kind"];
    readonly virtualHost?: string;
    readonly route?: string;
    readonly cluster?: string;
    readonly path?: string;
    readonly authority?: string;
    readonly timeout?: string;
    readonly status?: number;
    readonly location?: string;
    readonly body?: string;
    readonly reason?: string;
}
interface RouteTest {
    readonly name: string;
    readonly request: SimulatedRequest;
    readonly want: RouteExpectation;
}
interface RouteTestFailure {
    readonly what: string;
    readonly want: string;
    readonly got: string;
}
interface RouteTestResult {
    readonly name: string;
    readonly passed: boolean;
    readonly failures: readonly RouteTestFailure[];
}
declare function runRouteTests(snapshot: Snapshot, tests: readonly RouteTest[]): readonly RouteTestResult[];
interface CheckHeader {
    readonly key: string;
    readonly value: string;
}
interface RouterCheckInput {
    readonly authority: string;
    readonly path: string;
    readonly method: string;
    readonly internal?: boolean;
    readonly ssl?: boolean;
    readonly randomValue?: number;
    readonly runtime?: string;
    readonly additionalRequestHeaders?: readonly CheckHeader[];
    readonly additionalResponseHeaders?: readonly CheckHeader[];
}
interface RouterCheckValidate {
    readonly clusterName?: string;
    readonly virtualClusterName?: string;
    readonly virtualHostName?: string;
    readonly hostRewrite?: string;
    readonly pathRewrite?: string;
    readonly pathRedirect?: string;
    readonly codeRedirect?: number;
    readonly requestHeaderMatches?: readonly HeaderMatcherJson[];
    readonly responseHeaderMatches?: readonly HeaderMatcherJson[];
}
interface RouterCheck {
    readonly testName: string;
    readonly input: RouterCheckInput;
    readonly validate: RouterCheckValidate;
}
declare function parseRouterChecks(value: unknown): readonly RouterCheck[];
declare function runRouterChecks(routes: RouteConfigurationJson, checks: readonly RouterCheck[]): readonly RouteTestResult[];
declare function simulate(snapshot: Snapshot, request: SimulatedRequest): Outcome;
export { XdsError, accessLog, assertCompile, bootstrap, cluster, compile, createSnapshot, decodeResource, diffSnapshots, encodeResource, endpoints, filterChain, formatIssues, grpcBootstrap, grpcService, healthCheck$1 as healthCheck, httpFilter, isXdsError, listener, loadBalancing, networkFilter, parseAccessLogFormat, parseRouterChecks, perFilter, recompile, retry, retryWords, route, routeConfiguration, runRouteTests, runRouterChecks, secret, simulate, tls, tracing, typeUrls, updateSnapshot, virtualHost };
export type { BootstrapInput, CheckHeader, Compilation, CompileOptions, EndpointInput, EndpointsInput, FilterState, FormatPiece, Graph, GraphChanges, GrpcBootstrap, GrpcBootstrapInput, HeaderTest, Issue, IssueRule, LocalRateLimitInput, LocalityInput, Match, MatchInput, NamedResource, OneOf, Outcome, OutcomeBase, PathTest, PerFilter, RejectReason, Resource, ResourceChanges, ResourceJson, ResourceRef, ResourceTypes, RetryInput, RetryOn, RouteConfigurationInput, RouteExpectation, RouteTest, RouteTestFailure, RouteTestResult, RouterCheck, RouterCheckInput, RouterCheckValidate, Seconds, Share, SimulatedRequest, Snapshot, Source, Step, TextTest, TypeUrl, VirtualHostInput, XdsConnection, XdsErrorCode, XdsErrorDetails };
