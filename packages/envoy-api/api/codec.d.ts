// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

import { TypeUrlMap, SentTypeUrlMap } from '#type-urls';
type ElementKind = "scalar" | "enum" | "message";
type ScalarName = "double" | "float" | "int64" | "uint64" | "int32" | "fixed64" | "fixed32" | "bool" | "string" | "bytes" | "uint32" | "sfixed32" | "sfixed64" | "sint32" | "sint64";
type FieldRules = Readonly<Record<string, number | string | boolean | readonly (number | string)[]>>;
interface FieldShape {
    readonly name: string;
    readonly jsonName: string;
    readonly number: number;
    readonly kind: ElementKind | "list" | "map";
    readonly element: ElementKind;
    readonly type: string;
    readonly mapKey: ScalarName | undefined;
    readonly packed: boolean;
    readonly hasPresence: boolean;
    readonly oneof: string | undefined;
    readonly deprecated: boolean;
    readonly sensitive: boolean;
    readonly disallowed: boolean;
    readonly rules: FieldRules;
}
interface MessageShape {
    readonly typeName: string;
    readonly fields: readonly FieldShape[];
    readonly oneofs: readonly string[];
    readonly requiredOneofs: readonly string[];
}
interface EnumShape {
    readonly typeName: string;
    readonly values: ReadonlyMap<string, number>;
    readonly deprecatedValues: ReadonlySet<string>;
}
interface Schema {
    message(typeName: string): MessageShape | undefined;
    enum(typeName: string): EnumShape | undefined;
    messageNames(): readonly string[];
}
type FieldIssueRule = "unknown_field" | "wrong_type" | "out_of_range" | "unknown_type_url" | "oneof_conflict" | "oneof_missing" | "field_rule" | "deprecated_field";
interface FieldIssue {
    readonly rule: FieldIssueRule;
    readonly severity: "error" | "warning";
    readonly path: string;
    readonly message: string;
    readonly hint?: string;
    readonly enforced: boolean;
    readonly constraint?: string;
}
type JsonOf<U extends string> = U extends keyof TypeUrlMap ? U extends `type.googleapis.com/google.protobuf.${string}` ? TypeUrlMap[U] extends {
    readonly value: infer V;
} ? V : Omit<TypeUrlMap[U], "@type"> : Omit<TypeUrlMap[U], "@type"> : U extends keyof SentTypeUrlMap ? Omit<SentTypeUrlMap[U], "@type"> : unknown;
interface Normalized<T> {
    readonly value: T;
    readonly issues: readonly FieldIssue[];
}
interface Codec {
    readonly schema: Schema;
    encode<U extends string>(typeUrl: U, json: JsonOf<U>): Uint8Array;
    decode<U extends string>(typeUrl: U, bytes: Uint8Array): JsonOf<U>;
    check<U extends string>(typeUrl: U, json: JsonOf<U>): readonly FieldIssue[];
    normalize<U extends string>(typeUrl: U, value: unknown): Normalized<JsonOf<U>>;
    redact<U extends string, T extends JsonOf<U>>(typeUrl: U, json: T): T;
}
interface CodecOptions {
    readonly extend?: readonly Schema[];
}
declare function createCodec(options?: CodecOptions): Codec;
declare function defaultCodec(): Codec;
export { createCodec, defaultCodec };
export type { Codec, CodecOptions, ElementKind, EnumShape, FieldIssue, FieldIssueRule, FieldRules, FieldShape, JsonOf, MessageShape, Normalized, ScalarName, Schema };
