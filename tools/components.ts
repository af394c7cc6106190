// Installs the real components that end-to-end tests use, where it can: on Debian as root. Prints what is there and where.
import { existsSync } from "node:fs";
import { componentNames, findProgram, getComponent, versionOf } from "../e2e/components.js";
import { runCommand } from "./run-command.js";

const components = componentNames.map(getComponent);
const missing = components.filter((component) => findProgram(component) === undefined);
const packages = missing.map(({ debianPackage }) => debianPackage);
if (missing.length > 0 && existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
  const lock = ["-o", "DPkg::Lock::Timeout=300"];
  runCommand("apt-get", [...lock, "update", "-qq"]);
  runCommand("apt-get", [...lock, "install", "-y", "-qq", "--no-install-recommends", ...packages]);
} else if (missing.length > 0) {
  console.log(`install ${packages.join(", ")}: this needs Debian and root`);
}
for (const component of components) {
  const where = findProgram(component) ?? "not found";
  console.log(`${component.name.padEnd(12)} ${where.padEnd(20)} ${versionOf(component)}`);
}
