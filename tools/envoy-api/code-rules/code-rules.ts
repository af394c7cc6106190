// All that Envoy, and gRPC clients, check of configuration in code, ready to be written as data.
import type { CodeRule, ReferenceRule } from "../../../packages/envoy-api/src/facts.js";
import type { ApiModel } from "../api-model.js";
import type { ReferenceSource, ReferenceSources, RuleSource, RuleSources } from "./rule-source.js";
import { type Kind, memberOf, type Names, termOf, textTermOf, type Vocabulary } from "./rule-terms.js";

const PLAIN: Kind = { kind: "plain" };

/** Makes rules of their sources; refuses what the API does not have. */
export function compileRules(
  sources: readonly RuleSources[],
  api: ApiModel,
): Readonly<Record<string, readonly CodeRule[]>> {
  return compileAll(sources, api, compileRule);
}

/** The same of references. */
export function compileReferences(
  sources: readonly ReferenceSources[],
  api: ApiModel,
): Readonly<Record<string, readonly ReferenceRule[]>> {
  return compileAll(sources, api, compileReference);
}

function compileAll<S, R>(
  sources: readonly Readonly<Record<string, readonly S[]>>[],
  api: ApiModel,
  compile: (source: S, message: Kind, vocabulary: Vocabulary) => R,
): Readonly<Record<string, readonly R[]>> {
  const fields = new Set(api.messages.flatMap(({ desc }) => desc.fields.map(({ jsonName }) => jsonName)));
  const vocabulary: Vocabulary = {
    messageOf: (typeName) => api.registry.getMessage(typeName),
    hasField: (jsonName) => fields.has(jsonName),
  };
  const all = new Map<string, R[]>();
  for (const [typeName, rules] of sources.flatMap((each) => Object.entries(each))) {
    const desc = vocabulary.messageOf(typeName);
    if (desc === undefined) throw new RangeError(`the API must have a message ${typeName}`);
    const made = rules.map((rule) => compile(rule, { kind: "message", desc }, vocabulary));
    all.set(typeName, [...(all.get(typeName) ?? []), ...made]);
  }
  return Object.fromEntries(all);
}

function compileRule(source: RuleSource, message: Kind, vocabulary: Vocabulary): CodeRule {
  const { sameKey, once, says, hint, rule, warns } = source;
  if (source.each === undefined && (sameKey ?? once) !== undefined)
    throw new RangeError(`${says}: of one place no other`);
  const { place, scope } = readPlace(source, message);
  const names: Names = sameKey === undefined ? scope : { ...scope, first: { kind: "names", names: scope } };
  return {
    ...place,
    ...(source.when !== undefined && { when: termOf(source.when, names, vocabulary) }),
    ...(sameKey !== undefined && { sameKey: termOf(sameKey, scope, vocabulary) }),
    ...(once && { once }),
    says: textTermOf(says, names, vocabulary),
    ...(hint !== undefined && { hint: textTermOf(hint, names, vocabulary) }),
    ...(rule !== undefined && { rule }),
    ...(warns && { warns }),
  };
}

function compileReference(source: ReferenceSource, message: Kind, vocabulary: Vocabulary): ReferenceRule {
  const { when, name, to, missing = "'error'", demand } = source;
  const { place, scope } = readPlace(source, message);
  if (vocabulary.messageOf(to) === undefined) throw new RangeError(`the API must have a message ${to}`);
  return {
    ...place,
    ...(when !== undefined && { when: termOf(when, scope, vocabulary) }),
    name: termOf(name, scope, vocabulary),
    to,
    missing: termOf(missing, scope, vocabulary),
    ...(demand !== undefined && { demand }),
  };
}

interface Place {
  readonly place: Pick<CodeRule, "each" | "at">;
  readonly scope: Names;
}

/** What is looked at and which names there are; refuses paths that are not there. */
function readPlace({ each, at }: Pick<RuleSource, "each" | "at">, message: Kind): Place {
  const path = each?.split(".");
  const names = namesAt(path ?? [], message);
  if (at !== undefined) checkPath(at.split("."), names.it ?? PLAIN);
  return { place: { ...(path && { each: path }), ...(at !== undefined && { at: at.split(".") }) }, scope: names };
}

function namesAt(path: readonly string[], message: Kind): Names {
  let it = message;
  let holder = message;
  let inside: Names = {};
  for (const [step, part] of path.entries()) {
    if (part === "*") {
      if (it.kind !== "list" && it.kind !== "map") throw new RangeError(`${path.join(".")} must go through lists`);
      inside = { owner: holder, list: it, index: PLAIN };
      it = it.of;
    } else if (part === "**" && step === path.length - 1) it = PLAIN;
    else {
      holder = it;
      it = memberOf(it, part);
    }
  }
  return { message, it, ...inside };
}

/** Refuses a path that is not there; below a message of any type nothing is known. */
function checkPath(path: readonly string[], from: Kind): void {
  let kind = from;
  for (const part of path) {
    if (kind.kind === "any") return;
    kind = memberOf(kind, part);
  }
}
