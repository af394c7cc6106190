import { runInNewContext } from "node:vm";
import { defaultCodec } from "@netmason/envoy-api/codec";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** What a browser with a strict content security policy has: no Node, and no code made from text. */
async function runInBrowser(code: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    conditions: ["@netmason/source"],
    write: false,
  });
  const context = { TextEncoder, TextDecoder, result: undefined as unknown };
  runInNewContext(outputFiles[0]?.text ?? "", context, { contextCodeGeneration: { strings: false, wasm: false } });
  return context.result;
}

it("writes, reads and checks in a browser, under a policy against code from text", async () => {
  const document = { name: "é", connectTimeout: "0.250s", healthChecks: [{ timeout: "0s" }] } as const;
  const typeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  const result = await runInBrowser(`
    import { defaultCodec } from "./codec.js";
    const codec = defaultCodec();
    const document = ${JSON.stringify(document)};
    const bytes = codec.encode("${typeUrl}", document);
    globalThis.result = JSON.stringify({
      bytes: [...bytes],
      json: codec.decode("${typeUrl}", bytes),
      issues: codec.check("${typeUrl}", document).length,
    });
  `);
  const codec = defaultCodec();
  expect(JSON.parse(String(result))).toEqual({
    bytes: [...codec.encode(typeUrl, document)],
    json: document,
    issues: codec.check(typeUrl, document).length,
  });
});
