import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { ROOT } from "../workspaces.js";

const file = join(ROOT, "packages/envoy-api/src/hovered.ts");
const code = `
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { TlsCertificateJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
export function read(cluster: ClusterJson, certificate: TlsCertificateJson): unknown {
  return [cluster.connectTimeout, cluster.dnsRefreshRate, certificate.privateKey];
}`;

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: true,
  types: [],
};
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => {
    const text = name === file ? code : ts.sys.readFile(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCompilationSettings: () => options,
  getCurrentDirectory: () => ROOT,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
});

/** What an editor shows over the last place of a word in the code. */
function hover(word: string): string {
  const shown = service.getQuickInfoAtPosition(file, code.lastIndexOf(word) + 1);
  const tags = (shown?.tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`);
  return [ts.displayPartsToString(shown?.documentation), ...tags].join("\n");
}

const page = "https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/cluster/v3/cluster.proto";

it.each([
  ["a message's name", "ClusterJson", "`envoy.config.cluster.v3.Cluster`"],
  ["a message's reference", "ClusterJson", `${page}#envoy-v3-api-msg-config-cluster-v3-cluster`],
  ["a field's rule", "connectTimeout", "> 0s."],
  ["a field's reference", "connectTimeout", `${page}#envoy-v3-api-field-config-cluster-v3-cluster-connect-timeout`],
  ["that a field is deprecated", "dnsRefreshRate", "@deprecated"],
  ["that a field is sensitive", "privateKey", "Sensitive"],
])("an editor shows %s", (_, word, shown) => {
  expect(hover(word)).toContain(shown);
});
