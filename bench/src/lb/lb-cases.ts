import type { AreaCases } from "../bench-case.js";
import { buildCases } from "./build-cases.js";
import { hashCases } from "./hash-cases.js";
import { hashPickCases } from "./hash-pick-cases.js";
import { pickCases } from "./pick-cases.js";
import { recordCases } from "./record-cases.js";

/** The cases of `@netmason/lb`. */
export const lbCases: AreaCases = (options) => [
  ...pickCases(options),
  ...hashPickCases(options),
  ...buildCases(options),
  ...hashCases(),
  ...recordCases,
];
