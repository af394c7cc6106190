/** One case of a contract; run it in any test framework. */
export interface ContractCase {
  readonly name: string;
  /** Throws when the contract is broken. */
  readonly run: () => void | Promise<void>;
}
