import { defineConfig } from "tsup";
import { pureNamespaces } from "../../tools/tsup-plugins.js";

export default defineConfig({
  entry: { index: "src/index.ts", "node/main": "src/node/main.ts" },
  format: ["esm"],
  tsconfig: "tsconfig.build.json",
  splitting: true,
  sourcemap: true,
  clean: true,
  target: "node20",
  removeNodeProtocol: false,
  plugins: [pureNamespaces],
  dts: { entry: { index: "src/index.ts" }, compilerOptions: { ignoreDeprecations: "6.0" } },
});
