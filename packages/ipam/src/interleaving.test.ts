import { runSchedules, type ScheduleContext, type ScheduleReport } from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";
import { drawPlan, type Operation, type Plan, poolOf, V4 } from "../test/schedule-plans.js";
import { createScheduleWorld, type WorldOptions } from "../test/schedule-world.js";

const only = process.env.SCHEDULE === undefined ? undefined : Number(process.env.SCHEDULE);

/**
 * Runs so many schedules, a hundred times as many with SOAK=1, a fiftieth with BRIEF=1; a failure names the command that
 * runs its schedule again.
 */
function explore(
  title: string,
  count: number,
  drawWorld: (context: ScheduleContext) => WorldOptions,
): Promise<ScheduleReport> {
  return runSchedules({
    seed: Number(process.env.PROPERTY_SEED ?? 1),
    count: process.env.SOAK === "1" ? count * 100 : process.env.BRIEF === "1" ? count / 50 : count,
    only,
    replay: (schedule) => `SCHEDULE=${schedule} npx vitest run --project unit interleaving -t "${title}"`,
    world: (context: ScheduleContext) => createScheduleWorld(context, drawWorld(context)),
  });
}

/** Operations that some plan draws. */
const OPERATIONS: readonly Operation[] = [
  "allocate",
  "allocateBoth",
  "allocateExact",
  "allocatePrefix",
  "allocateThisPrefix",
  "allocateInside",
  "repeat",
  "renew",
  "release",
  "releaseSome",
  "releaseUnguarded",
  "collect",
  "collectDead",
  "freeDead",
  "beginAnew",
  "claimBlocks",
  "releaseBlocks",
  "createPool",
  "deletePool",
  "drain",
  "enable",
  "reserve",
  "unreserve",
  "nestPool",
];

describe("nodes that share a store", () => {
  const everything = "hold no address twice, lose none and leak none in 100,000 schedules with faults and crashes";

  it(everything, { timeout: process.env.SOAK === "1" ? 86_400_000 : 900_000 }, async () => {
    const done = new Map<Operation, number>();
    const plans = new Map<string, number>();
    const report = await explore(everything, 100_000, ({ random }) => {
      const plan = drawPlan(random);
      plans.set(plan.name, (plans.get(plan.name) ?? 0) + 1);
      return { plan, nodeCount: 3, operationCount: 4, auditRatio: 0.1, done };
    });
    expect(report.stepCount / report.scheduleCount).toBeGreaterThan(20);
    if (only !== undefined) return;
    const counts = OPERATIONS.map((operation) => [operation, done.get(operation) ?? 0] as const);
    process.stdout.write(`${[...plans, ...counts].map(([name, count]) => `${name} ${count}`).join(", ")}\n`);
    // Of each kind, not only one by chance; a brief run is too short for the rare ones.
    if (report.scheduleCount < 100_000) return;
    const rare = counts.filter(([, count]) => count <= report.scheduleCount / 5_000);
    expect(rare).toEqual([]);
  });

  const usual = (more: Partial<Plan>): Plan => ({
    name: "usual",
    pools: [poolOf(V4, { kind: "addresses", blockLength: 30, cooldownMs: more.cooldownMs ?? 0 })],
    weights: { allocate: 36, repeat: 9, allocateExact: 10, renew: 5, release: 35, collect: 5 },
    cooldownMs: 0,
    ...more,
  });
  const apart = "share no leased address while their clocks differ by no more than maxClockSkewMs";

  it.each([
    ["2.5 s, the default", [-2_500, 0, 2_500], undefined],
    ["5 minutes, with 600,000", [-300_000, 0, 300_000], 600_000],
  ] as const)(`${apart}: %s`, async (_, skews, maxClockSkewMs) => {
    const stepMs = maxClockSkewMs === undefined ? 15_000 : 500_000;
    const plan = usual({ skews, ttlMs: 20_000, cooldownMs: 10_000, stepMs });
    const clocks = maxClockSkewMs === undefined ? {} : { maxClockSkewMs };
    await explore(apart, 1_000, () => ({ plan, nodeCount: 3, operationCount: 6, auditRatio: 0, ...clocks }));
  });

  const wild = "share no address without a lease, however far their clocks are apart";

  it(wild, async () => {
    const weights = { allocate: 40, repeat: 10, allocateExact: 10, release: 35, collect: 5 };
    const plan = usual({ skews: [-86_400_000, 0, 86_400_000], stepMs: 60_000, weights });
    await explore(wild, 1_000, () => ({ plan, nodeCount: 3, operationCount: 6, auditRatio: 0 }));
  });
});
