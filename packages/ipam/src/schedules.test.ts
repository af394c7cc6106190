import { runSchedules } from "@netmason/ipam/testing";
import { expect, it } from "vitest";
import { createSharedWorld } from "../test/shared-plan.js";

const COUNT = process.env.SOAK === "1" ? 100_000 : 1_000;

it("gives no address to two holders in any order of store calls, with conflicts, lost answers and crashes", async () => {
  const only = process.env.SCHEDULE === undefined ? undefined : Number(process.env.SCHEDULE);
  const report = await runSchedules({
    seed: Number(process.env.PROPERTY_SEED ?? 1),
    count: COUNT,
    only,
    replay: (seed) => `SCHEDULE=${seed} npx vitest run --project unit packages/ipam/src/schedules.test.ts`,
    world: (context) =>
      createSharedWorld(context, {
        actorCount: 3,
        actCount: 4,
        faults: { conflictRatio: 0.05, unknownOutcomeRatio: 0.05, unavailableRatio: 0.02 },
      }),
  });
  expect(report.scheduleCount).toBe(only === undefined ? COUNT : 1);
  expect(report.stepCount / report.scheduleCount).toBeGreaterThan(20);
});
