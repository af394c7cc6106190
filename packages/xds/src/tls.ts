/**
 * TLS of listeners and clusters.
 *
 * @module tls
 * @category Builders
 */
import type { TransportSocketJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type {
  CertificateValidationContextJson,
  CommonTlsContextJson,
  DownstreamTlsContextJson,
  SubjectAltNameMatcherJson,
  TlsCertificateJson,
  UpstreamTlsContextJson,
} from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import { configSource, type Source } from "./config-source.js";
import { pruned } from "./internal/pruned.js";

/** A certificate and its key: a secret by SDS, or files that Envoy reads at start. */
export type CertificateSource =
  | { readonly sds: string; readonly source?: Source; readonly certificateFile?: never }
  | { readonly certificateFile: string; readonly keyFile: string; readonly sds?: never };

/** Authorities to trust: by SDS, or a file of them. */
export type TrustSource =
  | { readonly sds: string; readonly source?: Source; readonly caFile?: never }
  | { readonly caFile: string; readonly sds?: never };

/**
 * Whom to trust. `system` are the authorities of the operating system; Envoy refuses to check names beside them, so
 * names need a source. A name is a URI where it has `://`, else a DNS name; the certificate must carry one of them.
 */
export type Trust =
  | { readonly trust: TrustSource; readonly names?: readonly string[] }
  | { readonly trust: "system"; readonly names?: never };

/** What `upstream` takes. Trust is required, because Envoy verifies nothing unless told to: `insecure` says it is meant. */
export type UpstreamTlsInput = (Trust | { readonly trust: "insecure"; readonly names?: never }) & {
  /** Shown to the server; Envoy uses one. */
  readonly certificate?: CertificateSource;
  /** The name asked for in the handshake (SNI). At most 255 bytes. Default none, so none is sent. */
  readonly serverName?: string;
  readonly alpn?: readonly string[];
  readonly overrides?: { readonly context?: UpstreamTlsContextJson };
};

/**
 * TLS to the endpoints of a cluster.
 * @category Builders
 */
export function upstream(input: UpstreamTlsInput): TransportSocketJson {
  const { trust, certificate, names = [] } = input;
  const context = pruned<UpstreamTlsContextJson>({
    commonTlsContext: pruned<CommonTlsContextJson>({
      ...certificatesOf(certificate === undefined ? [] : [certificate]),
      ...(trust === "insecure" ? {} : validationOf(trust, names)),
      alpnProtocols: input.alpn,
    }),
    sni: input.serverName,
    ...input.overrides?.context,
  });
  return {
    name: "envoy.transport_sockets.tls",
    typedConfig: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      ...context,
    },
  };
}

/** What `downstream` takes. */
export interface DownstreamTlsInput {
  readonly certificates: readonly [CertificateSource, ...CertificateSource[]];
  /** Clients must show a certificate that is trusted. */
  readonly clients?: Trust;
  /** Default none; HTTP/2 over TLS needs `["h2", "http/1.1"]`. */
  readonly alpn?: readonly string[];
  readonly overrides?: { readonly context?: DownstreamTlsContextJson };
}

/**
 * TLS of a listener's chain.
 *
 * @category Builders
 */
export function downstream(input: DownstreamTlsInput): TransportSocketJson {
  const { certificates, clients } = input;
  const context = pruned<DownstreamTlsContextJson>({
    commonTlsContext: pruned<CommonTlsContextJson>({
      ...certificatesOf(certificates),
      ...(clients === undefined ? {} : validationOf(clients.trust, clients.names ?? [])),
      alpnProtocols: input.alpn,
    }),
    requireClientCertificate: clients === undefined ? undefined : true,
    ...input.overrides?.context,
  });
  return {
    name: "envoy.transport_sockets.tls",
    typedConfig: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
      ...context,
    },
  };
}

function certificatesOf(sources: readonly CertificateSource[]): CommonTlsContextJson {
  const secrets = sources.flatMap((each) => (each.sds === undefined ? [] : [sdsOf(each.sds, each.source)]));
  const files = sources.flatMap((each): TlsCertificateJson[] =>
    each.certificateFile === undefined
      ? []
      : [{ certificateChain: { filename: each.certificateFile }, privateKey: { filename: each.keyFile } }],
  );
  if (secrets.length > 0 && files.length > 0) {
    throw new TypeError("certificates: Envoy takes them from SDS or from files, not from both");
  }
  if (secrets.length > 0) return { tlsCertificateSdsSecretConfigs: secrets };
  return files.length > 0 ? { tlsCertificates: files } : {};
}

function validationOf(trust: TrustSource | "system", names: readonly string[]): CommonTlsContextJson {
  const matchers = names.map(sanMatcherOf);
  const subject: CertificateValidationContextJson =
    matchers.length === 0 ? {} : { matchTypedSubjectAltNames: matchers };
  if (trust === "system") return { validationContext: { systemRootCerts: {} } };
  if (trust.sds === undefined) return { validationContext: { trustedCa: { filename: trust.caFile }, ...subject } };
  const secret = sdsOf(trust.sds, trust.source);
  if (matchers.length === 0) return { validationContextSdsSecretConfig: secret };
  return {
    combinedValidationContext: { defaultValidationContext: subject, validationContextSdsSecretConfig: secret },
  };
}

function sanMatcherOf(name: string): SubjectAltNameMatcherJson {
  return { sanType: name.includes("://") ? "URI" : "DNS", matcher: { exact: name } };
}

function sdsOf(
  name: string,
  source: Source | undefined,
): NonNullable<CommonTlsContextJson["validationContextSdsSecretConfig"]> {
  return { name, sdsConfig: configSource(source) };
}
