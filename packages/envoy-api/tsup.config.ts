import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/codec.ts", "src/facts.ts", "src/registry.ts"],
  // Generated, and packed as it is.
  external: ["#descriptors", "#envoy-facts", "#field-table", "#type-urls"],
  format: ["esm"],
  tsconfig: "tsconfig.build.json",
  splitting: true,
  sourcemap: true,
  clean: true,
  target: "node20",
  removeNodeProtocol: false,
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
