import { createMemoryStore } from "@netmason/ipam";
import { createFaultyStore, runSchedules, type ScheduleContext } from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";

/** Three actors that each add 1 to a number, reading it first; with or without comparing when they write. */
function counters(context: ScheduleContext, compare: boolean): ReturnType<Parameters<typeof runSchedules>[0]["world"]> {
  const store = createMemoryStore();
  const actors = ["a", "b", "c"].map((name) => async (): Promise<void> => {
    const own = createFaultyStore(store, { random: context.random, gate: context.gate(name) });
    for (;;) {
      const [entry] = await own.get(["n"]);
      const value = { v: 1, n: Number(entry?.value.n ?? 0) + 1 };
      const compares = compare ? [{ key: "n", revision: entry?.revision }] : [];
      const result = await own.txn({ compares, ops: [{ kind: "put", key: "n", value }] });
      if (result.kind === "committed") return;
      await context.sleep(5);
    }
  });
  const check = async (): Promise<void> => {
    expect((await store.get(["n"]))[0]?.value.n).toBe(3);
  };
  return { actors, check };
}

describe("runSchedules", () => {
  it("runs every order of calls past what compares", async () => {
    const report = await runSchedules({ seed: 1, count: 500, world: (context) => counters(context, true) });
    expect(report.scheduleCount).toBe(500);
    expect(report.stepCount).toBeGreaterThan(500 * 6);
  });

  it("finds what does not compare, and names the way to see it again", async () => {
    const options = {
      seed: 1,
      count: 500,
      world: (context: ScheduleContext) => counters(context, false),
      replay: (schedule: number) => `run with ${schedule}`,
    };
    const failure = await runSchedules(options).then(
      () => new Error("nothing found"),
      (error: Error) => error,
    );
    const seed = Number(/^schedule (\d+) failed: /.exec(failure.message)?.[1]);
    expect(failure.message).toMatch(/steps: [abc] get, /);
    expect(failure.message).toContain(`replay: run with ${seed}`);
    await expect(runSchedules({ ...options, only: seed })).rejects.toThrow(failure.message);
  });

  it("explores all interleavings of a small world", async () => {
    const seen = new Set<string>();
    const world = (context: ScheduleContext): ReturnType<typeof counters> => {
      const order: string[] = [];
      const actors = ["a", "b", "c"].map((name) => async (): Promise<void> => {
        const gate = context.gate(name);
        for (let i = 0; i < 2; i++) {
          await gate("get");
          order.push(name);
        }
      });
      return { actors, check: () => void seen.add(order.join("")) };
    };
    await runSchedules({ seed: 3, count: 3_000, world });
    expect(seen.size).toBe(90); // 6! / (2! 2! 2!)
  });

  it("tells actors that wait for each other", async () => {
    const world = (): { actors: (() => Promise<void>)[]; check: () => void } => ({
      actors: [() => new Promise(() => {})],
      check: () => {},
    });
    await expect(runSchedules({ seed: 1, count: 1, world })).rejects.toThrow("1 actors wait and no store call is due");
  });

  it("ends a schedule that goes in circles", async () => {
    const world = (context: ScheduleContext): { actors: (() => Promise<void>)[]; check: () => void } => {
      const circle = async (): Promise<void> => {
        for (;;) await context.sleep(1);
      };
      return { actors: [circle], check: () => {} };
    };
    const running = runSchedules({ seed: 1, count: 1, world });
    await expect(running).rejects.toThrow("10000 steps did not bring it to an end\n  steps: (9800 more) sleep 1, ");
  });

  it("lets time pass only by sleeping and advancing, and ends a sleep by its signal", async () => {
    const world = (context: ScheduleContext): { actors: (() => Promise<void>)[]; check: () => void } => {
      const start = context.now();
      const gone = new AbortController();
      const slept = async (): Promise<void> => {
        await context.sleep(1_000);
        context.advance(5);
      };
      const aborted = async (): Promise<void> => {
        const sleeping = context.sleep(1e9, gone.signal);
        gone.abort("enough");
        await expect(sleeping).rejects.toBe("enough");
        await expect(context.sleep(1, gone.signal)).rejects.toBe("enough");
      };
      return { actors: [slept, aborted], check: () => expect(context.now()).toBe(start + 1_005) };
    };
    await runSchedules({ seed: 9, count: 20, world });
  });
});
