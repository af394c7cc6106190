import type { ElementKind, EnumShape, FieldRules, FieldShape, MessageShape, ScalarName, Schema } from "../schema.js";

/** Three texts that `tools/envoy-api/field-table.ts` writes and explains. */
export interface FieldTable {
  readonly messages: string;
  readonly enums: string;
  readonly rules: string;
}

/** The numbers that descriptor.proto gives to scalar types. */
const scalarNames: Readonly<Record<string, ScalarName>> = {
  1: "double",
  2: "float",
  3: "int64",
  4: "uint64",
  5: "int32",
  6: "fixed64",
  7: "fixed32",
  8: "bool",
  9: "string",
  12: "bytes",
  13: "uint32",
  15: "sfixed32",
  16: "sfixed64",
  17: "sint32",
  18: "sint64",
};

/** Reads a line of the table when its type is first asked for. */
export function createTableSchema(table: FieldTable): Schema {
  const messages = table.messages.split("\n");
  const enums = table.enums.split("\n");
  const names: Names = { messages: messages.map(nameOf), enums: enums.map(nameOf), rules: createRules(table.rules) };
  const message = createIndex(messages, names.messages, (line) => readMessage(line, names));
  const enumeration = createIndex(enums, names.enums, readEnum);
  return { message, enum: enumeration, messageNames: () => [...names.messages].sort() };
}

interface Names {
  readonly messages: readonly string[];
  readonly enums: readonly string[];
  readonly rules: (index: number) => FieldRules;
}

function nameOf(line: string): string {
  const end = line.indexOf(" ");
  return end < 0 ? line : line.slice(0, end);
}

function createIndex<T>(
  lines: readonly string[],
  names: readonly string[],
  read: (line: string) => T,
): (name: string) => T | undefined {
  const places = new Map(names.map((name, index) => [name, index]));
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const line = lines[places.get(name) ?? -1];
    if (line === undefined) return undefined;
    const made = read(line);
    known.set(name, made);
    return made;
  };
}

const noRules: FieldRules = {};

function createRules(text: string): (index: number) => FieldRules {
  const lines = text.split("\n");
  const known: (FieldRules | undefined)[] = [];
  return (index) => {
    known[index] ??= JSON.parse(lines[index] ?? "{}") as FieldRules;
    return known[index];
  };
}

function readMessage(line: string, names: Names): MessageShape {
  const [typeName = "", ...words] = line.split(" ");
  const marks = words.filter((word) => word.startsWith("~")).map((word) => word.slice(1));
  const oneofs = marks.map((mark) => mark.replace("!", ""));
  const requiredOneofs = oneofs.filter((_, index) => marks[index]?.endsWith("!"));
  let number = 0;
  const fields: FieldShape[] = [];
  for (const word of words) {
    if (word.startsWith("~")) break;
    const [name = "", step = "", type = "", flags = ""] = word.split(":");
    number += step === "" ? 1 : Number.parseInt(step, 36);
    fields.push(readField({ name, number, type, flags }, oneofs, names));
  }
  return { typeName, fields, oneofs, requiredOneofs };
}

interface FieldWord {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly flags: string;
}

function readField({ name, number, type, flags }: FieldWord, oneofs: readonly string[], names: Names): FieldShape {
  const flagOf = (letter: string): string | undefined => flags.split(",").find((flag) => flag.startsWith(letter));
  const indexOf = (letter: string): number | undefined => {
    const flag = flagOf(letter);
    return flag === undefined ? undefined : Number.parseInt(flag.slice(1), 36);
  };
  const { kind, mapKey, rest, packed } = readCardinality(type);
  const { element, typeName } = readElement(rest, names);
  const oneofIndex = indexOf("o");
  const ruleIndex = indexOf("r");
  const single = kind === undefined;
  return {
    name,
    jsonName: jsonNameOf(name),
    number,
    kind: kind ?? element,
    element,
    type: typeName,
    mapKey,
    packed,
    hasPresence: single && (element === "message" || oneofIndex !== undefined || flagOf("p") !== undefined),
    oneof: oneofIndex === undefined ? undefined : oneofs[oneofIndex],
    deprecated: flagOf("d") !== undefined,
    sensitive: flagOf("s") !== undefined,
    disallowed: flagOf("x") !== undefined,
    rules: ruleIndex === undefined ? noRules : names.rules(ruleIndex),
  };
}

interface Cardinality {
  readonly kind: "list" | "map" | undefined;
  readonly mapKey: ScalarName | undefined;
  readonly packed: boolean;
  readonly rest: string;
}

function readCardinality(type: string): Cardinality {
  const mark = type.charAt(0);
  if (mark === "*" || mark === "+") {
    return { kind: "list", mapKey: undefined, packed: mark === "+", rest: type.slice(1) };
  }
  if (mark !== "%") return { kind: undefined, mapKey: undefined, packed: false, rest: type };
  const end = type.indexOf(".");
  return { kind: "map", mapKey: scalarNames[type.slice(1, end)], packed: false, rest: type.slice(end + 1) };
}

function readElement(type: string, names: Names): { readonly element: ElementKind; readonly typeName: string } {
  const index = Number.parseInt(type.slice(1), 36);
  if (type.startsWith("m")) return { element: "message", typeName: names.messages[index] ?? "" };
  if (type.startsWith("e")) return { element: "enum", typeName: names.enums[index] ?? "" };
  return { element: "scalar", typeName: scalarNames[type] ?? "" };
}

/** `connect_timeout` → `connectTimeout`, as protoc names JSON fields. */
export function jsonNameOf(name: string): string {
  return name.replaceAll(/_+([^_]?)/g, (_, letter: string) => letter.toUpperCase());
}

function readEnum(line: string): EnumShape {
  const [typeName = "", ...words] = line.split(" ");
  const values = new Map<string, number>();
  const deprecatedValues = new Set<string>();
  let number = -1;
  for (const word of words) {
    const [name = "", step = "1"] = word.replace("!", "").split(":");
    number += Number(step);
    values.set(name, number);
    if (word.endsWith("!")) deprecatedValues.add(name);
  }
  return { typeName, values, deprecatedValues };
}
