import { cluster, type Graph, httpFilter, perFilter, route } from "@netmason/xds";
import { allow, anyPath, bucket, dnsCache, oneHost, SECRET_FILE, toApp, toService, web } from "./gateway-parts.js";

/** A descriptor set of one file, with a service `t.S` of one method. */
const DESCRIPTORS = "CjIKB3QucHJvdG8SAXQiAwoBTTIXCgFTEhIKBENhbGwSBC50Lk0aBC50Lk1iBnByb3RvMw==";

/** One graph for each HTTP filter. */
export const filterGraphs: Readonly<Record<string, Graph>> = {
  "filters: cors": web(
    { filters: [httpFilter.cors()] },
    oneHost({
      ...toApp,
      typedPerFilterConfig: perFilter.cors({
        allowMethods: "GET,POST",
        allowOriginStringMatch: [{ suffix: ".example.com" }],
      }),
    }),
  ),
  "filters: rbac": web(
    { filters: [httpFilter.rbac(allow)] },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.rbac(allow) }),
  ),
  "filters: jwt": web(
    {
      filters: [
        httpFilter.jwt({
          providers: {
            idp: {
              issuer: "https://idp",
              remoteJwks: { httpUri: { uri: "https://idp/keys", cluster: "app", timeout: "1s" } },
            },
          },
          requirementMap: { idp: { providerName: "idp" } },
        }),
      ],
    },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.jwt("idp") }),
  ),
  "filters: local rate limit": web(
    { filters: [httpFilter.localRateLimit(bucket)] },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.localRateLimit({ ...bucket, tokensPerFill: 5 }) }),
  ),
  "filters: rate limit": web({
    filters: [httpFilter.rateLimit({ domain: "shop", service: toService, failureMode: "deny" })],
  }),
  "filters: fault": web(
    { filters: [httpFilter.fault()] },
    oneHost({
      ...toApp,
      typedPerFilterConfig: perFilter.fault({ abort: { httpStatus: 503, percentage: { numerator: 1 } } }),
    }),
  ),
  "filters: ext_authz": web(
    { filters: [httpFilter.extAuthz({ grpc: toService, maxRequestBytes: 1_024 })] },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.extAuthz({ disabled: true }) }),
  ),
  "filters: ext_authz over HTTP": web({
    filters: [
      httpFilter.extAuthz({
        http: { serverUri: { uri: "http://app", cluster: "app", timeout: "1s" } },
        failureMode: "allow",
      }),
    ],
  }),
  "filters: ext_proc": web({
    filters: [httpFilter.extProc({ grpcService: toService, processingMode: { requestHeaderMode: "SEND" } })],
  }),
  "filters: oauth2": web({
    filters: [
      httpFilter.oauth2({
        tokenEndpoint: { uri: "https://idp/token", cluster: "app", timeout: "1s" },
        authorizationEndpoint: "https://idp/auth",
        redirectUri: "https://%REQ(:authority)%/callback",
        redirectPathMatcher: { path: { exact: "/callback" } },
        signoutPath: { path: { exact: "/signout" } },
        credentials: {
          clientId: "shop",
          tokenSecret: { name: "token", sdsConfig: SECRET_FILE },
          hmacSecret: { name: "hmac", sdsConfig: SECRET_FILE },
        },
      }),
    ],
  }),
  "filters: lua": web({ filters: [httpFilter.lua("function envoy_on_request(handle) end")] }),
  "filters: buffer": web(
    { filters: [httpFilter.buffer({ maxRequestBytes: 1_024 })] },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.buffer({ maxRequestBytes: 10 }) }),
  ),
  "filters: compressors": web({
    filters: (["gzip", "brotli", "zstd"] as const).map((library) => ({
      ...httpFilter.compressor({ library }),
      name: library,
    })),
  }),
  "filters: header mutation": web({
    filters: [httpFilter.headerMutation({ requestMutations: [{ remove: "x-internal" }] })],
  }),
  "filters: csrf": web(
    { filters: [httpFilter.csrf()] },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.csrf({ additionalOrigins: [{ exact: "example.com" }] }) }),
  ),
  "filters: gRPC-Web and health check": web({
    filters: [
      httpFilter.grpcWeb(),
      httpFilter.healthCheck({ headers: [{ name: ":path", stringMatch: { exact: "/healthz" } }] }),
    ],
  }),
  "filters: gRPC from JSON": web({
    filters: [httpFilter.grpcJsonTranscoder({ protoDescriptorBin: DESCRIPTORS, services: ["t.S"], autoMapping: true })],
  }),
  "filters: disabled": web(
    {
      filters: [
        httpFilter.typed(
          "envoy.filters.http.cors",
          { "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors" },
          { disabled: true },
        ),
      ],
    },
    oneHost({ ...toApp, typedPerFilterConfig: perFilter.disable("envoy.filters.http.cors") }),
  ),
  "filters: dynamic forward proxy": {
    ...web(
      { filters: [httpFilter.dynamicForwardProxy({ dnsCache })] },
      oneHost(route.to("forward", { match: anyPath })),
    ),
    clusters: [cluster.dynamicForwardProxy({ name: "forward", dnsCache })],
  },
};
