import { createConcurrencyBudget, createDepositBudget, createThrottleBudget, type RetryBudget } from "@netmason/lb";
import { createManualClock } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

/** How many retries are granted one after the other. */
function granted(budget: RetryBudget, most = 1_000): number {
  let count = 0;
  while (count < most && budget.tryRetry()) count++;
  return count;
}

describe("the budget by concurrency", () => {
  it.each([
    [100, 20],
    [5, 3],
    [0, 3],
    [19, 3],
    [20, 4],
    [24, 4],
    [25, 5],
  ])("grants of %d requests in flight %d retries (case 48)", (active, retries) => {
    const budget = createConcurrencyBudget();
    for (let i = 0; i < active; i++) budget.requestStarted();
    expect(granted(budget)).toBe(retries);
  });

  it("gives back what is over", () => {
    const budget = createConcurrencyBudget({ percent: 50, minConcurrency: 0 });
    budget.requestStarted();
    budget.requestStarted();
    expect([budget.tryRetry(), budget.tryRetry()]).toEqual([true, false]);
    budget.retryEnded(false);
    expect(budget.tryRetry()).toBe(true);
    budget.retryEnded(true);
    budget.requestEnded(true);
    expect(budget.tryRetry()).toBe(false);
    budget.requestEnded(true);
    expect(() => budget.requestEnded(true)).toThrow("requestEnded: nothing had begun");
    expect(() => budget.retryEnded(true)).toThrow(RangeError);
  });

  it("refuses options out of bounds", () => {
    expect(() => createConcurrencyBudget({ percent: 101 })).toThrow("percent must be from 0 to 100, not 101");
    expect(() => createConcurrencyBudget({ minConcurrency: -1 })).toThrow(RangeError);
  });
});

describe("the budget by deposits", () => {
  it("grants ten a second of reserve, and a fifth of requests on top", () => {
    const clock = createManualClock();
    const budget = createDepositBudget({ now: clock.now });
    expect(granted(budget)).toBe(100);
    for (let i = 0; i < 50; i++) budget.requestStarted();
    expect(granted(budget)).toBe(10);
  });

  it("forgets deposits and withdrawals with their slice", () => {
    const clock = createManualClock();
    const budget = createDepositBudget({ ttlMs: 1_000, percent: 100, minPerSecond: 0, now: clock.now });
    for (let i = 0; i < 7; i++) budget.requestStarted();
    clock.advance(999);
    expect(budget.tryRetry()).toBe(true);
    clock.advance(1);
    expect(budget.tryRetry()).toBe(false);
    clock.advance(1_000);
    expect(budget.tryRetry()).toBe(false);
    budget.requestStarted();
    expect([budget.tryRetry(), budget.tryRetry()]).toEqual([true, false]);
  });

  it("grants several retries a request above 100 percent, and by time alone at 0", () => {
    const clock = createManualClock();
    const many = createDepositBudget({ percent: 200, minPerSecond: 0, now: clock.now });
    many.requestStarted();
    expect(granted(many)).toBe(2);
    const timed = createDepositBudget({ percent: 0, minPerSecond: 1, ttlMs: 2_000, now: clock.now });
    timed.requestStarted();
    expect(granted(timed)).toBe(2);
    clock.advance(2_000);
    expect(granted(timed)).toBe(2);
    expect(granted(createDepositBudget({ percent: 0, minPerSecond: 0, now: clock.now }))).toBe(0);
    expect(() => createDepositBudget({ ttlMs: 999 })).toThrow("ttlMs must be from 1000 to 60000, not 999");
  });
});

describe("the throttle", () => {
  it("blocks after 5 failures of 10 tokens, and allows after a success (case 50)", () => {
    const budget = createThrottleBudget({ maxTokens: 10, tokenRatio: 0.1 });
    for (let failed = 0; failed < 4; failed++) budget.requestEnded(false);
    expect([budget.tokens, budget.allowsRetries]).toEqual([6, true]);
    // The fifth failure leaves 5.0, which is not more than half.
    expect([budget.tryRetry(), budget.tokens, budget.allowsRetries]).toEqual([false, 5, false]);
    budget.requestEnded(false);
    expect(budget.tokens).toBe(5);
    budget.requestEnded(true);
    expect([budget.tokens, budget.allowsRetries]).toEqual([5.1, true]);
  });

  it("takes one token for each failed attempt of a request and puts the ratio back for its success", () => {
    const budget = createThrottleBudget({ maxTokens: 100, tokenRatio: 0.5559 });
    budget.requestStarted();
    expect([budget.tryRetry(), budget.tryRetry()]).toEqual([true, true]);
    budget.retryEnded(true);
    budget.requestEnded(true);
    expect(budget.tokens).toBe(98.555);
    for (let failed = 0; failed < 200; failed++) budget.requestEnded(false);
    expect(budget.tokens).toBe(0);
    for (let done = 0; done < 1_000; done++) budget.requestEnded(true);
    expect(budget.tokens).toBe(100);
  });

  it("counts the failures that come after a request that was refused a retry and succeeded", () => {
    const budget = createThrottleBudget({ maxTokens: 2, tokenRatio: 1 });
    budget.requestStarted();
    expect([budget.tryRetry(), budget.tokens]).toEqual([false, 1]);
    budget.requestEnded(true);
    expect(budget.tokens).toBe(2);
    budget.requestStarted();
    budget.requestEnded(false);
    expect(budget.tokens).toBe(1);
  });

  it("refuses options out of bounds", () => {
    expect(() => createThrottleBudget({ maxTokens: 0, tokenRatio: 1 })).toThrow("maxTokens must be greater than 0");
    expect(() => createThrottleBudget({ maxTokens: 1, tokenRatio: 0.0001 })).toThrow(
      "tokenRatio must be at least 0.001",
    );
  });
});
