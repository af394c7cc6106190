// Where Envoy takes an address as it is, without asking DNS.
import { inEach, type RuleSource } from "./rule-source.js";

const TAKES_LITERALS = "['', 'envoy.ip'].includes(it.resolverName ?? '')";

/** Socket addresses that must be an IP address and a number for a port, unless a resolver is named. */
export function literalAddresses(places: readonly string[], hint?: string): readonly RuleSource[] {
  return inEach(places, [
    {
      when: `${TAKES_LITERALS} && it.address && !isIp(it.address)`,
      at: "address",
      says: "{json(it.address)} is no IP address",
      ...(hint !== undefined && { hint }),
    },
    {
      when: `${TAKES_LITERALS} && has(it.namedPort)`,
      at: "namedPort",
      says: "Envoy knows no names of ports here",
    },
    {
      when: "it.resolverName && it.resolverName !== 'envoy.ip'",
      at: "resolverName",
      says: "Envoy has no resolver {json(it.resolverName)}",
      hint: "it has envoy.ip, which is the default",
    },
  ]);
}
