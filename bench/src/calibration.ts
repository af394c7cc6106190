import { median } from "./median.js";

/** A fixed loop of integer arithmetic, timed, so that figures from different machines can be set side by side. */
export interface Calibration {
  readonly loop: string;
  readonly iterations: number;
  readonly ms: number;
}

export function calibrate({ quick }: { readonly quick: boolean }): Calibration {
  const iterations = quick ? 1e6 : 1e8;
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const before = process.hrtime.bigint();
    if (congruentialLoop(iterations) < 0) throw new Error("the masked value cannot be negative");
    times.push(Number(process.hrtime.bigint() - before) / 1e6);
  }
  return { loop: "x = (x * 1103515245 + 12345) & 0x7fffffff", iterations, ms: Math.round(median(times) * 10) / 10 };
}

function congruentialLoop(iterations: number): number {
  let x = 1;
  for (let i = 0; i < iterations; i++) x = (x * 1103515245 + 12345) & 0x7fffffff;
  return x;
}
