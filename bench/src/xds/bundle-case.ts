import { build } from "esbuild";
import type { BenchCase } from "../bench-case.js";
import { ours } from "./compile-cases.js";

const GATEWAY = `import { cluster, compile, endpoints, filterChain, listener, route, routeConfiguration, virtualHost } from "@netmason/xds";
export const parts = [cluster.eds, endpoints, filterChain.http, listener.of, route.to, routeConfiguration, virtualHost, compile];`;

/** A program with builders, compile and codec, as a browser gets it; the field table is loaded apart. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: GATEWAY, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["#field-table"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** The bytes of the case are those of the bundle. */
export const bundleCase: BenchCase = {
  name: "bundle-gateway",
  operation: "bundles the builders of listeners, chains, routes, clusters and endpoints with compile and the codec",
  ours: {
    ...ours(() => ({ run: () => {}, answers: () => [] })),
    prepare: async () => {
      const text = await bundle();
      return {
        run: async (iterations) => {
          for (let i = 0; i < iterations; i++) await bundle();
        },
        answers: () => [/from"node:/.test(text) ? "needs Node" : "bundles"],
        // A copy of one byte a character, so that the bytes of the case are those of the bundle.
        keep: () => Buffer.from(text).toString("latin1"),
      };
    },
  },
  peers: [],
  inputs: () => ({}),
  expected: () => ["bundles"],
};
