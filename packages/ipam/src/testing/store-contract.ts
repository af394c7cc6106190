import type { Store } from "../store.js";
import { contractOfReads } from "./contract-of-reads.js";
import { contractOfReopening } from "./contract-of-reopening.js";
import { contractOfTransactions } from "./contract-of-transactions.js";
import { contractOfWatches } from "./contract-of-watches.js";

/** One check of a contract suite, for any test runner: it rejects when the contract is broken. */
export interface ContractCase {
  readonly name: string;
  /** Rejects when the store does not keep it. */
  run(): Promise<void>;
}

/** What the suite may ask beyond a fresh store. */
export interface StoreContractOptions {
  /**
   * Opens the data of a store that `open` made once more, while that one may still be open, or after it was closed: as
   * another process would. Without it nothing is said about durability and about several users.
   */
  readonly openAgain?: (store: Store) => Promise<Store>;
}

/**
 * What every store does, case by case. `open` makes an empty store for each case, which closes it.
 *
 * @example
 * ```ts
 * import { createMemoryStore } from "@netmason/ipam";
 * import { storeContract } from "@netmason/ipam/testing";
 *
 * for (const { run } of storeContract(async () => createMemoryStore())) await run(); // or: it(name, run)
 * ```
 *
 * @category Stores
 */
export function storeContract(open: () => Promise<Store>, options: StoreContractOptions = {}): readonly ContractCase[] {
  const { openAgain } = options;
  const cases = [...contractOfReads, ...contractOfTransactions, ...contractOfWatches].map(({ name, check }) => ({
    name,
    run: () => withStore(open, check),
  }));
  if (openAgain === undefined) return cases;
  const ofReopening = contractOfReopening.map(({ name, check }) => ({
    name,
    run: () => withStore(open, (store) => check(store, openAgain)),
  }));
  return [...cases, ...ofReopening];
}

async function withStore(open: () => Promise<Store>, check: (store: Store) => Promise<void>): Promise<void> {
  const store = await open();
  try {
    await check(store);
  } finally {
    await store.close();
  }
}
