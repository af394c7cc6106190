import { createThresholds } from "@netmason/lb";
import { describe, expect, it } from "vitest";

describe("createThresholds", () => {
  it("has Envoy's limits", () => {
    const thresholds = createThresholds();
    const resources = ["connections", "pending", "requests", "retries"] as const;
    expect(resources.map((resource) => thresholds.remaining(resource))).toEqual([1_024, 1_024, 1_024, 3]);
  });

  it("gives no more than there are and takes no more back than it gave", () => {
    const thresholds = createThresholds({ retries: 2, pending: 0 });
    const take = (): boolean => thresholds.tryAcquire("retries");
    expect([take(), take(), take(), thresholds.remaining("retries")]).toEqual([true, true, false, 0]);
    thresholds.release("retries");
    expect([thresholds.remaining("retries"), take(), thresholds.tryAcquire("pending")]).toEqual([1, true, false]);
    thresholds.release("retries");
    thresholds.release("retries");
    expect(() => thresholds.release("retries")).toThrow("retries: more were released than acquired");
  });

  it("refuses limits that are none", () => {
    expect(() => createThresholds({ requests: -1 })).toThrow("requests must be from 0");
    expect(() => createThresholds({ requests: 1.5 })).toThrow("requests must be a whole number, not 1.5");
  });
});
