// What Envoy checks of headers and query parameters that configuration sets.
import type { HeaderValueOptionJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { MutationsJson } from "@netmason/envoy-api/envoy/extensions/filters/http/header_mutation/v3";
import { type MessageRule, messageRule, type Visit } from "../visit.js";
import { quoted } from "./rule-text.js";

/** Whether Envoy lets configuration set or remove the header. */
export function isModifiable(header: string): boolean {
  return !header.startsWith(":") && header.toLowerCase() !== "host";
}

/** Of an HTTP service that Envoy itself calls the headers are free. */
function headerOption({ header, append, appendAction }: HeaderValueOptionJson, visit: Visit): void {
  if (visit.at.at(-3) === "httpService" || visit.at.at(-3) === "collectorService") return;
  const key = header?.key ?? "";
  if (!isModifiable(key)) visit.refuse(["header", "key"], `${quoted(key)} must not be set`);
  if (append !== undefined && appendAction !== undefined && appendAction !== "APPEND_IF_EXISTS_OR_ADD") {
    visit.refuse(["append"], "append and appendAction exclude each other");
  }
}

function queryMutations({ queryParameterMutations = [] }: MutationsJson, visit: Visit): void {
  for (const [index, { append, remove = "" }] of queryParameterMutations.entries()) {
    const at = ["queryParameterMutations", index];
    if (append === undefined && remove === "") visit.refuse(at, "a mutation appends or removes");
    const record = append?.record;
    if (record !== undefined && typeof record.value !== "string") {
      visit.refuse([...at, "append", "record", "value"], "the value must be a text");
    }
  }
}

/** Of headers wherever they are set. */
export const headerRules = (): readonly MessageRule[] => [
  messageRule<HeaderValueOptionJson>("envoy.config.core.v3.HeaderValueOption", headerOption),
  messageRule<MutationsJson>("envoy.extensions.filters.http.header_mutation.v3.Mutations", queryMutations),
];
