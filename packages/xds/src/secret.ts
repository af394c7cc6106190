/**
 * Secrets: certificates, keys and trust, delivered by name.
 *
 * @module secret
 * @category Builders
 */
import type { SecretJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";

/**
 * A certificate with its key, as PEM text.
 *
 * @category Builders
 */
export function certificate(input: {
  readonly name: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}): SecretJson {
  const tlsCertificate = {
    certificateChain: { inlineString: input.certificatePem },
    privateKey: { inlineString: input.keyPem },
  };
  return { name: input.name, tlsCertificate };
}

/**
 * Authorities to trust, as PEM text.
 *
 * @category Builders
 */
export function trust(input: { readonly name: string; readonly caPem: string }): SecretJson {
  return { name: input.name, validationContext: { trustedCa: { inlineString: input.caPem } } };
}

/**
 * Any secret text, such as a client secret of OAuth2.
 *
 * @category Builders
 */
export function generic(input: { readonly name: string; readonly text: string }): SecretJson {
  return { name: input.name, genericSecret: { secret: { inlineString: input.text } } };
}
