import type { IssueRule } from "../issue.js";
import type { JsonObject, JsonValue } from "../json-value.js";

/** What a text must be. */
export type Format = "address" | "cidr" | "mac" | "version" | "name";

/** The shape of a value: one definition gives the check, the JSON Schema and, through `Shape<T>`, holds the type. */
export type ShapeNode =
  | { readonly kind: "any" }
  | { readonly kind: "flag" }
  | { readonly kind: "integer"; readonly min?: number; readonly max?: number }
  | {
      readonly kind: "text";
      readonly values?: readonly string[];
      readonly format?: Format;
      readonly nonEmpty?: boolean;
    }
  | { readonly kind: "list"; readonly item: ShapeNode; readonly min?: number; readonly max?: number }
  | { readonly kind: "map"; readonly value: ShapeNode }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, FieldNode>>; readonly rules: readonly Rule[] }
  | { readonly kind: "either"; readonly shapes: readonly ShapeNode[] };

/** A field of an object. */
export interface FieldNode {
  readonly shape: ShapeNode;
  /** What it does, with its unit. */
  readonly doc: string;
  readonly required?: boolean;
  readonly default?: JsonValue;
  /** What to use instead. */
  readonly deprecated?: string;
}

/** What a rule over several fields finds; `key` is a field, or `""` for the object itself. */
export type ReportRule = (key: string, rule: IssueRule, message: string, hint?: string) => void;

/** A rule over several fields. */
export interface Rule {
  readonly check: (value: JsonObject, report: ReportRule) => void;
  /** The same as a JSON Schema, where one can say it. */
  readonly schema?: JsonObject;
}

declare const shapeOf: unique symbol;

/** A shape of values of type `T`; `T` exists for the compiler only. */
export type Shape<T> = ShapeNode & { readonly [shapeOf]?: T };

export type Field<T> = FieldNode & { readonly shape: Shape<T> };

/** A field for each key of `T`, none forgotten and none too many. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> };

export const flag: Shape<boolean> = { kind: "flag" };
export const text: Shape<string> = { kind: "text" };

export function textOf(options: { readonly format?: Format; readonly nonEmpty?: boolean }): Shape<string> {
  return { kind: "text", ...options };
}

export function choice<const V extends string>(...values: readonly V[]): Shape<V> {
  return { kind: "text", values };
}

export function integer(bounds: { readonly min?: number; readonly max?: number } = {}): Shape<number> {
  return { kind: "integer", ...bounds };
}

export function listOf<T>(
  item: Shape<T>,
  bounds: { readonly min?: number; readonly max?: number } = {},
): Shape<readonly T[]> {
  return { kind: "list", item, ...bounds };
}

export function mapOf<T>(value: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return { kind: "map", value };
}

export function objectOf<T>(fields: FieldsOf<T>, rules: readonly Rule[] = []): Shape<T> {
  return { kind: "object", fields: fields as Readonly<Record<string, FieldNode>>, rules };
}

/** An object whose keys are its own affair. */
export const anyObject: Shape<JsonObject> = { kind: "map", value: { kind: "any" } } as Shape<JsonObject>;

export function either<A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return { kind: "either", shapes: [a, b] };
}

type FieldOptions = Omit<FieldNode, "shape" | "doc">;

export function field<T>(shape: Shape<T>, doc: string, options: FieldOptions = {}): Field<T> {
  return { shape, doc, ...options };
}
