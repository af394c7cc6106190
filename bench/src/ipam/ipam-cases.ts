import type { AreaCases } from "../bench-case.js";
import {
  allocateConcurrentLmdbCase,
  allocateReleaseLmdbCase,
  allocateReleaseMemoryCase,
  batchMemoryCase,
} from "./allocate-cases.js";
import { bitmapCase } from "./bitmap-cases.js";
import { allocatePrefixCase } from "./child-cases.js";
import { acquireReleaseCase, fillCase } from "./go-ipam-cases.js";
import { prefixPairCase, sparseSingleCase } from "./prefix-cases.js";

/** The cases of `@netmason/ipam`. */
export const ipamCases: AreaCases = ({ quick }) => [
  bitmapCase({ label: "64k", size: quick ? 1 << 10 : 1 << 16 }),
  bitmapCase({ label: "1m", size: quick ? 1 << 11 : 1 << 20 }),
  bitmapCase({ label: "16m", size: quick ? 1 << 12 : 1 << 24 }),
  prefixPairCase(quick ? 100 : 100_000),
  sparseSingleCase,
  allocateReleaseMemoryCase,
  allocateReleaseLmdbCase,
  allocateConcurrentLmdbCase,
  batchMemoryCase,
  allocatePrefixCase("0"),
  allocatePrefixCase("100"),
  allocatePrefixCase("10000", quick ? 200 : 10_000),
  acquireReleaseCase(0),
  acquireReleaseCase(10),
  acquireReleaseCase(1_000),
  fillCase({ quick }),
];
