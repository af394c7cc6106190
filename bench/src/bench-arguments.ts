import { parseArgs } from "node:util";
import { areaNames } from "./areas.js";

export interface BenchArguments {
  readonly areas: readonly string[];
  /** Only these cases; empty means all. */
  readonly cases: readonly string[];
  readonly json?: string;
  readonly quick: boolean;
}

export const usage = `npm run bench -- [AREA...] [--json FILE] [--quick] [--case NAME]...

AREA         ${areaNames.join(", ")}; none means all
--json FILE  write the results to FILE as well
--quick      run every case once on small inputs: shows that all of it works, measures nothing
--case NAME  run this case only; may be repeated`;

/** @throws TypeError for an option, and RangeError for an area, that does not exist */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "string" },
      quick: { type: "boolean", default: false },
      case: { type: "string", multiple: true, default: [] },
    },
  });
  const unknown = positionals.find((area) => !areaNames.includes(area));
  if (unknown !== undefined) throw new RangeError(`area must be one of ${areaNames.join(", ")}, not ${unknown}`);
  return {
    areas: positionals.length === 0 ? areaNames : [...new Set(positionals)],
    cases: values.case,
    quick: values.quick,
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}
