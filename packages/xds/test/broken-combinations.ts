// Faults of parts that go together, or do not, as changes in two places of the builders' graphs met them.
import {
  type BrokenGraph,
  brokenGraphs,
  type Loose,
  ROUTER,
  withCluster,
  withManager,
  withRoute,
  withTransportSocket,
} from "./graph-parts.js";

const CONTEXT = "/transportSocket/typedConfig/commonTlsContext";
const HTTP = "/filterChains/0/filters/0/typedConfig";
const UNTYPED = { name: "x", typedConfig: {} };
const INLINE = { inlineString: "x" };

function withTrust(validationContext: Loose): ReturnType<typeof withTransportSocket> {
  return withTransportSocket("UpstreamTlsContext", { commonTlsContext: { validationContext } });
}

function withCertificate(certificate: Loose): ReturnType<typeof withTransportSocket> {
  return withTransportSocket("UpstreamTlsContext", {
    commonTlsContext: { validationContext: { systemRootCerts: {} }, tlsCertificates: [certificate] },
  });
}

function inNamespace(type: string): ReturnType<typeof withCluster> {
  const socketAddress = { address: "127.0.0.1", portValue: 1, networkNamespaceFilepath: "/run/netns/x" };
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: { socketAddress } } }] }];
  return withCluster({ type, loadAssignment: { clusterName: "b", endpoints } });
}

/** By what they are faults of. */
export const brokenCombinations: readonly BrokenGraph[] = brokenGraphs([
  [
    "expired certificates of nobody",
    withTrust({ systemRootCerts: {}, allowExpiredCertificate: true }),
    `envoy_refuses ${CONTEXT}/validationContext/allowExpiredCertificate`,
  ],
  [
    "revoked by nobody",
    withTrust({ systemRootCerts: {}, crl: INLINE }),
    `envoy_refuses ${CONTEXT}/validationContext/crl`,
  ],
  [
    "names in the old place without authority",
    withTrust({ systemRootCerts: {}, matchSubjectAltNames: [{ exact: "x" }] }),
    `envoy_refuses ${CONTEXT}/validationContext/matchSubjectAltNames`,
  ],
  [
    "a key without its chain",
    withCertificate({ privateKey: INLINE }),
    `envoy_refuses ${CONTEXT}/tlsCertificates/0/certificateChain`,
  ],
  [
    "an endpoint in another network namespace",
    inNamespace("STATIC"),
    "envoy_refuses /loadAssignment/endpoints/0/lbEndpoints/0/endpoint/address/socketAddress/networkNamespaceFilepath",
  ],
  [
    "a matcher of text without a type",
    withRoute({
      match: { prefix: "/", headers: [{ name: "x", stringMatch: { custom: UNTYPED } }] },
      route: { cluster: "a" },
    }),
    `envoy_refuses ${HTTP}/routeConfig/virtualHosts/0/routes/0/match/headers/0/stringMatch/custom/typedConfig`,
  ],
  [
    "a filter towards a cluster without a type",
    withManager({
      httpFilters: [{ ...ROUTER, typedConfig: { ...(ROUTER.typedConfig as Loose), upstreamHttpFilters: [UNTYPED] } }],
    }),
    `envoy_refuses ${HTTP}/httpFilters/0/typedConfig/upstreamHttpFilters/0`,
  ],
  [
    "a policy of any struct",
    withCluster({
      loadBalancingPolicy: {
        policies: [
          {
            typedExtensionConfig: {
              name: "x",
              typedConfig: { "@type": "type.googleapis.com/google.protobuf.Struct", value: {} },
            },
          },
        ],
      },
    }),
    "envoy_refuses /loadBalancingPolicy/policies",
  ],
]);

/** What goes together. */
export const soundCombinations: Readonly<Record<string, ReturnType<typeof withCluster>>> = {
  "a certificate of nothing": withCertificate({ password: INLINE }),
  "a network namespace where DNS is asked": inNamespace("STRICT_DNS"),
  "DNS servers that are not asked": withCluster({
    dnsResolutionConfig: { resolvers: [{ socketAddress: { address: "a", portValue: 53 } }] },
  }),
};
