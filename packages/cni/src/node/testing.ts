/**
 * For tests of programs that use this package: contract suites as data, fakes, a network namespace.
 *
 * @module testing
 */
export { cacheContract } from "./testing/cache-contract.js";
export type { ContractCase } from "./testing/contract-case.js";
export { type ExecContractSubject, execContract } from "./testing/exec-contract.js";
export { createFakeExec, type FakeExec } from "./testing/fake-exec.js";
export { createMemoryCache } from "./testing/memory-cache.js";
export { createNetns, type Netns } from "./testing/netns.js";
export { type PluginContractOptions, pluginContract } from "./testing/plugin-contract.js";
