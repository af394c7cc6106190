import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, formatIssues, simulate } from "@netmason/xds";
import { filesOf, writeFiles } from "./files.js";
import { gatewayOf } from "./gateway.js";
import { parseHosts } from "./hosts.js";
import { textOf } from "./outcome-text.js";
import { findEnvoy, sendThroughEnvoy } from "./try-envoy.js";

const [file = new URL("../data/hosts.yaml", import.meta.url), target] = process.argv.slice(2);
const hosts = parseHosts(readFileSync(file, "utf8"));
const graph = gatewayOf(hosts);
const { snapshot, issues } = compile(graph);
if (snapshot === undefined) {
  console.error(formatIssues(issues));
  process.exit(1);
}
console.log(
  `${Object.keys(hosts.hosts).length} hosts, ${graph.clusters?.length} clusters, ${issues.length} issues, version ${snapshot.version}\n`,
);

console.log("Where requests go:");
for (const [authority, path] of [
  ["shop.example.com", "/cart"],
  ["eu.shop.example.com", "/"],
  ["api.example.com:8080", "/v2/items"],
  ["api.example.com", "/v22"],
  ["old.example.com", "/guide?page=2"],
  ["status.example.com", "/"],
  ["other.example.com", "/"],
] as const) {
  console.log(`  ${`${authority}${path}`.padEnd(30)} ${textOf(simulate(snapshot, { authority, path }))}`);
}

const folder = target ?? mkdtempSync(join(tmpdir(), "netmason-gateway-"));
const files = filesOf(graph, folder, hosts.admin);
writeFiles(files, folder);
for (const [name, content] of Object.entries(files))
  console.log(`\n${join(folder, name)}: ${JSON.stringify(content).length} characters`);

const envoy = findEnvoy();
const [served] = Object.entries(hosts.hosts).flatMap(([host, { backends = [] }]) =>
  backends.slice(0, 1).map((backend) => ({ host, backend })),
);
if (envoy === undefined || served === undefined) {
  console.log(`\nNo Envoy here. Where there is one: envoy -c ${join(folder, "bootstrap.json")}`);
} else {
  console.log(`\nThrough Envoy: ${await sendThroughEnvoy(envoy, folder, { ...served, listen: hosts.listen })}`);
}
if (target === undefined) rmSync(folder, { recursive: true });
