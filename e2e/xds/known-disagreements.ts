/** Where compile and `--mode validate` of Envoy 1.40 disagree on a mutant, and why. By signature, as a pattern. */
export const KNOWN_DISAGREEMENTS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /^(empty|remove) envoy\.config\.listener\.v3\.Listener\.name$/,
    "a listener of a bootstrap may go without a name, one that is sent may not",
  ],
];
