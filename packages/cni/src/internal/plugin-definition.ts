import type { JsonObject } from "../json-value.js";
import type { SpecVersion } from "../spec-version.js";
import { pluginFields } from "./common-shapes.js";
import { anyObject, type FieldNode, type FieldsOf, field, type Rule, type ShapeNode, text, textOf } from "./shape.js";

/** What is known of a plugin type. */
export interface PluginDefinition {
  readonly type: string;
  /** `interface` makes one, `chained` changes what others made, `ipam` gives addresses. */
  readonly role: "interface" | "chained" | "ipam";
  readonly summary: string;
  readonly shape: ShapeNode & { readonly kind: "object" };
  /** Whether it needs addresses to be managed for it. */
  readonly ipam: "required" | "optional" | "none";
  /** Must not be the first of its chain. */
  readonly needsPrevResult: boolean;
  readonly capabilities: readonly string[];
  readonly oldest: SpecVersion;
}

interface DefinitionOptions {
  readonly ipam?: PluginDefinition["ipam"];
  readonly needsPrevResult?: boolean;
  readonly capabilities?: readonly string[];
  readonly oldest?: SpecVersion;
  readonly rules?: readonly Rule[];
}

/** Defines a plugin that stands in a list; the fields common to all are added. */
export function definePlugin<T>(
  type: string,
  role: "interface" | "chained",
  summary: string,
  fields: FieldsOf<T>,
  options: DefinitionOptions = {},
): PluginDefinition {
  const { ipam = "optional", rules = [] } = options;
  const typeField: FieldNode = field(textOf({ nonEmpty: true }), "Name of the executable.", { required: true });
  const ipamField: Readonly<Record<string, FieldNode>> = {
    ipam: field(anyObject, "Which plugin manages addresses, and its settings.", { required: ipam === "required" }),
  };
  const all = { type: typeField, ...pluginFields, ...ipamField, ...(fields as Readonly<Record<string, FieldNode>>) };
  return create(type, role, summary, all, ipam === "required" ? [needsIpamType, ...rules] : rules, {
    ...options,
    ipam,
  });
}

/** Defines what stands in `ipam`. */
export function defineIpam<T>(
  type: string,
  summary: string,
  fields: FieldsOf<T>,
  options: DefinitionOptions = {},
): PluginDefinition {
  const all = {
    type: field(text, "Name of the executable.", { required: true }),
    ...(fields as Readonly<Record<string, FieldNode>>),
  };
  return create(type, "ipam", summary, all, options.rules ?? [], { ...options, ipam: "none" });
}

function create(
  type: string,
  role: PluginDefinition["role"],
  summary: string,
  fields: Readonly<Record<string, FieldNode>>,
  rules: readonly Rule[],
  options: DefinitionOptions & { readonly ipam: PluginDefinition["ipam"] },
): PluginDefinition {
  const { ipam, needsPrevResult = false, capabilities = [], oldest = "0.1.0" } = options;
  const shape = { kind: "object", fields, rules } as const;
  return { type, role, summary, shape, ipam, needsPrevResult, capabilities, oldest };
}

const needsIpamType: Rule = {
  check(value: JsonObject, report) {
    const { ipam } = value;
    const type = typeof ipam === "object" && ipam !== null && "type" in ipam ? ipam.type : undefined;
    if (ipam !== undefined && ipam !== null && (type === undefined || type === "")) {
      report("ipam", "required", "ipam.type is missing");
    }
  },
  schema: {
    properties: {
      ipam: { type: "object", properties: { type: { type: "string", minLength: 1 } }, required: ["type"] },
    },
  },
};
