import { defineConfig } from "tsup";
import { noBareImports } from "../../tools/tsup-plugins.js";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/simulate.ts",
    "src/testing.ts",
    "src/node/dns.ts",
    "src/node/grpc.ts",
    "src/node/undici.ts",
  ],
  format: ["esm"],
  tsconfig: "tsconfig.build.json",
  splitting: true,
  sourcemap: true,
  clean: true,
  target: "node20",
  removeNodeProtocol: false,
  plugins: [noBareImports],
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
