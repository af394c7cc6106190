import { defineConfig } from "tsup";
import { noBareImports } from "../../tools/tsup-plugins.js";

const base = {
  tsconfig: "tsconfig.build.json",
  sourcemap: true,
  target: "node20",
  removeNodeProtocol: false,
} as const;

export default defineConfig([
  {
    ...base,
    entry: ["src/index.ts", "src/node/index.ts", "src/node/host-local.ts", "src/node/testing.ts"],
    format: ["esm"],
    splitting: true,
    clean: true,
    plugins: [noBareImports],
    // Without it a reader of the types needs this library of the compiler switched on.
    dts: { banner: '/// <reference lib="esnext.disposable" />', compilerOptions: { ignoreDeprecations: "6.0" } },
  },
  {
    // A plugin is started anew for each call: one CommonJS file loads fastest.
    ...base,
    entry: { "bin/netmason-host-local": "src/node/bin/netmason-host-local.ts", "bin/cni": "src/node/bin/cni.ts" },
    format: ["cjs"],
    outExtension: () => ({ js: ".cjs" }),
    noExternal: [/^@netmason\//],
    splitting: false,
    sourcemap: false,
    minify: true,
    treeshake: true,
    dts: false,
  },
]);
