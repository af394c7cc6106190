import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import type { ApiField, ApiModel } from "./api-model.js";
import type { Rules } from "./field-rules.js";
import { wellKnownNames } from "./well-known-types.js";

/**
 * The compact table the codec works from. Texts that are split and read when a type is first used:
 * `messages`: a line a message, `name` then its fields in the order of their numbers, then its oneofs as `~name`, a `!`
 * behind those that need a member; a field is `name:step:type:oneof:rules:flags:key`. `step` is the distance of its number
 * from that of the field before, 1 if empty; `type` a number of descriptor.proto for a scalar, else `m` or `e` and the line
 * of a message or enum; `oneof` the index of the oneof it is a member of; `rules` a line of `rules`; `key` the number of the
 * scalar type of a map's keys, empty for all but maps. Lines, indexes and steps are in base 36. Flags: `l` a list, `k` a
 * packed one, `p` a scalar or enum with presence, `d` deprecated, `s` sensitive, `x` refused by default.
 * `enums`: a line an enum, `name` then `value:step`, the step as above from -1, then `!` if deprecated.
 * `rules`: a line of JSON for each distinct set of rules.
 */
export interface FieldTable {
  readonly messages: string;
  readonly enums: string;
  readonly rules: string;
  readonly unchecked: string;
}

/** Envoy reads these extensions without running their field rules. */
const unchecked = [
  "load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
  "load_balancing_policies.least_request.v3.LeastRequest",
  "load_balancing_policies.maglev.v3.Maglev",
  "load_balancing_policies.ring_hash.v3.RingHash",
  "retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
].map((name) => `envoy.extensions.${name}`);

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
    unchecked: unchecked.join(" "),
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
  const { desc } = field;
  const parts = [
    desc.name,
    step === 1 ? "" : step.toString(36),
    elementText(desc, places),
    desc.oneof === undefined ? "" : oneofs.indexOf(desc.oneof.name).toString(36),
    Object.keys(field.rules).length === 0 ? "" : ruleIndex(field.rules, places),
    flagsOf(field),
    desc.fieldKind === "map" ? desc.mapKey : "",
  ];
  return parts.join(":").replace(/:+$/, "");
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

function flagsOf({ desc, deprecated, sensitive, disallowed }: ApiField): string {
  const single = desc.fieldKind === "scalar" || desc.fieldKind === "enum";
  const flags = {
    l: desc.fieldKind === "list",
    k: desc.fieldKind === "list" && desc.packed,
    p: single && desc.oneof === undefined && desc.presence !== implicitPresence,
    d: deprecated,
    s: sensitive,
    x: disallowed,
  };
  return Object.entries(flags)
    .filter(([, isSet]) => isSet)
    .map(([letter]) => letter)
    .join("");
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
