import type { JsonObject } from "../json-value.js";
import { fieldOf } from "./read-fields.js";
import type { Rule } from "./shape.js";

/** Two switches that exclude each other. */
export function notBoth(a: string, b: string): Rule {
  const on = (key: string): JsonObject => ({ properties: { [key]: { const: true } }, required: [key] });
  return {
    check(value, report) {
      if (fieldOf(value, a) === true && fieldOf(value, b) === true) {
        report(b, "conflict", `${a} and ${b} cannot both be true`);
      }
    },
    schema: { not: { allOf: [on(a), on(b)] } },
  };
}

function isSet(value: JsonObject, key: string): boolean {
  const found = fieldOf(value, key);
  const isEmptyList = Array.isArray(found) && found.length === 0;
  return found !== undefined && found !== null && found !== "" && found !== 0 && !isEmptyList;
}

/** Two fields of which only one may be there. */
export function notTogether(a: string, b: string): Rule {
  const there = (key: string): JsonObject => ({ properties: { [key]: { not: { type: "null" } } }, required: [key] });
  return {
    check(value, report) {
      const [first, second] = [fieldOf(value, a) ?? null, fieldOf(value, b) ?? null];
      if (first !== null && second !== null) report(b, "conflict", `${a} and ${b} cannot both be given`);
    },
    schema: { not: { allOf: [there(a), there(b)] } },
  };
}

const ABSENT_NUMBER: JsonObject = { enum: [0, null] };

/** Two numbers that mean something only with each other; 0 is absent. */
export function together(a: string, b: string): Rule {
  const needs = (one: string, other: string): JsonObject => ({
    if: { properties: { [one]: { not: ABSENT_NUMBER } }, required: [one] },
    // biome-ignore lint/suspicious/noThenProperty: this is JSON Schema's word
    then: { properties: { [other]: { not: ABSENT_NUMBER } }, required: [other] },
  });
  return {
    check(value, report) {
      if (isSet(value, a) === isSet(value, b)) return;
      const [there, missing] = isSet(value, a) ? [a, b] : [b, a];
      report(there, "required", `${there} is set, so ${missing} must be set too`);
    },
    schema: { allOf: [needs(a, b), needs(b, a)] },
  };
}

/** At least one of several texts or lists. */
export function oneOfThese(...keys: readonly string[]): Rule {
  const filled = { anyOf: [{ type: "string", minLength: 1 }, { type: "array", minItems: 1 }, { type: "object" }] };
  return {
    check(value, report) {
      if (!keys.some((key) => isSet(value, key))) report("", "required", `one of ${keys.join(", ")} must be given`);
    },
    schema: { anyOf: keys.map((key) => ({ properties: { [key]: filled }, required: [key] })) },
  };
}

/** A rule that a JSON Schema cannot say. */
export function rule(check: Rule["check"]): Rule {
  return { check };
}
