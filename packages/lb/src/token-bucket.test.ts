import { createTokenBucket } from "@netmason/lb";
import { createManualClock } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The generic cell rate algorithm, the other way to say it: the time at which the bucket will be full again. */
function cellRate(ratePerSecond: number, burst: number): (nowMs: number) => boolean {
  const cost = 1_000 / ratePerSecond;
  let full = 0;
  return (nowMs) => {
    const next = Math.max(full, nowMs) + cost;
    if (next - nowMs > burst * cost + 1e-6) return false;
    full = next;
    return true;
  };
}

describe("createTokenBucket", () => {
  it("answers as the generic cell rate algorithm over random arrivals (case 51)", () => {
    const clock = createManualClock();
    // Dyadic rates and times, so that both ways of adding up are exact.
    const bucket = createTokenBucket({ ratePerSecond: 125, burst: 8, now: clock.now });
    const cells = cellRate(125, 8);
    const gaps = fc.sample(fc.oneof(fc.nat(4), fc.nat(16), fc.nat(200)), { numRuns: 100_000, seed: 5 });
    let differences = 0;
    let taken = 0;
    for (const gap of gaps) {
      clock.advance(gap);
      const answer = bucket.tryTake();
      if (answer) taken++;
      if (answer !== cells(clock.now())) differences++;
    }
    expect(differences).toBe(0);
    expect(taken).toBeGreaterThan(50_000);
    expect(taken).toBeLessThan(100_000);
  });

  it("never gives more than burst and rate times time in any window (case 51)", () => {
    const arrivals = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 4 })), { maxLength: 60 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 }), (list, rate, burst) => {
        const clock = createManualClock();
        const bucket = createTokenBucket({ ratePerSecond: rate, burst, now: clock.now });
        const taken = list.flatMap(([gap, count]) => {
          clock.advance(gap);
          return bucket.tryTake(count) ? [{ at: clock.now(), count }] : [];
        });
        for (const [first, { at: from }] of taken.entries()) {
          let sum = 0;
          for (const { at, count } of taken.slice(first)) {
            sum += count;
            expect(sum).toBeLessThanOrEqual(burst + (rate * (at - from)) / 1_000 + 1e-9);
          }
        }
      }),
    );
  });

  it("begins full, takes all or nothing and says when the next one comes", () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ ratePerSecond: 2, burst: 3, now: clock.now });
    expect([bucket.nextMs(), bucket.tryTake(4), bucket.tryTake(3), bucket.tryTake(), bucket.nextMs()]).toEqual([
      0,
      false,
      true,
      false,
      500,
    ]);
    clock.advance(200);
    expect(bucket.nextMs()).toBe(300);
    clock.advance(300);
    expect([bucket.nextMs(), bucket.tryTake(), bucket.tryTake(0)]).toEqual([0, true, true]);
    clock.advance(1e9);
    expect([bucket.tryTake(3), bucket.tryTake()]).toEqual([true, false]);
  });

  it("gives at least one token a year, as Envoy does", () => {
    const bucket = createTokenBucket({ ratePerSecond: 1e-12, burst: 1, now: () => 0 });
    expect([bucket.tryTake(), bucket.nextMs() / 86_400_000]).toEqual([true, expect.closeTo(365, 6)]);
  });

  it("refuses rates and bursts that are none", () => {
    expect(() => createTokenBucket({ ratePerSecond: 0, burst: 1 })).toThrow("ratePerSecond must be greater than 0");
    expect(() => createTokenBucket({ ratePerSecond: 1, burst: 0 })).toThrow("burst must be from 1");
    expect(() => createTokenBucket({ ratePerSecond: 1, burst: 1 }).tryTake(-1)).toThrow(RangeError);
  });
});
