import { bundleGateway } from "../../../tools/gateway-bundle.js";
import type { BenchCase } from "../bench-case.js";
import { ours } from "./compile-cases.js";

/** A program with builders, compile and codec, as a browser gets it; the tables are loaded apart. */
async function bundle(): Promise<string> {
  const { program } = await bundleGateway();
  // A byte a character, so that the bytes of the case are those of the bundle.
  return Buffer.from(program).toString("latin1");
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
        keep: () => Buffer.from(text, "latin1").toString("latin1"),
      };
    },
  },
  peers: [],
  inputs: () => ({}),
  expected: () => ["bundles"],
};
