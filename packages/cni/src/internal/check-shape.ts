import type { Issue } from "../issue.js";
import { isJsonObject, isRawNumber, type JsonObject, type JsonValue, numberText } from "../json-value.js";
import { compareSpecVersions } from "../spec-version.js";
import { canonicalAddress, canonicalCidr } from "./address-text.js";
import { findNetworkNameFault } from "./name-faults.js";
import type { FieldNode, Format, ShapeNode } from "./shape.js";

/** Takes findings as they are met. */
export type Report = (issue: Omit<Issue, "severity"> & { readonly severity?: Issue["severity"] }) => void;

/**
 * Checks a value as Go's decoder and the plugin behind it would: `null` is absent, a key may differ in case (which is
 * warned of), what is unknown is warned of.
 */
export function checkShape(shape: ShapeNode, value: JsonValue, path: string, report: Report): void {
  switch (shape.kind) {
    case "any":
      return;
    case "flag":
      if (typeof value !== "boolean") report(mismatch(path, "true or false", value));
      return;
    case "integer":
      checkInteger(shape, value, path, report);
      return;
    case "text":
      checkText(shape, value, path, report);
      return;
    case "list":
      checkList(shape, value, path, report);
      return;
    case "map":
      if (!isJsonObject(value)) {
        report(mismatch(path, "an object", value));
        return;
      }
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined && item !== null) checkShape(shape.value, item, `${path}/${pointer(key)}`, report);
      }
      return;
    case "object":
      checkObject(shape, value, path, report);
      return;
    case "either":
      checkEither(shape.shapes, value, path, report);
      return;
    default:
      shape satisfies never;
  }
}

/** A key as part of a JSON Pointer. */
export function pointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function mismatch(path: string, expected: string, value: JsonValue): Parameters<Report>[0] {
  return { path, rule: "wrong_type", message: `must be ${expected}, not ${describe(value)}` };
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (isRawNumber(value)) return numberText(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function checkInteger(
  { min, max }: { readonly min?: number; readonly max?: number },
  value: JsonValue,
  path: string,
  report: Report,
): void {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    report(mismatch(path, "an integer", value));
    return;
  }
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return;
  const bounds = max === undefined ? `at least ${min}` : `between ${min ?? "-∞"} and ${max}`;
  report({ path, rule: "out_of_range", message: `must be ${bounds}, not ${value}` });
}

function checkText(shape: ShapeNode & { kind: "text" }, value: JsonValue, path: string, report: Report): void {
  if (typeof value !== "string") {
    report(mismatch(path, "text", value));
    return;
  }
  if (shape.nonEmpty === true && value === "") {
    report({ path, rule: "required", message: "must not be empty" });
    return;
  }
  if (shape.values !== undefined && !shape.values.includes(value)) {
    const words = shape.values.map((each) => JSON.stringify(each)).join(" or ");
    report({ path, rule: "enum", message: `must be ${words}, not ${describe(value)}` });
    return;
  }
  if (value === "" || shape.format === undefined) return;
  const [holds, what] = FORMATS[shape.format];
  if (!holds(value)) report({ path, rule: "format", message: `must be ${what}, not ${describe(value)}` });
}

const MAC = /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$|^[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}$/;

const FORMATS: { readonly [F in Format]: readonly [holds: (value: string) => boolean, what: string] } = {
  address: [(value) => canonicalAddress(value) !== undefined, "an IP address"],
  cidr: [(value) => canonicalCidr(value) !== undefined, "an IP address with a prefix length"],
  mac: [(value) => MAC.test(value), "a MAC address"],
  version: [isVersion, "a version"],
  name: [(value) => findNetworkNameFault(value) === undefined, "letters, digits, and _ . - behind the first"],
};

function isVersion(value: string): boolean {
  try {
    compareSpecVersions(value, "");
    return true;
  } catch {
    // The one error it throws says that it is none.
    return false;
  }
}

function checkList(shape: ShapeNode & { kind: "list" }, value: JsonValue, path: string, report: Report): void {
  if (!Array.isArray(value)) {
    report(mismatch(path, "a list", value));
    return;
  }
  const { min = 0, max = Number.POSITIVE_INFINITY } = shape;
  if (value.length < min || value.length > max) {
    const bound = value.length < min ? `at least ${min}` : `at most ${max}`;
    report({ path, rule: "out_of_range", message: `must have ${bound} entries, not ${value.length}` });
  }
  for (const [i, item] of (value as readonly JsonValue[]).entries()) {
    if (item !== null) checkShape(shape.item, item, `${path}/${i}`, report);
  }
}

function checkEither(shapes: readonly ShapeNode[], value: JsonValue, path: string, report: Report): void {
  const tries = shapes.map((shape) => {
    const found: Parameters<Report>[0][] = [];
    checkShape(shape, value, path, (issue) => found.push(issue));
    return found;
  });
  if (tries.some((found) => found.length === 0)) return;
  // The alternative that comes closest explains best: one whose own kind fits.
  const best = tries.find((found) => found.every((issue) => issue.path !== path)) ?? tries[0] ?? [];
  for (const issue of best) report(issue);
}

function checkObject(shape: ShapeNode & { kind: "object" }, value: JsonValue, path: string, report: Report): void {
  if (!isJsonObject(value)) {
    report(mismatch(path, "an object", value));
    return;
  }
  const { fields, rules } = shape;
  const seen = new Set<string>();
  for (const key of Object.keys(value)) {
    const name = Object.hasOwn(fields, key) ? key : findSpelling(fields, key);
    const at = `${path}/${pointer(key)}`;
    if (name === undefined) {
      report({ path: at, rule: "unknown_field", severity: "warning", message: `${key} is not known here` });
      continue;
    }
    if (name !== key) {
      const message = `${key} is read as ${name}`;
      report({ path: at, rule: "unknown_field", severity: "warning", message, hint: `write ${name}` });
    }
    const item = value[key];
    if (item === undefined || item === null) continue;
    seen.add(name);
    checkField(fields[name] as FieldNode, item, at, report);
  }
  for (const [name, { required }] of Object.entries(fields)) {
    if (required === true && !seen.has(name)) report({ path, rule: "required", message: `${name} is missing` });
  }
  for (const { check } of rules) {
    check(value, (key, rule, message, hint) => {
      const at = key === "" ? path : `${path}/${pointer(findKey(value, key))}`;
      report({ path: at, rule, message, ...(hint === undefined ? {} : { hint }) });
    });
  }
}

function checkField({ shape, deprecated, required }: FieldNode, value: JsonValue, path: string, report: Report): void {
  if (deprecated !== undefined) {
    report({ path, rule: "deprecated_field", severity: "warning", message: "is deprecated", hint: deprecated });
  }
  const strict = required === true && shape.kind === "text" ? { ...shape, nonEmpty: true } : shape;
  checkShape(strict, value, path, report);
}

/** The field that Go's decoder would take for a key. */
function findSpelling(fields: Readonly<Record<string, FieldNode>>, key: string): string | undefined {
  const lower = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === lower);
}

function findKey(value: JsonObject, name: string): string {
  if (Object.hasOwn(value, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(value).find((key) => key.toLowerCase() === lower) ?? name;
}

/** Findings in the order in which their places stand in the document. */
export function collectIssues(document: JsonValue, run: (report: Report) => void): readonly Issue[] {
  const issues: Issue[] = [];
  run((issue) => issues.push({ severity: "error", ...issue }));
  if (issues.length < 2) return issues;
  const places = new Map<string, number>();
  numberPlaces(document, "", places);
  const placeOf = ({ path }: Issue): number => places.get(path) ?? Number.POSITIVE_INFINITY;
  return issues.toSorted((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
}

function numberPlaces(value: JsonValue | undefined, path: string, places: Map<string, number>): void {
  places.set(path, places.size);
  if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly JsonValue[]).entries()) numberPlaces(item, `${path}/${i}`, places);
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) numberPlaces(value[key], `${path}/${pointer(key)}`, places);
  }
}
