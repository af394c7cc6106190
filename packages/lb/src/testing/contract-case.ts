import { LbError } from "../errors.js";

/** One promise of an interface: give `name` and `run` to the test framework of your choice. */
export interface ContractCase {
  /** What is promised. */
  readonly name: string;
  /** Throws when the promise is broken. */
  run(): void | Promise<void>;
}

/** Throws what a contract case throws. */
export function must(condition: boolean, text: string): asserts condition {
  if (!condition) throw new LbError("contract_broken", text, { rule: text });
}
