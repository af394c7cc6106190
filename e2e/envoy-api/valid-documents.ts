import { createCodec, type FieldIssue, type FieldShape, type MessageShape } from "@netmason/envoy-api/codec";

export type JsonFields = Record<string, unknown>;

export const codec = createCodec();

export function shapeOf(typeName: string): MessageShape {
  const shape = codec.schema.message(typeName);
  if (shape === undefined) throw new RangeError(`${typeName} must be a message of the API`);
  return shape;
}

export function urlOf(typeName: string): string {
  return `type.googleapis.com/${typeName}`;
}

/** Issues that keep a document from being accepted, without those on deprecated fields. */
export function errorsOf(typeName: string, json: unknown): readonly FieldIssue[] {
  return codec.check(urlOf(typeName), json).filter(({ rule }) => rule !== "deprecated_field");
}

const deepest = 12;

/** The least that keeps all rules; `undefined` where that takes something this cannot make. */
export function leastDocument(typeName: string, depth = 0): JsonFields | undefined {
  if (depth > deepest) return undefined;
  const shape = shapeOf(typeName);
  const json: JsonFields = {};
  for (const field of shape.fields) {
    if (field.oneof !== undefined || !isNeeded(typeName, field)) continue;
    const value = validValue(typeName, field, depth);
    if (value === undefined) return undefined;
    json[field.jsonName] = value;
  }
  for (const oneof of shape.requiredOneofs) {
    const chosen = chooseMember(shape, oneof, depth);
    if (chosen === undefined) return undefined;
    json[chosen.name] = chosen.value;
  }
  return json;
}

function isNeeded(typeName: string, field: FieldShape): boolean {
  return issuesOf(typeName, field, undefined).length > 0;
}

/** What `check` says of a field alone. */
export function issuesOf(typeName: string, field: FieldShape, value: unknown): readonly FieldIssue[] {
  const json = value === undefined ? {} : { [field.jsonName]: value };
  const place = `/${field.jsonName}`;
  return errorsOf(typeName, json).filter(({ path }) => path === place || path.startsWith(`${place}/`));
}

function chooseMember(shape: MessageShape, oneof: string, depth: number): { name: string; value: unknown } | undefined {
  const members = shape.fields.filter((field) => field.oneof === oneof);
  for (const field of [...members].sort((a, b) => Number(a.deprecated) - Number(b.deprecated))) {
    const value = validValue(shape.typeName, field, depth);
    if (value !== undefined) return { name: field.jsonName, value };
  }
  return undefined;
}

export function validValue(typeName: string, field: FieldShape, depth: number): unknown {
  return candidatesOf(field, depth).find((value) => issuesOf(typeName, field, value).length === 0);
}

/** Values to try, the plain ones first: those a rule asks for and those next to its bounds are among them. */
export function candidatesOf(field: FieldShape, depth: number): readonly unknown[] {
  const elements = elementsOf(field, depth).filter((value) => value !== undefined);
  if (field.kind === "list") {
    const first = elements.slice(0, 1);
    const two = elements.slice(0, 2);
    return [
      ...elements.map((each) => [each]),
      two,
      [],
      [...first, ...first],
      Array.from({ length: 40 }, () => elements[0]),
    ];
  }
  if (field.kind === "map") {
    const keys = field.mapKey === "string" ? ["x", "", "X?"] : ["1"];
    return [...keys.flatMap((key) => elements.map((each) => ({ [key]: each }))), {}];
  }
  return elements;
}

function elementsOf(field: FieldShape, depth: number): readonly unknown[] {
  if (field.element === "enum") {
    const names = [...(codec.schema.enum(field.type)?.values.keys() ?? [])];
    return [...names, 2_147_483];
  }
  if (field.element === "scalar") return scalarsOf(field, field.type);
  if (field.type === "google.protobuf.Any") return [{ "@type": urlOf("google.protobuf.Struct"), value: {} }];
  const short = field.type.startsWith("google.protobuf.") ? field.type.slice("google.protobuf.".length) : undefined;
  if (short === undefined) return [leastDocument(field.type, depth + 1)];
  return wellKnownsOf(field, short);
}

function wellKnownsOf(field: FieldShape, short: string): readonly unknown[] {
  switch (short) {
    case "Duration":
      return ["1s", ...boundsOf(field).flatMap(aroundDuration), "0s", "-1s", "5s", "600s"];
    case "Timestamp":
      return ["2026-01-02T03:04:05Z"];
    case "Struct":
    case "Empty":
      return [{}];
    case "Value":
      return ["x"];
    case "ListValue":
      return [[]];
    case "FieldMask":
      return ["a"];
    default:
      return scalarsOf(field, short.replace("Value", "").toLowerCase());
  }
}

function boundsOf({ rules }: FieldShape): readonly unknown[] {
  return Object.values(rules).flat();
}

function aroundDuration(bound: unknown): readonly string[] {
  const seconds = Number(String(bound).replace("s", ""));
  if (!Number.isFinite(seconds)) return [];
  return [seconds, seconds + 1, seconds - 1, seconds + 0.001, seconds - 0.001].map(
    (each) => `${Number(each.toFixed(3))}s`,
  );
}

function scalarsOf(field: FieldShape, type: string): readonly unknown[] {
  const numbers = boundsOf(field).flatMap((bound) => {
    const number = Number(bound);
    return typeof bound === "boolean" || !Number.isFinite(number) ? [] : [number, number + 1, number - 1];
  });
  if (type === "bool") return [true, false];
  if (type === "string")
    return [...textsOf(field), ...numbers.flatMap((count) => (count > 0 && count < 20_000 ? ["x".repeat(count)] : []))];
  if (type === "bytes") return ["AQ==", "", btoa("x".repeat(16_385))];
  if (/^(double|float)$/.test(type)) return [1, 0.5, ...numbers, 0, -1];
  const whole = [1, ...numbers, 0, 100, -1, 200].filter(Number.isInteger);
  return /64$/.test(type) ? whole.map(String) : whole;
}

function textsOf(field: FieldShape): readonly string[] {
  const asked = boundsOf(field).filter((bound): bound is string => typeof bound === "string");
  return ["x", "/x", "%x%", "x%", "%x", "", ...asked, "x.mmdb", "a\u0000b", "x\n", "x y", "?"];
}
