import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", lmdb: "src/node/lmdb.ts", testing: "src/testing.ts" },
  format: ["esm"],
  tsconfig: "tsconfig.build.json",
  splitting: true,
  sourcemap: true,
  clean: true,
  target: "node20",
  removeNodeProtocol: false,
  // `AsyncDisposable` is in no library that a program gets by itself.
  dts: { banner: '/// <reference lib="esnext.disposable" />', compilerOptions: { ignoreDeprecations: "6.0" } },
});
