/**
 * Where compile and `--mode validate` of Envoy 1.40 disagree on a mutant, and why. Patterns are tried on the signature of
 * the mutant followed by the first error that compile finds.
 */
export const KNOWN_DISAGREEMENTS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /^(empty|remove) envoy\.config\.listener\.v3\.Listener\.name /,
    "a listener of a bootstrap may go without a name, one that is sent may not",
  ],
  [
    /^(empty|remove) envoy\.extensions\.transport_sockets\.tls\.v3\.Secret\.name /,
    "a secret of a bootstrap may go without a name, one that is sent may not",
  ],
  [
    /^remove envoy\.extensions\.transport_sockets\.tls\.v3\.SdsSecretConfig\.sdsConfig /,
    "it names a secret of the bootstrap then, and references are left out here",
  ],
  [
    /^(empty|remove) envoy\.config\.core\.v3\.TypedExtensionConfig\.name field_rule .*(endpointPicking|subsetLb)Policy/,
    "Envoy runs no field rules inside the configuration of a load balancing policy",
  ],
];

/** What a judgement of a mutant is: `unexplained` and `outdated` fail. */
export type Agreement = "agreed" | "known" | "unexplained" | "outdated";

/** Judges whether Envoy and compile agree on a mutant; `text` is its signature followed by the first error. */
export function judge(text: string, accepted: boolean, hasErrors: boolean): Agreement {
  const isKnown = KNOWN_DISAGREEMENTS.some(([pattern]) => pattern.test(text));
  if (accepted === hasErrors) return isKnown ? "known" : "unexplained";
  return isKnown ? "outdated" : "agreed";
}
