import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { readDescriptors, readSource } from "../../../tools/envoy-api/descriptor-files.js";
import { packageVersion } from "../package-version.js";
import { cacheFolder } from "../repository.js";

const require = createRequire(import.meta.url);

/** What the cases use, and all that these files import: a peer need not carry the whole API. */
const roots = [
  "envoy/config/cluster/v3/cluster.proto",
  "envoy/config/endpoint/v3/endpoint.proto",
  "envoy/extensions/upstreams/http/v3/http_protocol_options.proto",
];

const key = [readSource().sha256.slice(0, 12), ...["protobufjs-cli", "ts-proto"].map((name) => packageVersion(name))];
const folder = join(cacheFolder, `envoy-api-${key.join("-")}`);

export const protobufjsModule: string = join(folder, "protobufjs-static.mjs");
export const tsProtoFolder: string = join(folder, "ts-proto");

/** Generates the peers' code once; gives nothing when it is there. */
export async function providePeerModules(): Promise<undefined> {
  if (existsSync(join(folder, "complete"))) return undefined;
  mkdirSync(folder, { recursive: true });
  const files = filesOf(fromBinary(FileDescriptorSetSchema, readDescriptors()));
  writeFileSync(protobufjsModule, await generateProtobufjs(files));
  generateTsProto(files);
  writeFileSync(join(folder, "complete"), "");
  return undefined;
}

/** The descriptors of the files in `roots` and of those they import. */
export function filesOf(set: FileDescriptorSet): FileDescriptorSet["file"] {
  const byName = new Map(set.file.map((file) => [file.name, file]));
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    byName.get(name)?.dependency.forEach(add);
  };
  roots.forEach(add);
  return set.file.filter(({ name }) => wanted.has(name));
}

interface ProtobufjsRoot {
  resolveAll(): void;
  lookupType(name: string): ProtobufjsType;
}

/** A message type of protobufjs, reflected or static. */
export interface ProtobufjsType {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

/** Types by reflection, from the same descriptors. */
export function reflectedRoot(files: FileDescriptorSet["file"]): ProtobufjsRoot {
  const { Root } = require("protobufjs") as { Root: { fromDescriptor(set: unknown): ProtobufjsRoot } };
  const { FileDescriptorSet: Decoder } = require("protobufjs/ext/descriptor") as {
    FileDescriptorSet: { decode(bytes: Uint8Array): unknown };
  };
  const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: files }));
  const root = Root.fromDescriptor(Decoder.decode(bytes));
  root.resolveAll();
  return root;
}

function generateProtobufjs(files: FileDescriptorSet["file"]): Promise<string> {
  const target = require("protobufjs-cli/targets/static-module.js") as (
    root: ProtobufjsRoot,
    options: object,
    done: (error: Error | null, code?: string) => void,
  ) => void;
  // As pbjs sets them, without what no case calls.
  const options = {
    wrap: "es6",
    create: true,
    encode: true,
    decode: true,
    verify: false,
    convert: true,
    delimited: false,
  };
  return new Promise((resolve, reject) => {
    target(
      reflectedRoot(files),
      { ...options, dependency: import.meta.resolve("protobufjs/minimal.js") },
      (error, code) => {
        if (error !== null || code === undefined) reject(error ?? new Error("pbjs wrote nothing"));
        else resolve(code);
      },
    );
  });
}

function generateTsProto(files: FileDescriptorSet["file"]): void {
  const request = create(CodeGeneratorRequestSchema, {
    parameter: "esModuleInterop=true,importSuffix=.js,outputServices=none",
    fileToGenerate: files.map(({ name }) => name),
    protoFile: files,
  });
  const plugin = join(dirname(require.resolve("ts-proto/package.json")), "protoc-gen-ts_proto");
  const input = toBinary(CodeGeneratorRequestSchema, request);
  const output = execFileSync(process.execPath, [plugin], { input, maxBuffer: 256 * 1024 * 1024 });
  const response = fromBinary(CodeGeneratorResponseSchema, output);
  if (response.error !== undefined && response.error !== "") throw new Error(`ts-proto: ${response.error}`);
  for (const { name = "", content = "" } of response.file) {
    const path = join(tsProtoFolder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  // Outside of the workspace's packages, so the modules say themselves what they are.
  writeFileSync(join(tsProtoFolder, "package.json"), '{ "type": "module" }\n');
}

/** Loads a generated module by its file. */
export function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  return import(pathToFileURL(file).href) as Promise<Readonly<Record<string, unknown>>>;
}
