// Faults of TLS contexts and secrets.
import {
  type BrokenGraph,
  brokenGraphs,
  FILE,
  type Loose,
  manager,
  ROUTER,
  typed,
  withChains,
  withCluster,
  withManager,
  withTransportSocket,
} from "./graph-parts.js";

const TLS = "/transportSocket/typedConfig/commonTlsContext";
const SERVER = `/filterChains/0${TLS}`;
const served = (context: Loose, socket = "DownstreamTlsContext"): ReturnType<typeof withChains> =>
  withChains({
    filters: [manager({})],
    transportSocket: typed(`extensions.transport_sockets.tls.v3.${socket}`, { commonTlsContext: context }),
  });
const trusting = (validationContext: Loose): ReturnType<typeof withTransportSocket> =>
  withTransportSocket("UpstreamTlsContext", { commonTlsContext: { validationContext } });

/** Faults of TLS. */
export const brokenTls: readonly BrokenGraph[] = brokenGraphs([
  [
    "TLS of a client in a listener",
    served({ validationContextSdsSecretConfig: { name: "x", sdsConfig: FILE } }, "UpstreamTlsContext"),
    "envoy_refuses /filterChains/0/transportSocket/typedConfig/@type",
  ],
  [
    "TLS of a server in a cluster",
    withTransportSocket("DownstreamTlsContext", {
      commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }] },
    }),
    "envoy_refuses /transportSocket/typedConfig/@type",
  ],
  [
    "certificates from files and SDS",
    served({
      tlsCertificates: [{ certificateChain: { inlineString: "x" }, privateKey: { inlineString: "y" } }],
      tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }],
    }),
    `envoy_refuses ${SERVER}/tlsCertificates`,
  ],
  [
    "a certificate without key",
    served({ tlsCertificates: [{ certificateChain: { inlineString: "x" } }] }),
    `envoy_refuses ${SERVER}/tlsCertificates/0/privateKey`,
  ],
  [
    "a key without certificate",
    served({ tlsCertificates: [{ privateKey: { inlineString: "x" } }] }),
    `envoy_refuses ${SERVER}/tlsCertificates/0/certificateChain`,
  ],
  [
    "a hash of no hexadecimal",
    trusting({ verifyCertificateHash: ["g".repeat(64)] }),
    `envoy_refuses ${TLS}/validationContext/verifyCertificateHash/0`,
  ],
  [
    "a key's hash of no base64",
    trusting({ verifyCertificateSpki: ["!".repeat(44)] }),
    `envoy_refuses ${TLS}/validationContext/verifyCertificateSpki/0`,
  ],
  [
    "an OTHER_NAME without oid",
    trusting({
      trustedCa: { inlineString: "x" },
      matchTypedSubjectAltNames: [{ sanType: "OTHER_NAME", matcher: { exact: "a" } }],
    }),
    `envoy_refuses ${TLS}/validationContext/matchTypedSubjectAltNames/0/oid`,
  ],
  [
    "a server name that nothing vouches for",
    withTransportSocket("UpstreamTlsContext", {
      autoSniSanValidation: true,
      commonTlsContext: { validationContext: { systemRootCerts: {} } },
    }),
    "envoy_refuses /transportSocket/typedConfig/autoSniSanValidation",
  ],
  [
    "a protocol too long",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: { alpnProtocols: ["x".repeat(256)], validationContext: { systemRootCerts: {} } },
    }),
    `envoy_refuses ${TLS}/alpnProtocols/0`,
  ],
  ["a secret of nothing", { ...withManager({}), secrets: [{ name: "s" }] }, "envoy_refuses "],
  [
    "two certificates of a client",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: {
        validationContext: { systemRootCerts: {} },
        tlsCertificates: [1, 2].map(() => ({
          certificateChain: { inlineString: "x" },
          privateKey: { inlineString: "y" },
        })),
      },
    }),
    `envoy_refuses ${TLS}/tlsCertificates`,
  ],
  [
    "a socket without configuration",
    withCluster({ transportSocket: { name: "envoy.transport_sockets.tls" } }),
    "envoy_refuses /transportSocket/typedConfig",
  ],
  [
    "a socket that is a filter",
    withCluster({ transportSocket: ROUTER }),
    "envoy_refuses /transportSocket/typedConfig/@type",
  ],
  [
    "a key's hash of no base64 beside a secret",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: {
        combinedValidationContext: {
          defaultValidationContext: { verifyCertificateSpki: ["!".repeat(44)] },
          validationContextSdsSecretConfig: { name: "s", sdsConfig: FILE },
        },
      },
    }),
    `envoy_refuses ${TLS}/combinedValidationContext/defaultValidationContext/verifyCertificateSpki/0`,
    "accepts",
  ],
]);
