/** What a field, an item or a map value is. */
export type ElementKind = "scalar" | "enum" | "message";

/** Scalar types by their protobuf names. */
export type ScalarName =
  | "double"
  | "float"
  | "int64"
  | "uint64"
  | "int32"
  | "fixed64"
  | "fixed32"
  | "bool"
  | "string"
  | "bytes"
  | "uint32"
  | "sfixed32"
  | "sfixed64"
  | "sint32"
  | "sint64";

/**
 * Rules of a field by their path in protoc-gen-validate, as in `{ "repeated.items.string.min_len": 1 }`. Durations are
 * text (`"0.1s"`), integers that a number cannot hold are text as well.
 */
export type FieldRules = Readonly<Record<string, number | string | boolean | readonly (number | string)[]>>;

/** A field of a message. */
export interface FieldShape {
  /** As in the .proto file: `connect_timeout`. */
  readonly name: string;
  /** As in JSON: `connectTimeout`. */
  readonly jsonName: string;
  readonly number: number;
  readonly kind: ElementKind | "list" | "map";
  /** What the value is; of a list what its items are, of a map what its values are. */
  readonly element: ElementKind;
  /** Scalar name, or the full name of the message or enum. */
  readonly type: string;
  /** Scalar type of a map's keys. */
  readonly mapKey: ScalarName | undefined;
  /** Items of a list stand in one run of bytes. */
  readonly packed: boolean;
  /** A zero value is written and told apart from an absent one; true for messages and for members of a oneof. */
  readonly hasPresence: boolean;
  readonly oneof: string | undefined;
  readonly deprecated: boolean;
  /** Holds what must not be printed. */
  readonly sensitive: boolean;
  /** Envoy refuses the field unless its runtime allows deprecated features. */
  readonly disallowed: boolean;
  readonly rules: FieldRules;
}

/** A message type. */
export interface MessageShape {
  /** Without the type URL's prefix: `envoy.config.cluster.v3.Cluster`. */
  readonly typeName: string;
  /** In the order of their numbers. */
  readonly fields: readonly FieldShape[];
  /** Names of all oneofs. */
  readonly oneofs: readonly string[];
  /** Names of the oneofs of which one member must be set. */
  readonly requiredOneofs: readonly string[];
}

/** An enum type. */
export interface EnumShape {
  readonly typeName: string;
  /** Numbers by names. */
  readonly values: ReadonlyMap<string, number>;
  readonly deprecatedValues: ReadonlySet<string>;
}

/** Facts about types, by their full names; what it does not know is `undefined`. */
export interface Schema {
  /** A message type by its full name, without the prefix of a type URL. */
  message(typeName: string): MessageShape | undefined;
  /** An enum type by its full name. */
  enum(typeName: string): EnumShape | undefined;
  /** Names of all message types, sorted. */
  messageNames(): readonly string[];
}

/** The first of several schemas that knows a type answers. */
export function joinSchemas(schemas: readonly Schema[]): Schema {
  const first = <T>(ask: (schema: Schema) => T | undefined): T | undefined => {
    for (const schema of schemas) {
      const answer = ask(schema);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
  return {
    message: (typeName) => first((schema) => schema.message(typeName)),
    enum: (typeName) => first((schema) => schema.enum(typeName)),
    messageNames: () => [...new Set(schemas.flatMap((schema) => schema.messageNames()))].sort(),
  };
}
