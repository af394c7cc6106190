import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

export type RuleValue = number | string | boolean | readonly (number | string)[];

/** Rules of protoc-gen-validate by their path, as in `{ "repeated.items.string.min_len": 1 }`. */
export type Rules = Readonly<Record<string, RuleValue>>;

/** `json` is a validate.FieldRules in canonical JSON. */
export function readRules(json: JsonObject): Rules {
  const rules: Record<string, RuleValue> = {};
  collect(json, "", rules);
  return rules;
}

/** Rules that do nothing when they are false. */
const onlyWhenTrue = /(required|defined_only|unique|skip|ignore_empty|\bip|no_sparse)$/;

function collect(object: JsonObject, path: string, rules: Record<string, RuleValue>): void {
  for (const [key, value] of Object.entries(object)) {
    const rule = path + key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) collect(value, `${rule}.`, rules);
    else if (value !== false || !onlyWhenTrue.test(rule)) rules[rule] = ruleValue(rule, value);
  }
}

function ruleValue(rule: string, value: JsonValue): RuleValue {
  if (Array.isArray(value)) return value.map((each) => ruleValue(rule, each) as number | string);
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value !== "string") throw new RangeError(`${rule} must be a number, text or a boolean, not ${value}`);
  const number = Number(value);
  const isCount = /^\d+$/.test(value) && (/_(len|items|pairs|bytes)$/.test(rule) || /u?int(32|64)\./.test(rule));
  return isCount && Number.isSafeInteger(number) ? number : value;
}
