import type { AreaCases } from "../bench-case.js";
import { containsParsedCase, containsTextCase } from "./contains-cases.js";
import { formatCase } from "./format-cases.js";
import { compileCase, insertCase, lookupCase, type TableSize, textLookupCase } from "./lookup-cases.js";
import { parseCase } from "./parse-cases.js";
import { subtractParsedCase, subtractTextCase } from "./subtract-cases.js";

/** The cases of `@netmason/net`. */
export const netCases: AreaCases = ({ quick }) => {
  const some: TableSize = { label: "10k", count: quick ? 50 : 10_000 };
  const many: TableSize = { label: "100k", count: quick ? 200 : 100_000 };
  const sizes: readonly TableSize[] = [some, many, { label: "1m", count: quick ? 1_000 : 1_000_000 }];
  const excluded = [
    { label: "1k", count: quick ? 10 : 1_000 },
    { label: "10k", count: quick ? 100 : 10_000 },
  ] as const;
  return [
    parseCase(4),
    parseCase(6),
    formatCase(4),
    formatCase(6),
    containsParsedCase,
    containsTextCase(4),
    containsTextCase(6),
    ...excluded.map(subtractTextCase),
    ...excluded.map(subtractParsedCase),
    ...sizes.map((size) => lookupCase(4, size)),
    ...sizes.map((size) => lookupCase(6, size)),
    ...sizes.map(textLookupCase),
    insertCase(many),
    compileCase(many),
  ];
};
