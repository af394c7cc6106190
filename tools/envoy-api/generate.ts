// Writes everything that is made from the descriptors into the folder given as the argument.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readApi } from "./api-model.js";
import { readDescriptors, readSource } from "./descriptor-files.js";
import { collectFacts } from "./envoy-facts.js";
import { writeFieldTable } from "./field-table.js";
import { generatedHead, writeJsonTypes } from "./json-types.js";
import { writePbModules } from "./pb-modules.js";
import { writeTypeUrlMap } from "./type-url-map.js";

const [target] = process.argv.slice(2);
if (target === undefined) throw new TypeError("the first argument must be the folder to write to");

const { version } = readSource();
const api = readApi();
for (const { path, text } of writeJsonTypes(api, version)) write(`types/${path}.d.ts`, text);
write("types/type-urls.d.ts", writeTypeUrlMap(api));
write("types/none.js", `${generatedHead}export {};\n`);
writeTable();
writeModule("envoy-facts", { facts: JSON.stringify(collectFacts(api)) });
for (const ending of ["js", "d.ts"]) {
  write(`tables.${ending}`, `${generatedHead}export * from "./envoy-facts.js";\nexport * from "./field-table.js";\n`);
}
writeModule("descriptors", { descriptors: Buffer.from(readDescriptors()).toString("base64") });
for (const { path, text } of writePbModules()) write(`pb/${path}`, text);

function writeTable(): void {
  writeModule("field-table", { envoyVersion: version.replace(/^v/, ""), ...writeFieldTable(api) });
}

function writeModule(name: string, texts: Readonly<Record<string, string>>): void {
  const values = Object.entries(texts).map(([key, text]) => `export const ${key} = ${JSON.stringify(text)};\n`);
  const types = Object.keys(texts).map((key) => `export declare const ${key}: string;\n`);
  write(`${name}.js`, generatedHead + values.join(""));
  write(`${name}.d.ts`, generatedHead + types.join(""));
}

function write(path: string, text: string): void {
  const file = join(target as string, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
