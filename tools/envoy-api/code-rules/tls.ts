// Of TLS contexts, their parts and secrets.
import { TLS } from "./names.js";
import { given, inEach, type RuleSource, type RuleSources } from "./rule-source.js";
import { readWithSecret } from "./secrets.js";

const COMMON = "it.commonTlsContext";
const CERTIFICATES = `size(${COMMON}.tlsCertificates) + size(${COMMON}.tlsCertificateSdsSecretConfigs)`;
const VALIDATION = `${COMMON}.validationContext`;
const HAS_OTHER = `(has(${COMMON}.combinedValidationContext) || has(${COMMON}.validationContextSdsSecretConfig))`;

/** Whether a validation context knows whom to trust. */
function hasAuthority(context: string): string {
  return `(has(${context}.trustedCa) || has(${context}.customValidatorConfig)
    || has(${context}.caCertificateProviderInstance))`;
}

/**
 * Envoy reads the certificate of a secret when a context uses it, so there it is not refused at once. A client with neither
 * chain nor key shows no certificate.
 */
const wholeCertificate: readonly RuleSource[] = [
  {
    each: "tlsCertificates.*",
    when: `!has(it.pkcs12) && !has(it.certificateChain)
      && (has(it.privateKey) || has(it.privateKeyProvider) || !isWithin('${TLS}.UpstreamTlsContext'))`,
    at: "certificateChain",
    says: "a certificate needs its chain",
  },
  {
    each: "tlsCertificates.*",
    when: `!has(it.pkcs12) && has(it.certificateChain)
      && !has(it.privateKey) && !has(it.privateKeyProvider)`,
    at: "privateKey",
    says: "a certificate needs its key",
  },
];

export const tlsRules: RuleSources = {
  [`${TLS}.UpstreamTlsContext`]: [
    {
      when: `${CERTIFICATES} > 1 && size(${COMMON}.tlsCertificates) > 1`,
      at: "commonTlsContext.tlsCertificates",
      says: "a client shows one certificate",
    },
    {
      when: `${CERTIFICATES} > 1 && size(${COMMON}.tlsCertificates) <= 1`,
      at: "commonTlsContext.tlsCertificateSdsSecretConfigs",
      says: "a client shows one certificate",
    },
    { each: "commonTlsContext.alpnProtocols.*", when: "utf8Size(it) > 255", says: "over 255 bytes" },
    ...given(`!${HAS_OTHER}`, [
      {
        when: `it.autoSniSanValidation && !${hasAuthority(VALIDATION)}`,
        at: "autoSniSanValidation",
        says: "Envoy checks the name only beside a trustedCa",
      },
      {
        when: `!has(${VALIDATION}.systemRootCerts) && !${hasAuthority(VALIDATION)}
          && !${VALIDATION}.matchTypedSubjectAltNames && !${VALIDATION}.verifyCertificateHash
          && !${VALIDATION}.verifyCertificateSpki`,
        at: "commonTlsContext",
        says: "the server's certificate is not verified",
        hint: "set a validationContext",
        rule: "tls_unverified",
        warns: true,
      },
    ]),
  ],
  [`${TLS}.DownstreamTlsContext`]: [
    {
      when: `${COMMON}.tlsCertificates && ${COMMON}.tlsCertificateSdsSecretConfigs`,
      at: "commonTlsContext.tlsCertificates",
      says: "excluded by tlsCertificateSdsSecretConfigs",
    },
    {
      when: `${CERTIFICATES} === 0 && !has(${COMMON}.tlsCertificateProviderInstance)
        && !has(${COMMON}.customTlsCertificateSelector)`,
      at: "commonTlsContext",
      says: "a server needs a certificate",
    },
  ],
  [`${TLS}.CommonTlsContext`]: [
    ...wholeCertificate,
    ...inEach(
      ["validationContext"],
      given(
        `!${hasAuthority("it")}`,
        ["matchTypedSubjectAltNames", "matchSubjectAltNames"]
          .map((at) => ({ when: `it.${at}`, at, says: "Envoy checks names only beside a trustedCa" }))
          .concat([
            { when: "it.allowExpiredCertificate", at: "allowExpiredCertificate", says: "goes with a trustedCa only" },
            { when: "has(it.crl)", at: "crl", says: "goes with a trustedCa only" },
          ]),
      ),
    ),
  ],
  [`${TLS}.CertificateValidationContext`]: readWithSecret([
    {
      each: "verifyCertificateHash.*",
      when: "!/^([0-9A-Fa-f]{2}:?){32}$/.test(it)",
      says: "{json(it)} is no SHA-256 in hexadecimal",
    },
    {
      each: "verifyCertificateSpki.*",
      when: "!/^[0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]=$/.test(it)",
      says: "{json(it)} is no SHA-256 in base64",
    },
  ]),
  [`${TLS}.SubjectAltNameMatcher`]: readWithSecret([
    { when: "it.sanType === 'OTHER_NAME' && !it.oid", at: "oid", says: "OTHER_NAME needs an oid" },
  ]),
  [`${TLS}.Secret`]: [
    {
      when: `!has(it.tlsCertificate) && !has(it.sessionTicketKeys) && !has(it.validationContext)
        && !has(it.genericSecret)`,
      says: "a secret holds a certificate, a trust, ticket keys or a generic secret",
    },
  ],
};
