// What Envoy checks of health checks in code.
import type {
  HealthCheck_HttpHealthCheckJson,
  HealthCheck_PayloadJson,
} from "@netmason/envoy-api/envoy/config/core/v3";
import { type MessageRule, messageRule, type Visit } from "../visit.js";
import { quoted } from "./rule-text.js";

function httpCheck(message: HealthCheck_HttpHealthCheckJson, visit: Visit): void {
  for (const field of ["expectedStatuses", "retriableStatuses"] as const) {
    for (const [index, { start = "0", end = "0" }] of (message[field] ?? []).entries()) {
      if (Number(start) >= 100 && Number(end) <= 600 && Number(start) < Number(end)) continue;
      visit.refuse(
        [field, index],
        `from ${start} to ${end}`,
        "start from 100, end after it and at most 600, which is not in it",
      );
    }
  }
  const { method = "GET", send } = message;
  if (send === undefined || /^(POST|PUT|PATCH|OPTIONS|METHOD_UNSPECIFIED)$/.test(method)) return;
  visit.refuse(["send"], `a ${method} has no body`, "set the method POST, PUT, PATCH or OPTIONS");
}

function payload({ text }: HealthCheck_PayloadJson, visit: Visit): void {
  if (text !== undefined && !/^([0-9A-Fa-f]{2})+$/.test(text)) {
    visit.refuse(["text"], `${quoted(text)} is not hexadecimal`);
  }
}

/** Of the kinds of health checks. */
export const healthCheckRules = (): readonly MessageRule[] => [
  messageRule<HealthCheck_HttpHealthCheckJson>("envoy.config.core.v3.HealthCheck.HttpHealthCheck", httpCheck),
  messageRule<HealthCheck_PayloadJson>("envoy.config.core.v3.HealthCheck.Payload", payload),
];
