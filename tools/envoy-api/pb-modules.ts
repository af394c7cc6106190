import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { readDescriptors } from "./descriptor-files.js";

/** A file of the plugin's answer. */
export interface PluginFile {
  readonly path: string;
  readonly text: string;
}

interface Plugin {
  run(request: unknown): CodeGeneratorResponse;
}

/** Modules of protobuf-es messages; google/protobuf/* comes with its run time. */
export function writePbModules(): readonly PluginFile[] {
  const { file: files } = fromBinary(FileDescriptorSetSchema, readDescriptors());
  const request = create(CodeGeneratorRequestSchema, {
    parameter: "target=js+dts,import_extension=js",
    fileToGenerate: files.map(({ name }) => name).filter((name) => !name.startsWith("google/protobuf/")),
    protoFile: files,
  });
  const response = loadPlugin().run(request);
  if (response.error !== undefined && response.error !== "") throw new RangeError(`protoc-gen-es: ${response.error}`);
  return response.file.map(({ name = "", content = "" }) => ({ path: name, text: content }));
}

/** The plugin is meant to be a process; run in this one it needs no protoc. */
function loadPlugin(): Plugin {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@bufbuild/protoc-gen-es/package.json"));
  const loaded: unknown = require(join(folder, "dist/cjs/src/protoc-gen-es-plugin.js"));
  return (loaded as { readonly protocGenEs: Plugin }).protocGenEs;
}
