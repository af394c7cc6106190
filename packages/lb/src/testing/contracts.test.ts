import {
  createConcurrencyBudget,
  createDepositBudget,
  createFailureAccrual,
  createOutlierDetector,
  createThrottleBudget,
  type Detector,
  isLbError,
  type RetryBudget,
} from "@netmason/lb";
import { type ContractCase, detectorContract, retryBudgetContract } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

async function brokenOf(cases: readonly ContractCase[]): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of cases) {
    try {
      await run();
    } catch (error) {
      broken.push(isLbError(error, "contract_broken") ? name : String(error));
    }
  }
  return broken;
}

const detectors = {
  "outlier detection": (clock) => createOutlierDetector({ ...clock, ejection: { maxPercent: 50 } }),
  "split outlier detection": (clock) =>
    createOutlierDetector({ ...clock, consecutiveLocalOrigin: { split: true }, ejection: { alwaysOne: true } }),
  "failure accrual": (clock) => createFailureAccrual({ ...clock, consecutiveCount: 2 }),
  "accrual by success rate": (clock) =>
    createFailureAccrual({ ...clock, successRate: { thresholdRatio: 0.5, minCount: 4, windowMs: 1_000 } }),
} satisfies Record<string, Parameters<typeof detectorContract>[0]>;

for (const [name, create] of Object.entries(detectors)) {
  describe(`the contract of detectors: ${name}`, () => {
    it.each(detectorContract(create).map((each) => [each.name, each.run]))("%s", async (_, run) => {
      await expect((async () => run())()).resolves.toBeUndefined();
    });
  });
}

const budgets = {
  concurrency: () => createConcurrencyBudget(),
  deposits: () => createDepositBudget({ now: () => 0 }),
  throttle: () => createThrottleBudget({ maxTokens: 100, tokenRatio: 0.1 }),
} satisfies Record<string, () => RetryBudget>;

for (const [name, create] of Object.entries(budgets)) {
  describe(`the contract of retry budgets: ${name}`, () => {
    it.each(retryBudgetContract(create).map((each) => [each.name, each.run]))("%s", async (_, run) => {
      await expect((async () => run())()).resolves.toBeUndefined();
    });
  });
}

describe("the contracts find what is broken", () => {
  it("in detectors", async () => {
    const broken = (change: Partial<Detector>): Parameters<typeof detectorContract>[0] => {
      return (clock) => {
        const detector = createOutlierDetector({ ...clock, ejection: { maxPercent: 100 } });
        const whole: Detector = {
          record: (address, event) => detector.record(address, event),
          retain: (addresses) => detector.retain(addresses),
          isEjected: (address) => detector.isEjected(address),
          get revision() {
            return detector.revision;
          },
          tick: () => detector.tick(),
          list: () => detector.list(),
        };
        return Object.defineProperties(whole, Object.getOwnPropertyDescriptors(change)) as Detector;
      };
    };
    expect(await brokenOf(detectorContract(broken({})))).toEqual([]);
    expect(await brokenOf(detectorContract(broken({ revision: 1 })))).toContain(
      "changes its revision with its answers, and lists what is out",
    );
    expect(await brokenOf(detectorContract(broken({ list: () => [] })))).not.toEqual([]);
    expect(await brokenOf(detectorContract(broken({ isEjected: () => true })))).toContain(
      "ignores what it does not retain",
    );
    expect(await brokenOf(detectorContract(broken({ tick: () => Number.NaN })))).not.toEqual([]);
    expect(await brokenOf(detectorContract(broken({ retain: () => {} })))).toEqual([]);
  });

  it("in budgets", async () => {
    const always: RetryBudget = { requestStarted() {}, requestEnded() {}, tryRetry: () => true, retryEnded() {} };
    expect(await brokenOf(retryBudgetContract(() => always))).toHaveLength(3);
    const never = { ...always, tryRetry: () => false };
    expect(await brokenOf(retryBudgetContract(() => never))).toEqual(["grants again once requests succeed"]);
    let asked = 0;
    const wavering = { ...always, tryRetry: () => asked++ % 2 === 0 };
    expect(await brokenOf(retryBudgetContract(() => wavering))).toContain("stays refused until something changes");
  });
});
