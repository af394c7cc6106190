import { unchecked } from "#field-table";
import type { FieldIssue } from "../issue.js";
import type { FieldShape, MessageShape, Schema } from "../schema.js";
import { takesNull } from "./element-encoding.js";
import { IssueList } from "./issue-list.js";
import { nearestName } from "./nearest-name.js";
import { deepestNesting } from "./refusal.js";
import { compileRules, type RuleCheck } from "./rule-checks.js";
import { mapKeyValueType, scalarValueType, type ValueType, valueTypeOf, wellKnownValueType } from "./value-type.js";
import { isJsonObject } from "./well-known-encoding.js";

type JsonFields = Readonly<Record<string, unknown>>;
type CheckValue = (list: IssueList, value: unknown) => void;

interface FieldCheck {
  readonly field: FieldShape;
  readonly takesNull: boolean;
  /** Others of its oneof may stand beside it. */
  readonly hasRivals: boolean;
  readonly check: CheckValue;
}

interface MessageCheck {
  readonly shape: MessageShape;
  /** Members of the oneofs that need one. */
  readonly requiredOneofs: readonly (readonly FieldCheck[])[];
  readonly fields: ReadonlyMap<string, FieldCheck>;
  /** What is wrong with the message when a field is absent. */
  readonly whenAbsent: readonly {
    readonly field: FieldShape;
    readonly rule: Pick<RuleCheck, "constraint" | "demand">;
  }[];
}

/** Envoy reads these extensions without running their field rules. */
const uncheckedExtensions = /* @__PURE__ */ new Set(/* @__PURE__ */ unchecked.split(" "));

/** Walks documents and finds everything that is wrong, in document order. */
export class DocumentCheck {
  readonly #schema: Schema;
  /** Types only, as encoding needs them, or the rules as well. */
  readonly #withRules: boolean;
  readonly #messages = new Map<string, MessageCheck>();

  constructor(schema: Schema, withRules: boolean) {
    this.#schema = schema;
    this.#withRules = withRules;
  }

  /** `undefined` for a type the schema does not know. */
  check(typeName: string, json: unknown): readonly FieldIssue[] | undefined {
    if (this.#schema.message(typeName) === undefined) return undefined;
    const list = new IssueList();
    this.#checkType(list, typeName, json);
    return list.issues;
  }

  #checkType(list: IssueList, typeName: string, json: unknown): void {
    const special = wellKnownValueType(typeName);
    if (special !== undefined) checkFit(list, special, json);
    else if (typeName === "google.protobuf.Any") this.#checkAny(list, json);
    else this.#checkMessage(list, typeName, json, false);
  }

  #checkMessage(list: IssueList, typeName: string, json: unknown, typed: boolean): void {
    if (!isJsonObject(json)) {
      list.addWrong("be an object", json);
      return;
    }
    if (list.isTooDeep) {
      list.add({ rule: "out_of_range", message: `must not be nested deeper than ${deepestNesting} messages` });
      return;
    }
    list.depth++;
    const message = this.#messageCheck(typeName);
    if (message !== undefined) this.#checkFields(list, message, json, typed);
    list.depth--;
  }

  #checkFields(list: IssueList, message: MessageCheck, json: JsonFields, typed: boolean): void {
    if (this.#withRules) reportMissing(list, message, json);
    let chosen: Map<string, string> | undefined;
    for (const key in json) {
      const known = message.fields.get(key);
      if (known === undefined) {
        if (!typed || key !== "@type") reportUnknown(list, message, key);
        continue;
      }
      const { field } = known;
      if (field.name !== field.jsonName && isSecondSpelling(json, key, field)) {
        list.add({ rule: "wrong_type", below: key, message: "must not be given in both spellings" });
      }
      const value = json[key];
      if (value === undefined || (value === null && !known.takesNull)) continue;
      if (known.hasRivals) {
        chosen ??= new Map();
        reportRival(list, field, key, chosen);
      }
      const outer = list.sensitive;
      list.enter(key);
      list.sensitive = outer || field.sensitive;
      if (this.#withRules && field.deprecated) reportStatus(list, field);
      known.check(list, value);
      list.sensitive = outer;
      list.leave();
    }
  }

  #checkAny(list: IssueList, json: unknown): void {
    if (!isJsonObject(json)) {
      list.addWrong('be an object with an "@type"', json);
      return;
    }
    const typeUrl = json["@type"];
    if (typeUrl === undefined && Object.keys(json).length === 0) return;
    if (typeof typeUrl !== "string") {
      list.addWrong("be a type URL", typeUrl, { below: "@type" });
      return;
    }
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    if (this.#schema.message(typeName) === undefined) {
      if (!this.#withRules && isOpaque(json)) return;
      const near = nearestName(typeName, this.#schema.messageNames());
      list.add({
        rule: "unknown_type_url",
        below: "@type",
        message: `must be the URL of a known type, not ${typeUrl}`,
        hint: near && `${typeUrl.slice(0, typeUrl.lastIndexOf("/") + 1)}${near}`,
      });
      return;
    }
    const outer = list.enforced;
    list.enforced = !uncheckedExtensions.has(typeName);
    this.#checkAnyValue(list, typeName, json);
    list.enforced = outer;
  }

  #checkAnyValue(list: IssueList, typeName: string, json: JsonFields): void {
    const special = wellKnownValueType(typeName);
    if (special === undefined && typeName !== "google.protobuf.Any") {
      this.#checkMessage(list, typeName, json, true);
      return;
    }
    for (const key of Object.keys(json)) {
      if (key === "@type" || key === "value") continue;
      list.add({ rule: "unknown_field", below: key, message: `${typeName} has only "value" here` });
    }
    list.enter("value");
    if (special === undefined) this.#checkAny(list, json.value);
    else checkFit(list, special, json.value);
    list.leave();
  }

  #messageCheck(typeName: string): MessageCheck | undefined {
    const found = this.#messages.get(typeName);
    if (found !== undefined) return found;
    const shape = this.#schema.message(typeName);
    if (shape === undefined) return undefined;
    const fields = new Map<string, FieldCheck>();
    const checks = shape.fields.map((field) => this.#fieldCheck(field, shape));
    for (const check of checks) fields.set(check.field.jsonName, check).set(check.field.name, check);
    const made: MessageCheck = {
      shape,
      requiredOneofs: shape.requiredOneofs.map((oneof) => checks.filter(({ field }) => field.oneof === oneof)),
      fields,
      whenAbsent: shape.fields.flatMap((field) => this.#whenAbsent(field)),
    };
    this.#messages.set(typeName, made);
    return made;
  }

  #rules(field: FieldShape, place: string): readonly RuleCheck[] {
    if (!this.#withRules) return [];
    const numbers = field.element === "enum" ? this.#schema.enum(field.type)?.values.values() : undefined;
    return compileRules(field.rules, place, new Set(numbers));
  }

  #whenAbsent(field: FieldShape): MessageCheck["whenAbsent"] {
    if (!this.#withRules || field.oneof !== undefined) return [];
    const required = Object.keys(field.rules).find((rule) => /^(message|any|duration|timestamp)\.required$/.test(rule));
    if (required !== undefined) return [{ field, rule: { constraint: required, demand: "be set" } }];
    if (field.hasPresence) return [];
    const zero = zeroOf(field);
    return this.#rules(field, "")
      .filter(({ keeps }) => !keeps(zero))
      .map((rule) => ({ field, rule }));
  }

  #fieldCheck(field: FieldShape, shape: MessageShape): FieldCheck {
    const rules = this.#rules(field, "");
    const hasRivals = shape.fields.some(({ oneof, number }) => oneof === field.oneof && number !== field.number);
    const place = { field, takesNull: takesNull(field), hasRivals: field.oneof !== undefined && hasRivals };
    if (field.kind === "list") return { ...place, check: this.#checkList(field, rules) };
    if (field.kind === "map") return { ...place, check: this.#checkMap(field, rules) };
    return { ...place, check: this.#checkElement(field, rules) };
  }

  #checkElement(field: FieldShape, rules: readonly RuleCheck[]): CheckValue {
    const type = valueTypeOf(field, this.#schema);
    if (type === undefined) {
      const skips = field.rules["message.skip"] === true;
      return (list, value) => {
        const outer = list.enforced;
        list.enforced = outer && !skips;
        this.#checkType(list, field.type, value);
        list.enforced = outer;
      };
    }
    const shape = field.element === "enum" ? this.#schema.enum(field.type) : undefined;
    return (list, value) => {
      if (!checkFit(list, type, value)) return;
      const number = typeof value === "string" ? shape?.values.get(value) : undefined;
      if (this.#withRules && typeof value === "string" && shape?.deprecatedValues.has(value)) {
        list.add({ rule: "deprecated_field", message: `${value} is deprecated`, accepted: true });
      }
      checkRules(list, rules, number ?? value, value);
    };
  }

  #checkList(field: FieldShape, rules: readonly RuleCheck[]): CheckValue {
    const checkItem = this.#checkElement(field, this.#rules(field, "repeated.items."));
    return (list, value) => {
      if (!Array.isArray(value)) {
        list.addWrong("be a list", value);
        return;
      }
      checkRules(list, rules, value, undefined);
      for (let i = 0; i < value.length; i++) {
        list.enter(i);
        checkItem(list, value[i]);
        list.leave();
      }
    };
  }

  #checkMap(field: FieldShape, rules: readonly RuleCheck[]): CheckValue {
    const checkEntry = this.#checkElement(field, this.#rules(field, "map.values."));
    const keyType = mapKeyValueType(field.mapKey ?? "string");
    const keyRules = this.#rules(field, "map.keys.");
    return (list, value) => {
      if (!isJsonObject(value)) {
        list.addWrong("be an object", value);
        return;
      }
      checkRules(list, rules, value, undefined);
      for (const [key, entry] of Object.entries(value)) {
        list.enter(key);
        if (checkFit(list, keyType, key)) checkRules(list, keyRules, key, key);
        checkEntry(list, entry);
        list.leave();
      }
    };
  }
}

const bytesType = scalarValueType("bytes");

/** A message of an unknown type that is given as its bytes can be written. */
function isOpaque(json: JsonFields): boolean {
  return Object.keys(json).length === 2 && bytesType.fits(json.value);
}

function checkFit(list: IssueList, type: ValueType, value: unknown): boolean {
  if (type.fits(value)) return true;
  list.addWrong(`be ${type.expected}`, value, type.isNear(value) ? { rule: "out_of_range" } : {});
  return false;
}

/** `seen` is what is shown of the value, if anything. */
function checkRules(list: IssueList, rules: readonly RuleCheck[], value: unknown, seen: unknown): void {
  for (const { constraint, demand, keeps } of rules) {
    if (keeps(value)) continue;
    const suffix = seen === undefined ? "" : list.butIs(seen);
    list.add({ rule: "field_rule", constraint, message: `must ${demand}${suffix}` });
  }
}

/** Oneofs without a member, and fields whose absence breaks a rule. */
function reportMissing(list: IssueList, message: MessageCheck, json: JsonFields): void {
  for (const members of message.requiredOneofs) {
    if (members.some(({ field, takesNull: nullable }) => isPresent(json, field, nullable))) continue;
    const names = members.map(({ field }) => field.jsonName).join(", ");
    list.add({ rule: "oneof_missing", message: `must have one of ${names}` });
  }
  for (const { field, rule } of message.whenAbsent) {
    if (isPresent(json, field, false)) continue;
    const { constraint, demand } = rule;
    list.add({ rule: "field_rule", constraint, below: field.jsonName, message: `must ${demand}; it is absent` });
  }
}

function isPresent(json: JsonFields, { jsonName, name }: FieldShape, nullable: boolean): boolean {
  const value = json[jsonName] ?? json[name];
  if (value !== undefined && value !== null) return true;
  return nullable && (json[jsonName] === null || json[name] === null);
}

/** Whether the field stands before `key` in its other spelling. */
function isSecondSpelling(json: JsonFields, key: string, { jsonName, name }: FieldShape): boolean {
  const other = key === name ? jsonName : name;
  if (!Object.hasOwn(json, other)) return false;
  const keys = Object.keys(json);
  return keys.indexOf(other) < keys.indexOf(key);
}

/** `members` has the first key of each oneof met so far. */
function reportRival(list: IssueList, { oneof }: FieldShape, key: string, members: Map<string, string>): void {
  if (oneof === undefined) return;
  const first = members.get(oneof);
  if (first === undefined) members.set(oneof, key);
  else {
    const message = `must not stand beside ${first}: one of ${oneof} at most`;
    list.add({ rule: "oneof_conflict", below: key, message });
  }
}

function reportUnknown(list: IssueList, { shape }: MessageCheck, key: string): void {
  const near = nearestName(
    key,
    shape.fields.map(({ jsonName }) => jsonName),
  );
  list.add({
    rule: "unknown_field",
    below: key,
    message: `${shape.typeName} has no field ${key}`,
    hint: near,
  });
}

function reportStatus(list: IssueList, { disallowed }: FieldShape): void {
  const message = disallowed ? "is deprecated and refused by default" : "is deprecated";
  list.add({ rule: "deprecated_field", message, accepted: !disallowed });
}

/** What a field without presence has when it is absent. */
function zeroOf({ kind, element, type }: FieldShape): unknown {
  if (kind === "list") return [];
  if (kind === "map") return {};
  if (element === "enum") return 0;
  if (type === "string" || type === "bytes") return "";
  return type === "bool" ? false : 0;
}
