import { defineConfig } from "vitest/config";

// Tests read the sources: every entry point of a package carries this export condition.
const conditions = ["@netmason/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    maxWorkers: 2,
    testTimeout: process.env.SOAK === "1" ? 3_600_000 : 60_000,
    setupFiles: ["tools/property-seed.ts"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts"],
      reporter: ["text-summary", "text"],
      thresholds: { lines: 95, branches: 90, functions: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "tools/**/*.test.ts",
            "bench/src/**/*.test.ts",
            "examples/*/src/**/*.test.ts",
          ],
        },
      },
      { extends: true, test: { name: "doc", include: ["doctest/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          fileParallelism: false,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
