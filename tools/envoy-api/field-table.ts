import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import type { ApiField, ApiModel } from "./api-model.js";
import type { Rules } from "./field-rules.js";
import { wellKnownNames } from "./well-known-types.js";

/**
 * The compact table the codec works from. Texts that are split and read when a type is first used:
 * `messages`: a line a message, `name` then its fields in the order of their numbers, then its oneofs as `~name`, a `!`
 * behind those that need a member; a field is `name:step:type:flags`, `step` (empty for 1) being the distance of its
 * number from that of the field before. Types: a digit code of descriptor.proto for a scalar, `m` or `e` and the line
 * (base 36) for messages and enums; `*` before it for a list, `+` for a packed one, `%key.` for a map. Flags, each one
 * letter and perhaps a base 36 number: `o` member of the oneof of that index, `p` a scalar or enum with presence, `q`
 * required (proto2), `r` rules of that line of `rules`, `d` deprecated, `s` sensitive, `x` refused by default.
 * `enums`: a line an enum, `name` then `value:step`, the step as above from -1, then `!` if deprecated.
 * `rules`: a line of JSON for each distinct set of rules.
 */
export interface FieldTable {
  readonly messages: string;
  readonly enums: string;
  readonly rules: string;
}

export function writeFieldTable(api: ApiModel): FieldTable {
  const wellKnown = [...Object.keys(wellKnownNames).filter((name) => name !== "NullValue"), "Any"];
  const rows = [
    ...api.messages.map((message) => ({ name: message.desc.typeName, message })),
    ...wellKnown.map((name) => ({ name: `google.protobuf.${name}`, message: undefined })),
  ];
  const enums = [...api.enums, enumOf(api, "google.protobuf.NullValue")];
  const places: Places = {
    messages: new Map(rows.map(({ name }, index) => [name, index.toString(36)])),
    enums: new Map(enums.map(({ typeName }, index) => [typeName, index.toString(36)])),
    rules: new Map(),
  };
  const messages = rows.map(({ name, message }) => {
    if (message === undefined) return name;
    const oneofs = realOneofsOf(message.desc);
    let number = 0;
    const fields = message.fields.map((field) => {
      const text = fieldText(field, field.desc.number - number, oneofs, places);
      number = field.desc.number;
      return text;
    });
    const ends = oneofs.map((oneof) => `~${oneof}${message.requiredOneofs.has(oneof) ? "!" : ""}`);
    return [name, ...fields, ...ends].join(" ");
  });
  return {
    messages: messages.join("\n"),
    enums: enums.map(enumText).join("\n"),
    rules: [...places.rules.keys()].join("\n"),
  };
}

interface Places {
  readonly messages: ReadonlyMap<string, string>;
  readonly enums: ReadonlyMap<string, string>;
  /** Grows as rules are met. */
  readonly rules: Map<string, string>;
}

function enumOf(api: ApiModel, name: string): DescEnum {
  const found = api.registry.getEnum(name);
  if (found === undefined) throw new RangeError(`the descriptor set must have ${name}`);
  return found;
}

/** A proto3 `optional` field stands in a oneof of its own that nobody wrote. */
function realOneofsOf(desc: DescMessage): readonly string[] {
  return desc.oneofs.map(({ name }) => name);
}

function fieldText(field: ApiField, step: number, oneofs: readonly string[], places: Places): string {
  const parts = [
    field.desc.name,
    step === 1 ? "" : step.toString(36),
    typeText(field.desc, places),
    flagText(field, oneofs, places),
  ];
  return parts.join(":").replace(/:+$/, "");
}

function typeText(desc: DescField, places: Places): string {
  switch (desc.fieldKind) {
    case "list":
      return `${desc.packed ? "+" : "*"}${elementText(desc, places)}`;
    case "map":
      return `%${desc.mapKey}.${elementText(desc, places)}`;
    default:
      return elementText(desc, places);
  }
}

function elementText(desc: DescField, places: Places): string {
  if (desc.message !== undefined) return `m${placeOf(places.messages, desc.message.typeName)}`;
  if (desc.enum !== undefined) return `e${placeOf(places.enums, desc.enum.typeName)}`;
  return String(desc.scalar);
}

function placeOf(places: ReadonlyMap<string, string>, name: string): string {
  const place = places.get(name);
  if (place === undefined) throw new RangeError(`the table must have ${name}`);
  return place;
}

const implicitPresence = 2;
const legacyRequired = 3;

function flagText({ desc, ...field }: ApiField, oneofs: readonly string[], places: Places): string {
  const flags: string[] = [];
  if (desc.oneof !== undefined) flags.push(`o${oneofs.indexOf(desc.oneof.name).toString(36)}`);
  const single = desc.fieldKind === "scalar" || desc.fieldKind === "enum";
  if (single && desc.oneof === undefined && desc.presence !== implicitPresence) flags.push("p");
  if (desc.presence === legacyRequired) flags.push("q");
  if (Object.keys(field.rules).length > 0) flags.push(`r${ruleIndex(field.rules, places)}`);
  if (field.deprecated) flags.push("d");
  if (field.sensitive) flags.push("s");
  if (field.disallowed) flags.push("x");
  return flags.join(",");
}

function ruleIndex(rules: Rules, { rules: known }: Places): string {
  const text = JSON.stringify(rules);
  const found = known.get(text) ?? known.size.toString(36);
  known.set(text, found);
  return found;
}

function enumText(desc: DescEnum): string {
  let number = -1;
  const values = desc.values.map((value) => {
    const step = value.number - number;
    number = value.number;
    return `${value.name}${step === 1 ? "" : `:${step}`}${value.deprecated ? "!" : ""}`;
  });
  return [desc.typeName, ...values].join(" ");
}
