import type { AreaCases } from "../bench-case.js";
import { bridgeCase } from "./bridge-case.js";
import { convertResultCase, execOverheadCase, inProcessAddCase, parseConflistCase } from "./call-cases.js";
import { hostLocalCase } from "./host-local-cases.js";

/** The cases of `@netmason/cni`. */
export const cniCases: AreaCases = ({ quick }) => [
  execOverheadCase,
  hostLocalCase("host-local-add", 0),
  hostLocalCase("host-local-add-1000-leases", quick ? 10 : 1_000),
  bridgeCase,
  inProcessAddCase,
  convertResultCase,
  parseConflistCase,
];
