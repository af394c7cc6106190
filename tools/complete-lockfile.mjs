// npm leaves optional packages of other platforms out of package-lock.json where the registry lacks them, and `npm ci`
// then refuses the lockfile. This adds an entry for each. With --check it only tells whether one is missing.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = [];

for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isInstalledFor(path, name)) continue;
    if (!/^\d+\.\d+\.\d+$/.test(version)) throw new RangeError(`${path}: ${name}@${version} is not pinned exactly`);
    missing.push(`${name}@${version}`);
    const top = `node_modules/${name}`;
    lock.packages[top in lock.packages ? `${path}/${top}` : top] = entryFor(name, version, dev);
  }
}

if (process.argv.includes("--check")) {
  console.log(missing.length === 0 ? "package-lock.json is complete" : `missing: ${missing.join(", ")}`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} else {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
  console.log(`added ${missing.length}`);
}

/** Looks where Node would: beside the dependent, then in every folder above it. */
function isInstalledFor(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
  }
}

/** The platform is in the words of the name, as in @scope/tool-linux-x64-musl. */
function entryFor(name, version, dev) {
  const words = name.split(/[-/@_.]/);
  const first = (table) => Object.entries(table).find(([word]) => words.includes(word))?.[1];
  const platforms = {
    darwin: "darwin",
    windows: "win32",
    win32: "win32",
    linux: "linux",
    android: "android",
    freebsd: "freebsd",
    netbsd: "netbsd",
    openbsd: "openbsd",
    openharmony: "openharmony",
    sunos: "sunos",
    aix: "aix",
  };
  const processors = {
    arm64: "arm64",
    aarch64: "arm64",
    x64: "x64",
    64: "x64",
    ia32: "ia32",
    arm: "arm",
    ppc64: "ppc64",
    ppc64le: "ppc64",
    s390x: "s390x",
    riscv64: "riscv64",
    riscv64gc: "riscv64",
    loong64: "loong64",
    mips64el: "mips64el",
    wasm32: "wasm32",
  };
  const libraries = { musl: "musl", gnu: "glibc", gnueabihf: "glibc", musleabihf: "musl" };
  const [os, cpu, libc] = [first(platforms), first(processors), first(libraries)];
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}
