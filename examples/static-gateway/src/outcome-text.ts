import type { Outcome } from "@netmason/xds";

/** What becomes of a request, in a few words. */
export function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "forward":
      return `→ ${outcome.cluster} (${outcome.endpointCount} backends, ${outcome.timeout})`;
    case "tcp":
      return `→ ${outcome.cluster}`;
    case "redirect":
      return `${outcome.status} to ${outcome.location}`;
    case "respond":
      return `${outcome.status} ${outcome.body}`;
    case "reject":
      return `${outcome.status ?? "closed"}: ${outcome.reason}`;
    case "undecided":
      return outcome.why;
    default:
      return outcome satisfies never;
  }
}
