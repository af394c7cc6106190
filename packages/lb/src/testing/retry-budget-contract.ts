import type { RetryBudget } from "../retry-budget.js";
import { type ContractCase, must } from "./contract-case.js";

const MOST = 1_000_000;

/**
 * What every retry budget must do: end, that is refuse at some time when nothing but retries happens; stay refused until
 * something changes; grant again once enough requests have succeeded.
 *
 * @param create - makes the budget anew for each case; over a clock that stands still, if it has one
 * @category Testing
 */
export function retryBudgetContract(create: () => RetryBudget): readonly ContractCase[] {
  return [
    { name: "ends when nothing but retries happens", run: () => void exhaust(create()) },
    { name: "stays refused until something changes", run: () => staysRefused(create()) },
    { name: "grants again once requests succeed", run: () => recovers(create()) },
  ];
}

function exhaust(budget: RetryBudget): number {
  budget.requestStarted();
  let granted = 0;
  while (budget.tryRetry()) {
    granted++;
    must(granted < MOST, `${MOST} retries of one request were granted`);
  }
  return granted;
}

function staysRefused(budget: RetryBudget): void {
  exhaust(budget);
  for (let i = 0; i < 100; i++) must(!budget.tryRetry(), "a refused retry is granted when it is asked for again");
}

function recovers(budget: RetryBudget): void {
  const granted = exhaust(budget);
  for (let i = 0; i < granted; i++) budget.retryEnded(false);
  budget.requestEnded(false);
  for (let i = 0; i < 100_000; i++) {
    budget.requestStarted();
    budget.requestEnded(true);
  }
  budget.requestStarted();
  must(budget.tryRetry(), "nothing is granted after 100,000 requests that succeeded");
  budget.retryEnded(true);
  budget.requestEnded(true);
}
