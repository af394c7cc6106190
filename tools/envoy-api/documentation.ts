import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import type { ApiField, ApiMessage } from "./api-model.js";
import type { Rules } from "./field-rules.js";

/** Where a type or field is explained; `undefined` where no page of its own is known. */
export function referenceOf(desc: DescMessage | DescEnum | DescField, version: string): string | undefined {
  const owner = desc.kind === "field" ? desc.parent : desc;
  const { name: file } = owner.file;
  if (!file.startsWith("envoy/")) return undefined;
  const page = `https://www.envoyproxy.io/docs/envoy/${version}/api-v3/${file.slice("envoy/".length)}.proto`;
  const kind = desc.kind === "field" ? "field" : desc.kind === "enum" ? "enum" : "msg";
  const full = `${owner.typeName}${desc.kind === "field" ? `.${desc.name}` : ""}`.slice("envoy.".length);
  return `${page}#envoy-v3-api-${kind}-${full.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}

export function describeMessage(message: ApiMessage, version: string): string[] {
  const { desc, requiredOneofs } = message;
  const text = [`\`${desc.typeName}\`.`];
  if (message.workInProgress) text.push("Work in progress: Envoy may change it in any release.");
  for (const oneof of requiredOneofs) {
    const members = desc.fields.filter((field) => field.oneof?.name === oneof);
    text.push(`${members.length === 1 ? "" : "Exactly one of "}${listOf(members)} must be set.`);
  }
  return documentation(text, desc, version, message.deprecated);
}

export function describeEnum(desc: DescEnum, version: string): string[] {
  const text = [`\`${desc.typeName}\`.`];
  const deprecated = desc.values.filter((value) => value.deprecated).map(({ name }) => `\`${name}\``);
  if (deprecated.length > 0) text.push(`Deprecated: ${deprecated.join(", ")}.`);
  return documentation(text, desc, version, desc.deprecated);
}

export function describeField(field: ApiField, version: string): string[] {
  const { desc, rules } = field;
  const text = describeRules(rules);
  const others = desc.oneof?.fields.filter((each) => each !== desc) ?? [];
  if (others.length > 0) text.push(`Excludes ${listOf(others)}.`);
  if (field.sensitive) text.push("Sensitive: `redact` replaces it.");
  if (field.workInProgress) text.push("Work in progress: Envoy may change it in any release.");
  if (field.disallowed) text.push("Envoy refuses it unless its runtime allows deprecated features.");
  return documentation(text, desc, version, field.deprecated);
}

function listOf(fields: readonly DescField[]): string {
  return fields.map(({ jsonName }) => `\`${jsonName}\``).join(", ");
}

function documentation(
  text: readonly string[],
  desc: DescMessage | DescEnum | DescField,
  version: string,
  deprecated: boolean,
): string[] {
  const reference = referenceOf(desc, version);
  const lines = [[...text, ...(reference === undefined ? [] : [`{@link ${reference} Reference}`])].join(" ")];
  if (deprecated) lines.push("@deprecated by Envoy.");
  if (lines[0] === "") lines.shift();
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`/** ${lines[0]} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`), " */"];
}

const signs: Readonly<Record<string, string>> = { gt: ">", gte: "≥", lt: "<", lte: "≤" };
const sizes: Readonly<Record<string, readonly [bound: string, unit: string]>> = {
  min_len: ["At least", "characters"],
  max_len: ["At most", "characters"],
  max_bytes: ["At most", "bytes"],
  min_items: ["At least", "items"],
  max_items: ["At most", "items"],
  min_pairs: ["At least", "entries"],
};
const places: readonly (readonly [prefix: string, place: string])[] = [
  ["repeated.items.", "Each item: "],
  ["map.keys.", "Each key: "],
  ["map.values.", "Each value: "],
];

/** One sentence a rule. */
export function describeRules(rules: Rules): string[] {
  const sentences: string[] = [];
  for (const [rule, value] of Object.entries(rules)) {
    const [prefix, place] = places.find(([start]) => rule.startsWith(start)) ?? ["", ""];
    const [type = "", kind = ""] = rule.slice(prefix.length).split(".");
    const sentence = sentenceOf(type, kind, value);
    if (sentence !== undefined) sentences.push(`${place}${place === "" ? sentence : lowered(sentence)}.`);
  }
  return sentences;
}

function sentenceOf(type: string, kind: string, value: Rules[string]): string | undefined {
  const sign = signs[kind];
  if (sign !== undefined) return `${sign} ${value}`;
  const size = sizes[kind];
  if (size !== undefined) {
    const unit = type === "bytes" ? "bytes" : size[1];
    if (kind.startsWith("min") && value === 1) return "Not empty";
    return `${size[0]} ${value} ${value === 1 ? unit.replace(/ies$/, "y").replace(/s$/, "") : unit}`;
  }
  return wordsOf(kind, value);
}

function wordsOf(kind: string, value: Rules[string]): string | undefined {
  const list = (): string =>
    (Array.isArray(value) ? value : [value]).map((each) => `\`${JSON.stringify(each)}\``).join(", ");
  switch (kind) {
    case "required":
      return "Required";
    case "defined_only":
      return "Only the named values";
    case "unique":
      return "No item twice";
    case "well_known_regex":
      return value === "HTTP_HEADER_NAME" ? "A header name" : "A header value";
    case "pattern":
      return `Matches \`${String(value).replaceAll("*/", "*\\/")}\``;
    case "prefix":
      return `Begins with ${list()}`;
    case "suffix":
      return `Ends with ${list()}`;
    case "in":
      return `One of ${list()}`;
    case "not_in":
      return `None of ${list()}`;
    case "const":
      return `Must be ${list()}`;
    case "ignore_empty":
      return "Other rules are skipped when empty";
    case "strict":
    case "skip":
      return undefined;
    default:
      throw new RangeError(`rule kind must be known, not ${kind}`);
  }
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
