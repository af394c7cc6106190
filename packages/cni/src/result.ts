import type { Result020 } from "./result-020.js";
import type { Result040 } from "./result-040.js";
import type { Result100 } from "./result-100.js";
import type { SpecVersion } from "./spec-version.js";

/** The result type of a version of the specification. */
export type ResultOf<V extends SpecVersion> = V extends "0.1.0" | "0.2.0"
  ? Result020<V>
  : V extends "0.3.0" | "0.3.1" | "0.4.0"
    ? Result040<V>
    : V extends "1.0.0" | "1.1.0"
      ? Result100<V>
      : never;

/** A result of any version: a union told apart by `cniVersion`. */
export type CniResult = ResultOf<SpecVersion>;
