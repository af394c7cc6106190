import { type BackoffOptions, createBackoff } from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

function drawn(attempt: number, options: BackoffOptions = {}): { readonly least: number; readonly most: number } {
  const backoff = createBackoff({ ...options, random: seededRandom(7) });
  const delays = Array.from({ length: 10_000 }, () => backoff.delayMs(attempt));
  return { least: Math.min(...delays), most: Math.max(...delays) };
}

describe("createBackoff", () => {
  it.each([
    [1, 25],
    [2, 50],
    [3, 100],
    [4, 200],
    [5, 250],
    [6, 250],
    [500, 250],
  ])("draws attempt %d of Envoy below %d, and to 95 %% of it (case 49)", (attempt, interval) => {
    const { least, most } = drawn(attempt);
    expect(most).toBeLessThan(interval);
    expect(most).toBeGreaterThan(0.95 * (interval - 1));
    expect(least).toBe(0);
  });

  it.each([
    [1, 1_000],
    [2, 1_600],
    [3, 2_560],
    [50, 120_000],
  ])("draws attempt %d of gRPC around %d", (attempt, base) => {
    const { least, most } = drawn(attempt, { kind: "grpc" });
    expect([least >= 0.8 * base, least < 0.81 * base]).toEqual([true, true]);
    expect([most <= 1.2 * base, most > 1.19 * base]).toEqual([true, true]);
  });

  it.each([
    [1, 1_000, 1_500],
    [6, 32_000, 48_000],
    [7, 60_000, 60_000],
  ])("draws attempt %d of Linkerd from %d to %d", (attempt, from, to) => {
    const { least, most } = drawn(attempt, { kind: "linkerd" });
    expect([least >= from, most <= to, most >= from + 0.95 * (to - from)]).toEqual([true, true, true]);
  });

  it("refuses intervals that are none", () => {
    expect(() => createBackoff({ baseMs: 0 })).toThrow("baseMs must be greater than 0, not 0");
    expect(() => createBackoff({ baseMs: 10, maxMs: 9 })).toThrow("maxMs must be from 10");
    expect(() => createBackoff({ multiplier: 0.5 })).toThrow(RangeError);
    expect(() => createBackoff().delayMs(0)).toThrow("attempt must be at least 1, not 0");
  });
});
