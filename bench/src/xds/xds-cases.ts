import type { AreaCases } from "../bench-case.js";
import { bundleCase } from "./bundle-case.js";
import { compileCase, recompileCase } from "./compile-cases.js";
import { simulateCase } from "./simulate-case.js";

/** The cases of `@netmason/xds`. */
export const xdsCases: AreaCases = ({ quick }) => [
  compileCase({ label: "1k", count: quick ? 20 : 1_000 }),
  compileCase({ label: "10k", count: quick ? 50 : 10_000 }),
  recompileCase(quick ? 50 : 10_000),
  simulateCase(quick ? 20 : 1_000),
  bundleCase,
];
