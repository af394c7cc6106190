// What lies in a secret, or beside one.
import { given, type RuleSource } from "./rule-source.js";

/** Whether it is a part of a secret, or of what stands beside a secret that comes by discovery. */
export const IS_IN_SECRET =
  "(under('combinedValidationContext') || has(within('envoy.extensions.transport_sockets.tls.v3.Secret')))";

/** Envoy reads secrets when a context uses them, so what is wrong in them is not refused at once. */
export function readWithSecret(rules: readonly RuleSource[]): readonly RuleSource[] {
  return [
    ...given(`!${IS_IN_SECRET}`, rules),
    ...given(IS_IN_SECRET, rules).map((rule) => ({ ...rule, warns: true as const })),
  ];
}
