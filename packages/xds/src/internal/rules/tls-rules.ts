// What Envoy checks of TLS contexts and secrets in code.
import type {
  CertificateValidationContextJson,
  CommonTlsContextJson,
  DownstreamTlsContextJson,
  SecretJson,
  SubjectAltNameMatcherJson,
  TlsCertificateJson,
  UpstreamTlsContextJson,
} from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import { utf8Length } from "../utf8.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { quoted } from "./rule-text.js";

const TLS = "envoy.extensions.transport_sockets.tls.v3";

function upstreamTls({ commonTlsContext = {}, autoSniSanValidation }: UpstreamTlsContextJson, visit: Visit): void {
  const certificates = commonTlsContext.tlsCertificates ?? [];
  const secrets = commonTlsContext.tlsCertificateSdsSecretConfigs ?? [];
  if (certificates.length + secrets.length > 1) {
    const field = certificates.length > 1 ? "tlsCertificates" : "tlsCertificateSdsSecretConfigs";
    visit.refuse(["commonTlsContext", field], "a client shows one certificate");
  }
  for (const [index, protocol] of (commonTlsContext.alpnProtocols ?? []).entries()) {
    if (utf8Length(protocol) > 255) visit.refuse(["commonTlsContext", "alpnProtocols", index], "over 255 bytes");
  }
  const { validationContext, combinedValidationContext, validationContextSdsSecretConfig } = commonTlsContext;
  if ((combinedValidationContext ?? validationContextSdsSecretConfig) !== undefined) return;
  if (autoSniSanValidation === true && !(validationContext !== undefined && hasAuthority(validationContext))) {
    visit.refuse(["autoSniSanValidation"], "Envoy checks the name only beside a trustedCa");
  }
  if (validationContext?.systemRootCerts !== undefined) return;
  if (validationContext !== undefined && verifies(validationContext)) return;
  visit.warn(
    "tls_unverified",
    ["commonTlsContext"],
    "the server's certificate is not verified",
    "set a validationContext",
  );
}

function verifies(context: CertificateValidationContextJson): boolean {
  const { verifyCertificateHash = [], verifyCertificateSpki = [] } = context;
  return (
    hasAuthority(context) || checksNames(context) || verifyCertificateHash.length + verifyCertificateSpki.length > 0
  );
}

function downstreamTls(message: DownstreamTlsContextJson, visit: Visit): void {
  const {
    tlsCertificates = [],
    tlsCertificateSdsSecretConfigs = [],
    tlsCertificateProviderInstance,
    customTlsCertificateSelector,
  } = message.commonTlsContext ?? {};
  if (tlsCertificates.length > 0 && tlsCertificateSdsSecretConfigs.length > 0) {
    visit.refuse(["commonTlsContext", "tlsCertificates"], "excluded by tlsCertificateSdsSecretConfigs");
  }
  const count = tlsCertificates.length + tlsCertificateSdsSecretConfigs.length;
  if (count > 0 || tlsCertificateProviderInstance !== undefined || customTlsCertificateSelector !== undefined) return;
  visit.refuse(["commonTlsContext"], "a server needs a certificate");
}

/** Envoy reads the certificate of a secret when a context uses it, so there it is not refused at once. */
function commonTls({ tlsCertificates = [], validationContext }: CommonTlsContextJson, visit: Visit): void {
  for (const [index, certificate] of tlsCertificates.entries()) {
    wholeCertificate(certificate, ["tlsCertificates", index], visit);
  }
  if (validationContext === undefined || !checksNames(validationContext) || hasAuthority(validationContext)) return;
  const parts = ["validationContext", "matchTypedSubjectAltNames"];
  visit.refuse(parts, "Envoy checks names only beside a trustedCa");
}

function wholeCertificate(certificate: TlsCertificateJson, parts: readonly PathPart[], visit: Visit): void {
  const { certificateChain, privateKey, privateKeyProvider, pkcs12 } = certificate;
  if (pkcs12 !== undefined) return;
  if (certificateChain === undefined) visit.refuse([...parts, "certificateChain"], "a certificate needs its chain");
  else if (privateKey === undefined && privateKeyProvider === undefined)
    visit.refuse([...parts, "privateKey"], "a certificate needs its key");
}

function hasAuthority(context: CertificateValidationContextJson): boolean {
  const { trustedCa, customValidatorConfig, caCertificateProviderInstance } = context;
  return (trustedCa ?? customValidatorConfig ?? caCertificateProviderInstance) !== undefined;
}

function checksNames({ matchTypedSubjectAltNames = [] }: CertificateValidationContextJson): boolean {
  return matchTypedSubjectAltNames.length > 0;
}

function validation(message: CertificateValidationContextJson, visit: Visit): void {
  for (const [index, hash] of (message.verifyCertificateHash ?? []).entries()) {
    if (/^([0-9A-Fa-f]{2}:?){32}$/.test(hash)) continue;
    visit.refuse(["verifyCertificateHash", index], `${quoted(hash)} is no SHA-256 in hexadecimal`);
  }
  for (const [index, hash] of (message.verifyCertificateSpki ?? []).entries()) {
    if (/^[0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]=$/.test(hash)) continue;
    visit.refuse(["verifyCertificateSpki", index], `${quoted(hash)} is no SHA-256 in base64`);
  }
}

function alternativeName({ sanType, oid = "" }: SubjectAltNameMatcherJson, visit: Visit): void {
  if (sanType === "OTHER_NAME" && oid === "") visit.refuse(["oid"], "OTHER_NAME needs an oid");
}

function secret(message: SecretJson, visit: Visit): void {
  const { tlsCertificate, sessionTicketKeys, validationContext, genericSecret } = message;
  if ((tlsCertificate ?? sessionTicketKeys ?? validationContext ?? genericSecret) !== undefined) return;
  visit.refuse([], "a secret holds a certificate, a trust, ticket keys or a generic secret");
}

/** Of TLS contexts, their parts and secrets. */
export const tlsRules = (): readonly MessageRule[] => [
  messageRule<UpstreamTlsContextJson>(`${TLS}.UpstreamTlsContext`, upstreamTls),
  messageRule<DownstreamTlsContextJson>(`${TLS}.DownstreamTlsContext`, downstreamTls),
  messageRule<CommonTlsContextJson>(`${TLS}.CommonTlsContext`, commonTls),
  messageRule<CertificateValidationContextJson>(`${TLS}.CertificateValidationContext`, validation),
  messageRule<SubjectAltNameMatcherJson>(`${TLS}.SubjectAltNameMatcher`, alternativeName),
  messageRule<SecretJson>(`${TLS}.Secret`, secret),
];
