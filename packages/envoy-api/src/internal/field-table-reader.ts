import type { ElementKind, EnumShape, FieldRules, FieldShape, MessageShape, ScalarName, Schema } from "../schema.js";

/** Three texts that `tools/envoy-api/field-table.ts` writes and explains. */
export interface FieldTable {
  readonly messages: string;
  readonly enums: string;
  readonly rules: string;
}

/** By the numbers that descriptor.proto gives to scalar types. */
const scalarNames: readonly (ScalarName | undefined)[] = [
  undefined,
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  undefined,
  undefined,
  "bytes",
  "uint32",
  undefined,
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
];

/** Reads a line of the table when its type is first asked for. */
export function createTableSchema(table: FieldTable): Schema {
  const messages = table.messages.split("\n");
  const enums = table.enums.split("\n");
  const names: Names = { message: messages.map(nameOf), enum: enums.map(nameOf), rules: createRules(table.rules) };
  return {
    message: createIndex(messages, names.message, (line) => readMessage(line, names)),
    enum: createIndex(enums, names.enum, readEnum),
    messageNames: () => [...names.message].sort(),
  };
}

interface Names {
  readonly message: readonly string[];
  readonly enum: readonly string[];
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
    const field = readField(word, number, oneofs, names);
    fields.push(field);
    number = field.number;
  }
  return { typeName, fields, oneofs, requiredOneofs };
}

function readField(word: string, before: number, oneofs: readonly string[], names: Names): FieldShape {
  const [name = "", step = "", code = "", oneof = "", rules = "", flags = "", key = ""] = word.split(":");
  const has = (flag: string): boolean => flags.includes(flag);
  const element: ElementKind = code.startsWith("m") ? "message" : code.startsWith("e") ? "enum" : "scalar";
  const kind = key !== "" ? "map" : has("l") ? "list" : element;
  const index = base36(code.slice(1));
  return {
    name,
    jsonName: jsonNameOf(name),
    number: before + base36(step || "1"),
    kind,
    element,
    type: (element === "scalar" ? scalarNames[Number(code)] : names[element][index]) ?? "",
    mapKey: scalarNames[Number(key)],
    packed: has("k"),
    hasPresence: kind === "message" || (kind === element && oneof !== "") || has("p"),
    oneof: oneofs[base36(oneof)],
    deprecated: has("d"),
    sensitive: has("s"),
    disallowed: has("x"),
    rules: rules === "" ? noRules : names.rules(base36(rules)),
  };
}

function base36(text: string): number {
  return Number.parseInt(text, 36);
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
