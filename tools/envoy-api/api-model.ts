import {
  createFileRegistry,
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  getOption,
  hasOption,
  type JsonObject,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readDescriptors } from "./descriptor-files.js";
import { type Rules, readRules } from "./field-rules.js";

/** What the generators need of a field. */
export interface ApiField {
  readonly desc: DescField;
  readonly rules: Rules;
  readonly deprecated: boolean;
  /** Envoy refuses the field unless it is allowed at run time. */
  readonly disallowed: boolean;
  readonly sensitive: boolean;
  readonly workInProgress: boolean;
}

export interface ApiMessage {
  readonly desc: DescMessage;
  /** In the order of their numbers. */
  readonly fields: readonly ApiField[];
  /** Names of the oneofs of which one member must be set. */
  readonly requiredOneofs: ReadonlySet<string>;
  readonly workInProgress: boolean;
  readonly deprecated: boolean;
}

export interface ApiModel {
  readonly registry: FileRegistry;
  /** By type name. */
  readonly messages: readonly ApiMessage[];
  /** By type name. */
  readonly enums: readonly DescEnum[];
}

/** Used only in the options of .proto files, so never part of a configuration. */
const optionPackages = /^(validate|google\.api|[a-z]+\.annotations(\.v3)?)$/;

/** The descriptors with what their options say. */
export function readApi(): ApiModel {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readDescriptors()));
  const options = optionsOf(registry);
  const messages: ApiMessage[] = [];
  const enums: DescEnum[] = [];
  for (const type of registry) {
    if (type.kind !== "message" && type.kind !== "enum") continue;
    const { package: packageName } = type.file.proto;
    if (packageName === "google.protobuf" || optionPackages.test(packageName)) continue;
    if (type.kind === "enum") enums.push(type);
    else messages.push(messageOf(type, options));
  }
  const byName = (a: string, b: string): number => (a < b ? -1 : 1);
  messages.sort((a, b) => byName(a.desc.typeName, b.desc.typeName));
  enums.sort((a, b) => byName(a.typeName, b.typeName));
  return { registry, messages, enums };
}

type OptionName =
  | "rules"
  | "required"
  | "sensitive"
  | "disallowed"
  | "fileStatus"
  | "messageStatus"
  | "fieldStatus"
  | "udpaStatus";
type Options = Readonly<Record<OptionName, DescExtension>>;

function optionsOf(registry: FileRegistry): Options {
  const get = (name: string): DescExtension => {
    const found = registry.getExtension(name);
    if (found === undefined) throw new RangeError(`the descriptor set must have the extension ${name}`);
    return found;
  };
  return {
    rules: get("validate.rules"),
    required: get("validate.required"),
    sensitive: get("udpa.annotations.sensitive"),
    disallowed: get("envoy.annotations.disallowed_by_default"),
    fileStatus: get("xds.annotations.v3.file_status"),
    messageStatus: get("xds.annotations.v3.message_status"),
    fieldStatus: get("xds.annotations.v3.field_status"),
    udpaStatus: get("udpa.annotations.file_status"),
  };
}

function messageOf(desc: DescMessage, options: Options): ApiMessage {
  const required = desc.oneofs.filter((oneof) => isSet(oneof, options.required));
  return {
    desc,
    fields: desc.fields.map((field) => fieldOf(field, options)).sort((a, b) => a.desc.number - b.desc.number),
    requiredOneofs: new Set(required.map(({ name }) => name)),
    workInProgress:
      isWorkInProgress(desc, options.messageStatus) ||
      isWorkInProgress(desc.file, options.fileStatus) ||
      isWorkInProgress(desc.file, options.udpaStatus),
    deprecated: desc.deprecated,
  };
}

function fieldOf(desc: DescField, options: Options): ApiField {
  return {
    desc,
    rules: rulesOf(desc, options.rules),
    deprecated: desc.deprecated,
    disallowed: isSet(desc, options.disallowed),
    sensitive: isSet(desc, options.sensitive),
    workInProgress: isWorkInProgress(desc, options.fieldStatus),
  };
}

function rulesOf(desc: DescField, option: DescExtension): Rules {
  if (!hasOption(desc, option) || option.message === undefined) return {};
  return readRules(toJson(option.message, getOption(desc, option) as Message) as JsonObject);
}

type Annotated = Parameters<typeof hasOption>[0];

function isSet(desc: Annotated, option: DescExtension): boolean {
  return hasOption(desc, option) && getOption(desc, option) === true;
}

function isWorkInProgress(desc: Annotated, option: DescExtension): boolean {
  if (!hasOption(desc, option)) return false;
  return (getOption(desc, option) as { readonly workInProgress?: boolean }).workInProgress === true;
}
