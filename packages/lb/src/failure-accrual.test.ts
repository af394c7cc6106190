import { createFailureAccrual, type Detector, type DetectorEvent, type FailureAccrualOptions } from "@netmason/lb";
import { createManualClock, seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const A = "10.0.0.1:80";

function bench(options: FailureAccrualOptions = {}): {
  readonly detector: Detector;
  readonly after: (ms: number) => void;
  readonly record: (...events: readonly DetectorEvent[]) => void;
} {
  const clock = createManualClock();
  const backoff = { delayMs: (attempt: number) => 1_000 * 2 ** (attempt - 1) };
  const detector = createFailureAccrual({ consecutiveCount: 3, backoff, now: clock.now, ...options });
  detector.retain([A]);
  return {
    detector,
    after(ms) {
      clock.advance(ms);
      detector.tick();
    },
    record: (...events) => {
      for (const event of events) detector.record(A, event);
    },
  };
}

describe("failure accrual", () => {
  it("shuts after failures in a row, of any kind", () => {
    const { detector, record } = bench();
    record(500, "timeout", 404, "reset", "connect_failure");
    expect(detector.isEjected(A)).toBe(false);
    record("connect_success", "failure");
    expect(detector.isEjected(A)).toBe(true);
    expect(detector.list()).toEqual([{ address: A, rule: "consecutive_failures", sinceMs: 0, untilMs: 1_000 }]);
  });

  it("lets one call through after the back-off, and opens when that succeeds", () => {
    const { detector, record, after } = bench();
    record(500, 500, 500, 200, 200);
    after(999);
    expect(detector.isEjected(A)).toBe(true);
    after(1);
    expect(detector.isEjected(A)).toBe(false);
    const probe = detector.begin?.(A) ?? 0;
    expect(probe).toBeGreaterThan(0);
    expect([detector.isEjected(A), detector.begin?.(A)]).toEqual([true, 0]);
    record(200);
    expect([detector.isEjected(A), detector.begin?.(A), detector.tick()]).toEqual([false, 0, Number.POSITIVE_INFINITY]);
    record(500, 500);
    expect(detector.isEjected(A)).toBe(false);
    record(500);
    expect(detector.list()[0]?.untilMs).toBe(2_000);
  });

  it("stays shut for longer when the probe fails", () => {
    const { detector, record, after } = bench();
    record(500, 500, 500);
    const waits = [1_000, 2_000, 4_000, 8_000];
    for (const wait of waits) {
      after(wait - 1);
      expect(detector.isEjected(A)).toBe(true);
      after(1);
      expect(detector.isEjected(A)).toBe(false);
      detector.begin?.(A);
      record(503);
    }
    expect(detector.metrics?.()).toEqual({ shutCount: 5, probeCount: 4, ejectedCount: 1 });
  });

  it("gives the place of a probe without an outcome to another one", () => {
    const { detector, record, after } = bench();
    record(500, 500, 500);
    after(1_000);
    const first = detector.begin?.(A) ?? 0;
    detector.abandon?.(A, first);
    expect(detector.isEjected(A)).toBe(false);
    const second = detector.begin?.(A) ?? 0;
    expect(second).not.toBe(first);
    detector.abandon?.(A, first);
    expect(detector.isEjected(A)).toBe(true);
    record(200);
    expect(detector.isEjected(A)).toBe(false);
  });

  it("shuts by the share of successes in the window, in which 429 counts as none", () => {
    const successRate = { thresholdRatio: 0.8, minCount: 10, windowMs: 1_000 };
    const { detector, record, after } = bench({ consecutiveCount: 0, successRate });
    record(200, 200, 200, 200, 200, 200, 200, 429, 429);
    expect(detector.isEjected(A)).toBe(false);
    record(429);
    expect(detector.list()[0]?.rule).toBe("success_rate");
    after(1_000);
    detector.begin?.(A);
    record(429);
    expect(detector.isEjected(A)).toBe(true);
    after(2_000);
    detector.begin?.(A);
    record(200);
    expect(detector.isEjected(A)).toBe(false);
  });

  it("lets responses age out of the window", () => {
    const successRate = { thresholdRatio: 0.5, minCount: 4, windowMs: 1_000 };
    const { detector, record, after } = bench({ consecutiveCount: 0, successRate });
    record(500, 500, 500);
    after(1_000);
    record(500, 200, 200);
    expect(detector.isEjected(A)).toBe(false);
    after(500);
    record(500, 500, 500);
    expect(detector.isEjected(A)).toBe(true);
  });

  it("forgets endpoints that are not retained and ignores unknown ones", () => {
    const { detector, record, after } = bench();
    record(500, 500, 500);
    detector.record("other", 500);
    detector.retain(["b", A]);
    expect(detector.list().map(({ address }) => address)).toEqual([A]);
    detector.retain(["b"]);
    expect([detector.tick(), detector.isEjected(A)]).toEqual([Number.POSITIVE_INFINITY, false]);
    detector.retain([A]);
    after(1);
    expect(detector.isEjected(A)).toBe(false);
    expect(detector.begin?.("other")).toBe(0);
    detector.abandon?.("other", 1);
  });

  it("never lets two probes through at once and never sticks, whatever happens (case 59)", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("record" as const), event: fc.constantFrom<DetectorEvent>(200, 500, "timeout") }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(3_000) }),
      fc.record({ kind: fc.constantFrom("begin" as const, "abandon" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { detector, record, after } = bench({ consecutiveCount: 2 });
        let probe = 0;
        for (const each of steps) {
          if (each.kind === "record") record(each.event);
          else if (each.kind === "wait") after(each.ms);
          else if (each.kind === "abandon") detector.abandon?.(A, probe);
          else if (!detector.isEjected(A)) {
            const begun = detector.begin?.(A) ?? 0;
            if (begun > 0) {
              probe = begun;
              expect([detector.isEjected(A), detector.begin?.(A)]).toEqual([true, 0]);
            }
          }
        }
        // Whatever state that left: once calls that may still be out are given up, time alone lets a call through.
        detector.abandon?.(A, probe);
        after(10_000_000);
        expect(detector.isEjected(A)).toBe(false);
        detector.begin?.(A);
        record(200);
        expect([detector.isEjected(A), detector.list()]).toEqual([false, []]);
      }),
    );
  });

  it("waits one second doubling to sixty, and up to half more, by default", () => {
    const clock = createManualClock();
    const detector = createFailureAccrual({ now: clock.now, random: seededRandom(3) });
    detector.retain([A]);
    for (let failed = 0; failed < 7; failed++) detector.record(A, 500);
    const waits = Array.from({ length: 9 }, () => {
      const wait = (detector.list()[0]?.untilMs ?? 0) - clock.now();
      clock.advance(wait);
      detector.tick();
      detector.begin?.(A);
      detector.record(A, 500);
      return wait;
    });
    for (const [attempt, wait] of waits.entries()) {
      const base = Math.min(1_000 * 2 ** attempt, 60_000);
      expect(wait).toBeGreaterThanOrEqual(base);
      expect(wait).toBeLessThanOrEqual(Math.min(base * 1.5, 60_000));
    }
  });

  it.each([
    [{ consecutiveCount: -1 }, "consecutiveCount must be from 0"],
    [
      { successRate: { thresholdRatio: 0, minCount: 1, windowMs: 10 } },
      "successRate.thresholdRatio must be greater than 0",
    ],
    [
      { successRate: { thresholdRatio: 1, minCount: 0.5, windowMs: 10 } },
      "successRate.minCount must be a whole number",
    ],
    [{ successRate: { thresholdRatio: 1, minCount: 1, windowMs: 9 } }, "successRate.windowMs must be from 10"],
  ] as const)("refuses %j", (options, message) => {
    expect(() => createFailureAccrual(options)).toThrow(message);
  });
});
