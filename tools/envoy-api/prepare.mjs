// Generates packages/envoy-api/gen when it is missing or older than what it is made from. Plain JavaScript, because npm
// runs it as `prepare` of the repository, also where development dependencies are left out: then there is nothing to
// generate with and it says so. With --require that is an error.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const here = import.meta.dirname;
const packageFolder = join(here, "../../packages/envoy-api");
const generated = join(packageFolder, "gen");
const stampName = ".made-from";
const require = createRequire(import.meta.url);
const tools = ["tsx", "@bufbuild/protobuf", "@bufbuild/protoc-gen-es", "typescript"];

const missing = tools.filter((name) => versionOf(name) === undefined);
if (missing.length > 0) {
  console.log(`@netmason/envoy-api is not generated: ${missing.join(", ")} not installed`);
  process.exitCode = process.argv.includes("--require") ? 1 : 0;
} else {
  const checksum = checksumOfInputs();
  if (readStamp(generated) !== checksum) generate(checksum);
}

/** @param {string} name */
function versionOf(name) {
  for (const folder of require.resolve.paths(name) ?? []) {
    const file = join(folder, name, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  return undefined;
}

function checksumOfInputs() {
  const hash = createHash("sha256");
  for (const name of readdirSync(here, { recursive: true }).sort()) {
    if (!/\.(ts|br|json)$/.test(name) || name.endsWith(".test.ts")) continue;
    hash.update(`${name}\n`).update(readFileSync(join(here, name)));
  }
  for (const name of tools) hash.update(`${name} ${versionOf(name)}\n`);
  return hash.digest("hex");
}

/** @param {string} folder */
function readStamp(folder) {
  const file = join(folder, stampName);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/**
 * Readers see the old folder or the new one, whole. Of two at once both do the work and the first one's stays.
 * @param {string} checksum
 */
function generate(checksum) {
  const started = performance.now();
  const target = mkdtempSync(join(packageFolder, ".gen-"));
  try {
    const tsx = require.resolve("tsx");
    execFileSync(process.execPath, ["--import", pathToFileURL(tsx).href, join(here, "generate.ts"), target], {
      stdio: "inherit",
    });
    writeFileSync(join(target, stampName), checksum);
    while (readStamp(generated) !== checksum) putInPlace(target);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
  console.log(`@netmason/envoy-api: generated in ${Math.round(performance.now() - started)} ms`);
}

/**
 * Swaps a folder for the generated one. Another process may do the same: then one of the two renames finds that the folder
 * is gone, or there again, and the caller looks anew.
 * @param {string} target
 */
function putInPlace(target) {
  const old = `${target}-old`;
  try {
    if (existsSync(generated)) renameSync(generated, old);
    renameSync(target, generated);
  } catch (error) {
    if (!existsSync(target) || !["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}
