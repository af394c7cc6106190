// Writes everything that is made from the descriptors into the folder given as the argument.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readApi } from "./api-model.js";
import { readSource } from "./descriptor-files.js";
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
for (const { path, text } of writePbModules()) write(`pb/${path}`, text);

function writeTable(): void {
  const table = { envoyVersion: version.replace(/^v/, ""), ...writeFieldTable(api) };
  const names = Object.keys(table) as (keyof typeof table)[];
  const values = names.map((name) => `export const ${name} = ${JSON.stringify(table[name])};\n`);
  write("field-table.js", generatedHead + values.join(""));
  write("field-table.d.ts", generatedHead + names.map((name) => `export declare const ${name}: string;\n`).join(""));
}

function write(path: string, text: string): void {
  const file = join(target as string, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
