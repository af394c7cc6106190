// Checks the packages as users get them. With --write it updates the files that are made from them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createApiReport } from "./api-report.js";
import { bundleForBrowser, bundleQuietly, formatSizes } from "./browser-bundle.js";
import { checkChangesets } from "./changesets.js";
import { envoyApiChecks } from "./envoy-api/package-checks.js";
import { measureGateway, runGateway } from "./gateway-bundle.js";
import { drawLbFigures } from "./lb-figures.js";
import { drawPackageMap } from "./package-map.js";
import { runCommand } from "./run-command.js";
import { smokeTest } from "./smoke-test.js";
import { packInto } from "./tarballs.js";
import { listPackages, ROOT } from "./workspaces.js";
import { holdFile, holdSection } from "./written-files.js";

const write = process.argv.includes("--write");
const packages = listPackages();
const tarballs = packInto(join(ROOT, ".cache/tarballs"));
const bin = (name: string): string => join(ROOT, "node_modules/.bin", name);
let failures = 0;

async function check(name: string, run: () => string | Promise<string>): Promise<void> {
  try {
    console.log(`ok     ${name}: ${await run()}`);
  } catch (error) {
    failures++;
    console.log(`FAILED ${name}: ${(error as Error).message}`);
  }
}

for (const { file, package: each } of tarballs) {
  await check(`publint ${each.name}`, () => lastLine(runCommand(bin("publint"), ["run", file, "--strict"])));
  await check(`attw ${each.name}`, () => {
    runCommand(bin("attw"), [file, "--profile", "esm-only", "--no-color", "--no-emoji"]);
    return "no problems found";
  });
}
for (const { name, folder } of packages) {
  for (const file of ["LICENSE", "NOTICE"]) {
    await check(`${file} of ${name}`, () =>
      holdFile(`${folder}/${file}`, readFileSync(join(ROOT, file), "utf8"), write),
    );
  }
}
await check("changesets", () => checkChangesets(packages.map(({ name }) => name)));
await check("smoke test", () => smokeTest(tarballs));
for (const { name, folder, entryPoints } of packages) {
  for (const entry of entryPoints) {
    await check(`API of ${entry.specifier}`, async () =>
      holdFile(`${folder}/api/${entry.name}.d.ts`, await createApiReport(folder, entry.types), write),
    );
  }
  await check(`bundling of ${name}`, () => bundleQuietly(entryPoints.map(({ output }) => join(ROOT, folder, output))));
  if (name === "@netmason/net") {
    await check("ip-num stays out of the root entry", async () => {
      const inside = (await bundleForBrowser(name)).packages;
      if (inside.join() !== name) throw new Error(`${name} bundles ${inside.join(", ")}`);
      const interop = (await bundleForBrowser(`${name}/ip-num`)).packages;
      if (!interop.includes("ip-num")) throw new Error("the check sees no ip-num where it must be");
      return `${name} bundles nothing else, ${name}/ip-num bundles ${interop.join(", ")}`;
    });
  }
}
for (const { name, run } of envoyApiChecks(write)) await check(name, run);
await check("browser bundles", async () => {
  const sizes = await Promise.all(packages.map(({ name }) => bundleForBrowser(name)));
  const gateway = await measureGateway({
    builderBytes: 6_500,
    programBytes: 90_000,
    gzippedTableBytes: 110_000,
  });
  return holdSection("README.md", "sizes", formatSizes([...sizes, ...gateway]), write);
});
await check("a gateway's program with its tables apart", () => runGateway(join(ROOT, ".cache/gateway")));
await check("package map", () => holdFile("docs/package-map.svg", drawPackageMap(), write));
await check("figures of policies", () => {
  const { table, pictures } = drawLbFigures();
  for (const [path, picture] of Object.entries(pictures)) holdFile(path, picture, write);
  return holdSection("docs/guides/load-balancing.md", "policies", table, write);
});
process.exitCode = failures === 0 ? 0 : 1;

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
