// DNS caches of one name must be equal wherever they stand, so each refers to all others of its name.
import type { DnsCacheConfigJson } from "@netmason/envoy-api/envoy/extensions/common/dynamic_forward_proxy/v3";
import type { TypeUrl } from "../../type-urls.js";
import { type MessageRule, messageRule, type Visit } from "../visit.js";

const TYPE_NAME = "envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig";
/** No resource has the type, so a cache is never missing. */
export const DNS_CACHE: TypeUrl = `type.googleapis.com/${TYPE_NAME}`;

function dnsCache(message: DnsCacheConfigJson, visit: Visit): void {
  const demand = { kind: "same", as: sortedJson(message) } as const;
  visit.refer({ typeUrl: DNS_CACHE, name: message.name ?? "", parts: [], missing: "none", demand });
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Of DNS caches. */
export const dnsCacheRules = (): readonly MessageRule[] => [messageRule<DnsCacheConfigJson>(TYPE_NAME, dnsCache)];
