import type { EnumShape, FieldShape, ScalarName } from "../schema.js";
import { refuse } from "./refusal.js";
import { type Put, type ScalarEncoding, scalarEncodings } from "./scalar-encoding.js";

/** An enum value by its name; a number stands for itself, known or not. `null` is the value of NullValue. */
export function enumEncoding(shape: EnumShape | undefined): ScalarEncoding {
  if (shape === undefined) return refuse();
  const numberOf = (value: unknown): number => {
    if (typeof value === "string") return shape.values.get(value) ?? refuse();
    if (value === null && shape.typeName === "google.protobuf.NullValue") return 0;
    return typeof value === "number" && value === (value | 0) ? value : refuse();
  };
  return {
    wireType: 0,
    put: (writer, value) => writer.int32(numberOf(value)),
    isZero: (value) => numberOf(value) === 0,
  };
}

export interface MapKeyEncoding {
  readonly tag: number;
  readonly put: Put;
  /** How keys are sorted; by UTF-16 units if undefined. */
  readonly order: ((a: string, b: string) => number) | undefined;
}

/** Keys are text in JSON whatever their type. */
export function mapKeyEncoding(scalar: ScalarName): MapKeyEncoding {
  const { put, wireType } = scalarEncodings[scalar];
  const tag = 8 | wireType;
  if (scalar === "string") return { tag, put, order: undefined };
  if (scalar === "bool") {
    return {
      tag,
      put: (writer, key) => put(writer, key === "true" || (key === "false" ? false : key)),
      order: undefined,
    };
  }
  const is64 = scalar.endsWith("64");
  const order = (a: string, b: string): number => {
    const difference = BigInt(a) - BigInt(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  };
  return {
    tag,
    put: (writer, key) => put(writer, is64 ? key : integerOf(key)),
    order: (a, b) => order(checked(a), checked(b)),
  };
}

const integerText = /^-?(0|[1-9]\d*)$/;

function checked(key: string): string {
  return integerText.test(key) ? key : refuse();
}

function integerOf(key: unknown): number {
  return typeof key === "string" && integerText.test(key) ? Number(key) : refuse();
}

/** `null` is a value of these fields; of all others it is their absence. */
export function takesNull({ kind, type }: FieldShape): boolean {
  const single = kind !== "list" && kind !== "map";
  return single && (type === "google.protobuf.Value" || type === "google.protobuf.NullValue");
}
