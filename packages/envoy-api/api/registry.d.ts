// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

import { DescMessage, MessageShape as MessageShape$1, JsonValue, FileRegistry } from '@bufbuild/protobuf';
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
declare function registry(): FileRegistry;
declare function fromMessage<D extends DescMessage>(schema: D, message: MessageShape$1<D>): JsonValue;
declare function toMessage<D extends DescMessage>(schema: D, json: JsonValue): MessageShape$1<D>;
declare function schemaOf(messages: readonly DescMessage[]): Schema;
export { fromMessage, registry, schemaOf, toMessage };
