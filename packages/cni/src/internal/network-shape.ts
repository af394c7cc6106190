import { choice, either, type FieldNode, field, flag, listOf, type ShapeNode, textOf } from "./shape.js";

const words = choice("true", "false", "True", "False", "TRUE", "FALSE");
const version = textOf({ format: "version" });
const onOff = (doc: string): FieldNode => field(either(flag, words), doc, { default: false });

/** What libcni reads of a list, apart from its plugins. */
export const networkFields: Readonly<Record<string, FieldNode>> = {
  name: field(textOf({ format: "name", nonEmpty: true }), "Name of the network, unique on a host.", { required: true }),
  cniVersion: field(version, "Version of the specification."),
  cniVersions: field(listOf(version), "Versions to choose the highest known from."),
  disableCheck: onOff("CHECK succeeds without asking the plugins."),
  disableGC: onOff("GC does nothing."),
  loadOnlyInlinedPlugins: onOff("Leaves out the plugins of the directory named after the network."),
  plugins: field(listOf({ kind: "any" }, { min: 1 }), "Plugins in the order of ADD."),
};

/** A list; its plugins are looked at by their types. */
export const networkShape: ShapeNode & { readonly kind: "object" } = {
  kind: "object",
  fields: networkFields,
  rules: [
    {
      check({ plugins, loadOnlyInlinedPlugins: only }, report) {
        const inlined = only === true || (typeof only === "string" && only.toLowerCase() === "true");
        if (plugins === undefined && inlined) {
          report("loadOnlyInlinedPlugins", "required", "plugins must be given where only inlined ones are loaded");
        }
      },
      schema: {
        if: {
          properties: { loadOnlyInlinedPlugins: { enum: [true, "true", "True", "TRUE"] } },
          required: ["loadOnlyInlinedPlugins"],
        },
        // biome-ignore lint/suspicious/noThenProperty: this is JSON Schema's word
        then: { required: ["plugins"] },
      },
    },
  ],
};
