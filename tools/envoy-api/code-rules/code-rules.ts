// All that Envoy, and gRPC clients, check of configuration in code, ready to be written as data.
import type { CodeRule } from "../../../packages/envoy-api/src/facts.js";
import type { ApiModel } from "../api-model.js";
import type { RuleSource, RuleSources } from "./rule-source.js";
import { type Kind, type MessageOf, memberOf, type Names, termOf, textTermOf } from "./rule-terms.js";

const PLAIN: Kind = { kind: "plain" };

/** Makes rules of their sources; refuses what the API does not have. */
export function compileRules(
  sources: readonly RuleSources[],
  api: ApiModel,
): Readonly<Record<string, readonly CodeRule[]>> {
  const messageOf: MessageOf = (typeName) => api.registry.getMessage(typeName);
  const all = new Map<string, CodeRule[]>();
  for (const [typeName, rules] of sources.flatMap((each) => Object.entries(each))) {
    const desc = messageOf(typeName);
    if (desc === undefined) throw new RangeError(`the API must have a message ${typeName}`);
    const made = rules.map((rule) => compileRule(rule, { kind: "message", desc }, messageOf));
    all.set(typeName, [...(all.get(typeName) ?? []), ...made]);
  }
  return Object.fromEntries(all);
}

function compileRule(source: RuleSource, message: Kind, messageOf: MessageOf): CodeRule {
  const { each, when, sameKey, once, at, says, hint, rule, warns } = source;
  const place = placeOf(each === undefined ? [] : each.split("."), message);
  const scope: Names = { message, it: place.it, owner: place.owner, list: place.list, index: PLAIN };
  const names: Names = sameKey === undefined ? scope : { ...scope, first: { kind: "names", names: scope } };
  if (at !== undefined) checkPath(at.split("."), place.it);
  return {
    ...(each !== undefined && { each: each.split(".") }),
    ...(when !== undefined && { when: termOf(when, names, messageOf) }),
    ...(sameKey !== undefined && { sameKey: termOf(sameKey, scope, messageOf) }),
    ...(once && { once }),
    ...(at !== undefined && { at: at.split(".") }),
    says: textTermOf(says, names, messageOf),
    ...(hint !== undefined && { hint: textTermOf(hint, names, messageOf) }),
    ...(rule !== undefined && { rule }),
    ...(warns && { warns }),
  };
}

interface Place {
  readonly it: Kind;
  readonly owner: Kind;
  readonly list: Kind;
}

function placeOf(parts: readonly string[], message: Kind): Place {
  let it = message;
  let holder = message;
  let owner = message;
  let list = PLAIN;
  for (const part of parts) {
    if (part === "**") return { it: PLAIN, owner, list };
    if (part === "*") {
      if (it.kind !== "list" && it.kind !== "map") throw new RangeError(`${parts.join(".")} must go through lists`);
      owner = holder;
      list = it;
      it = it.of;
    } else {
      holder = it;
      it = memberOf(it, part);
    }
  }
  return { it, owner, list };
}

/** Refuses a path that is not there; in messages of any type nothing is known. */
function checkPath(parts: readonly string[], from: Kind): void {
  let kind = from;
  for (const part of parts) {
    if (kind.kind === "plain" || (kind.kind === "message" && kind.desc.typeName === "google.protobuf.Any")) return;
    kind = kind.kind === "list" || kind.kind === "map" ? kind.of : memberOf(kind, part);
  }
}
