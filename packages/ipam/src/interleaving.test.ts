import { runSchedules, type ScheduleContext, type ScheduleReport } from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";
import { createScheduleWorld, type WorldOptions } from "../test/schedule-world.js";

const only = process.env.SCHEDULE === undefined ? undefined : Number(process.env.SCHEDULE);

/**
 * Runs so many schedules, a hundred times as many with SOAK=1, a fiftieth with BRIEF=1; a failure names the command that
 * runs its schedule again.
 */
function explore(title: string, count: number, options: WorldOptions): Promise<ScheduleReport> {
  return runSchedules({
    seed: Number(process.env.PROPERTY_SEED ?? 1),
    count: process.env.SOAK === "1" ? count * 100 : process.env.BRIEF === "1" ? count / 50 : count,
    only,
    replay: (schedule) => `SCHEDULE=${schedule} npx vitest run --project unit interleaving -t "${title}"`,
    world: (context: ScheduleContext) => createScheduleWorld(context, options),
  });
}

describe("nodes that share a store", () => {
  const everything = "hold no address twice, lose none and leak none in 100,000 schedules with faults and crashes";

  it(everything, { timeout: process.env.SOAK === "1" ? 86_400_000 : 900_000 }, async () => {
    const report = await explore(everything, 100_000, { nodeCount: 3, operationCount: 4, auditRatio: 0.1 });
    expect(report.stepCount / report.scheduleCount).toBeGreaterThan(20);
  });

  const apart = "share no leased address while their clocks differ by no more than maxClockSkewMs";

  it.each([
    ["2.5 s, the default", [-2_500, 0, 2_500], undefined],
    ["5 minutes, with 600,000", [-300_000, 0, 300_000], 600_000],
  ] as const)(`${apart}: %s`, async (_, skews, maxClockSkewMs) => {
    await explore(apart, 1_000, {
      nodeCount: 3,
      operationCount: 6,
      skews,
      ...(maxClockSkewMs !== undefined && { maxClockSkewMs }),
      ttlMs: 20_000,
      cooldownMs: 10_000,
      stepMs: maxClockSkewMs === undefined ? 15_000 : 500_000,
      auditRatio: 0,
    });
  });

  const wild = "share no address without a lease, however far their clocks are apart";

  it(wild, async () => {
    const skews = [-86_400_000, 0, 86_400_000];
    await explore(wild, 1_000, { nodeCount: 3, operationCount: 6, skews, stepMs: 60_000, auditRatio: 0 });
  });
});
