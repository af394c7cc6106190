import { createOutlierDetector, type Detector, type DetectorEvent, type OutlierOptions } from "@netmason/lb";
import { createManualClock, fixedDraws, seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { successRateThreshold } from "./internal/outlier-monitor.js";

interface Bench {
  readonly detector: Detector;
  /** Moves the clock and does what is due. */
  readonly to: (timeMs: number) => void;
  readonly record: (address: string, ...events: readonly DetectorEvent[]) => void;
  readonly out: () => readonly string[];
}

function bench(count: number, options: OutlierOptions = {}, random: () => number = seededRandom(1)): Bench {
  const clock = createManualClock();
  const detector = createOutlierDetector({ ...options, now: clock.now, random });
  detector.retain(Array.from({ length: count }, (_, i) => `e${i}`));
  return {
    detector,
    to(timeMs) {
      clock.advance(timeMs - clock.now());
      detector.tick();
    },
    record: (address, ...events) => {
      for (const event of events) detector.record(address, event);
    },
    out: () => detector.list().map(({ address }) => address),
  };
}

const times = (count: number, event: DetectorEvent): readonly DetectorEvent[] =>
  Array.from({ length: count }, () => event);

describe("the outlier detector", () => {
  it("computes the threshold of success rates as Envoy (case 45)", () => {
    expect(successRateThreshold([50, 100, 100, 100, 100], 1.9)).toEqual({ mean: 90, threshold: 52 });
  });

  it("ejects by success rate when the interval ends, and takes back when the time is over (case 45)", () => {
    const { record, to, out, detector } = bench(5, { ejection: { maxPercent: 20 } });
    for (let i = 1; i < 5; i++) record(`e${i}`, ...times(100, 200));
    for (let i = 0; i < 50; i++) record("e0", 200, 503);
    to(9_999);
    expect(out()).toEqual([]);
    to(10_000);
    expect(detector.list()).toEqual([{ address: "e0", rule: "success_rate", sinceMs: 10_000, untilMs: 40_000 }]);
    to(19_999);
    expect(out()).toEqual(["e0"]);
    to(39_999);
    expect(out()).toEqual(["e0"]);
    to(50_001);
    expect(out()).toEqual([]);
  });

  it("lengthens each ejection up to the longest, and shortens it again for each quiet interval (case 45)", () => {
    const { record, to, detector } = bench(10);
    let time = 0;
    const lengths = Array.from({ length: 12 }, () => {
      record("e0", ...times(5, 500));
      const [ejection] = detector.list();
      const length = (ejection?.untilMs ?? 0) - (ejection?.sinceMs ?? 0);
      time = ejection?.untilMs ?? 0;
      to(time);
      return length;
    });
    expect(lengths).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300].map((s) => s * 1_000));
    time += 110_000;
    to(time);
    record("e0", ...times(5, 500));
    expect(detector.list()[0]?.untilMs).toBe(time + 30_000);
  });

  it("ejects none of 9 at 10 %, and one where one may always go (case 46)", () => {
    const envoy = bench(9);
    const grpc = bench(9, { ejection: { alwaysOne: true } });
    for (const { record } of [envoy, grpc]) for (let i = 0; i < 9; i++) record(`e${i}`, ...times(5, 500));
    expect([envoy.out(), grpc.out()]).toEqual([[], ["e0"]]);
    expect(envoy.detector.metrics?.()).toEqual({ consecutive5xxDetectedCount: 9, overflowCount: 9, ejectedCount: 0 });
    const ten = bench(10);
    ten.record("e3", ...times(5, 500));
    expect(ten.out()).toEqual(["e3"]);
  });

  it("counts gateway errors apart: a 500 resets them alone, a 200 both (case 47)", () => {
    const rules: OutlierOptions = {
      consecutive5xx: { threshold: 6 },
      consecutiveGateway: { threshold: 3, enforcePercent: 100 },
    };
    const gateway = bench(10, rules);
    gateway.record("e0", 502, 503, 500, 502, 503);
    expect(gateway.out()).toEqual([]);
    gateway.record("e0", 504);
    expect(gateway.detector.list()[0]?.rule).toBe("consecutive_gateway_failure");
    const both = bench(10, rules);
    both.record("e0", 502, 503, 200, 502, 503, 200, 500, 500, 500, 500, 500);
    expect(both.out()).toEqual([]);
    both.record("e0", 500);
    expect(both.detector.list()[0]?.rule).toBe("consecutive_5xx");
  });

  it("does not take a connection for a response (case 47)", () => {
    const { record, out } = bench(10);
    record("e0", 503, "connect_success", "reset", "connect_success", "timeout", "failure");
    expect(out()).toEqual([]);
    record("e0", "connect_success", "connect_failure");
    expect(out()).toEqual(["e0"]);
  });

  it("counts failures of local origin apart where they are split", () => {
    const { record, out, detector } = bench(10, { consecutiveLocalOrigin: { split: true, threshold: 3 } });
    record("e0", "timeout", "reset", 500, "connect_failure", "timeout");
    expect(out()).toEqual([]);
    record("e0", "connect_success", "timeout", "timeout");
    expect(out()).toEqual([]);
    record("e0", "timeout");
    expect(detector.list()[0]?.rule).toBe("consecutive_local_origin_failure");
  });

  it("compares success rates of local origin where they are split", () => {
    const { record, to, detector } = bench(5, {
      ejection: { maxPercent: 20 },
      consecutiveLocalOrigin: { split: true, threshold: 1_000 },
    });
    for (let i = 1; i < 5; i++) record(`e${i}`, ...times(100, 200));
    record("e0", ...times(50, 200), ...times(50, "timeout"));
    to(10_000);
    expect(detector.list().map(({ rule }) => rule)).toEqual(["success_rate_local_origin"]);
  });

  it.each([
    [85, 50, ["failure_percentage"]],
    [84, 50, []],
    [85, 49, []],
  ])("ejects by failures in a hundred: %d of %d requests", (percent, volume, kinds) => {
    const { record, to, detector } = bench(5, {
      ejection: { maxPercent: 20 },
      successRate: { enforcePercent: 0 },
      consecutive5xx: { threshold: 1_000 },
      failurePercent: { enforcePercent: 100, requestVolume: 50, thresholdPercent: percent === 84 ? 85 : percent },
    });
    const failures = Math.ceil((volume * percent) / 100) - (percent === 84 ? 1 : 0);
    for (let i = 1; i < 5; i++) record(`e${i}`, ...times(50, 200));
    record("e0", ...times(failures, 500), ...times(volume - failures, 200));
    to(10_000);
    expect(detector.list().map(({ rule }) => rule)).toEqual(kinds);
  });

  it("does not compare fewer endpoints than it takes", () => {
    const { record, to, out } = bench(4, { ejection: { maxPercent: 100 } });
    for (let i = 1; i < 4; i++) record(`e${i}`, ...times(100, 200));
    record("e0", ...times(100, 400), 500, 200, 500);
    to(10_000);
    expect(out()).toEqual([]);
  });

  it("draws only where chance decides", () => {
    const always = bench(10, {}, fixedDraws([]));
    always.record("e0", ...times(5, 500));
    expect(always.out()).toEqual(["e0"]);
    const half = bench(10, { consecutive5xx: { enforcePercent: 50 } }, fixedDraws([50, 149]));
    half.record("e0", ...times(5, 500));
    expect(half.out()).toEqual([]);
    half.record("e0", ...times(5, 500));
    expect(half.out()).toEqual(["e0"]);
    const jitter = bench(10, { ejection: { jitterMs: 20_000 } }, fixedDraws([30_001]));
    jitter.record("e0", ...times(5, 500));
    expect(jitter.detector.list()[0]?.untilMs).toBe(40_000);
  });

  it("begins to count anew after a finding that was not enforced, and after a return", () => {
    const { record, out, detector } = bench(10, { consecutive5xx: { enforcePercent: 0 } });
    record("e0", ...times(12, 500));
    expect(detector.metrics?.()).toMatchObject({ consecutive5xxDetectedCount: 2 });
    expect(out()).toEqual([]);
    const back = bench(10);
    back.record("e0", ...times(9, 500));
    back.to(30_000);
    back.record("e0", ...times(4, 500));
    expect(back.out()).toEqual([]);
  });

  it("forgets endpoints that are not retained and ignores unknown ones", () => {
    const { record, detector, out } = bench(10);
    record("e0", ...times(5, 500));
    record("other", ...times(5, 500));
    const before = detector.revision;
    detector.retain(["e1", "e0"]);
    expect([out(), detector.isEjected("other"), detector.revision > before]).toEqual([["e0"], false, true]);
    detector.retain(["e1"]);
    detector.retain(["e0", "e1"]);
    expect(out()).toEqual([]);
  });

  it("does missed intervals one after the other, and skips them when nothing could change", () => {
    const { record, to, detector, out } = bench(10);
    record("e0", ...times(5, 500));
    to(1_000_000_005);
    expect(out()).toEqual([]);
    expect(detector.tick()).toBe(1_000_010_000);
  });

  it("never has more out than the percentage allows, whatever happens", () => {
    const step = fc.tuple(fc.nat(19), fc.constantFrom<DetectorEvent>(200, 500, 503, "timeout"), fc.nat(3_000));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 5, max: 60 }), (steps, maxPercent) => {
        const { detector, to, record, out } = bench(20, { consecutive5xx: { threshold: 2 }, ejection: { maxPercent } });
        let time = 0;
        for (const [host, event, wait] of steps) {
          time += wait;
          to(time);
          record(`e${host}`, event, event);
          const ejected = out();
          expect((100 * ejected.length) / 20).toBeLessThanOrEqual(maxPercent);
          expect(ejected.every((address) => detector.isEjected(address))).toBe(true);
          expect(detector.list().every(({ untilMs }) => untilMs > time - 1)).toBe(true);
        }
        to(time + 400_000);
        expect(out()).toEqual([]);
      }),
    );
  });

  it.each([
    [{ intervalMs: 0 }, "intervalMs must be from 1"],
    [{ ejection: { baseMs: 10, maxMs: 9 } }, "ejection.maxMs must be from 10"],
    [{ ejection: { maxPercent: 101 } }, "ejection.maxPercent must be from 0 to 100, not 101"],
    [{ consecutive5xx: { threshold: 0 } }, "consecutive5xx.threshold must be from 1"],
    [{ consecutiveGateway: { enforcePercent: -1 } }, "consecutiveGateway.enforcePercent"],
    [{ successRate: { stdevFactor: Number.NaN } }, "successRate.stdevFactor"],
    [{ failurePercent: { requestVolume: 1.5 } }, "failurePercent.requestVolume must be a whole number, not 1.5"],
  ] as const)("refuses %j", (options, message) => {
    expect(() => createOutlierDetector(options)).toThrow(message);
    expect(() => createOutlierDetector(options)).toThrow(RangeError);
  });
});
