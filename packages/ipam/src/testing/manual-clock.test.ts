import { createManualClock, seededRandom } from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";

describe("createManualClock", () => {
  it("wakes sleepers in the order of their time, each at its time", async () => {
    const clock = createManualClock(100);
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = [sleeper("late", 30), sleeper("early", 10), sleeper("never", 31)];
    await clock.advance(30);
    expect(woken).toEqual([
      ["early", 110],
      ["late", 130],
    ]);
    await clock.advance(1);
    await Promise.all(all);
    expect(woken).toHaveLength(3);
    expect(clock.now()).toBe(131);
  });

  it("wakes who falls asleep again on the way", async () => {
    const clock = createManualClock();
    const start = clock.now();
    const woken: number[] = [];
    const loop = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(10);
        woken.push(clock.now() - start);
      }
    };
    const done = loop();
    await clock.advance(35);
    await done;
    expect(woken).toEqual([10, 20, 30]);
  });

  it("steps back without waking anybody", async () => {
    const clock = createManualClock(100);
    let awake = false;
    const sleeping = clock.sleep(10).then(() => {
      awake = true;
    });
    await clock.advance(-50);
    expect([clock.now(), awake]).toEqual([50, false]);
    await clock.advance(60);
    await sleeping;
    expect(awake).toBe(true);
  });

  it("ends a sleep by its signal", async () => {
    const clock = createManualClock();
    const gone = new AbortController();
    const sleeping = clock.sleep(10, gone.signal);
    gone.abort("enough");
    await expect(sleeping).rejects.toBe("enough");
    await expect(clock.sleep(10, gone.signal)).rejects.toBe("enough");
  });
});

describe("seededRandom", () => {
  it("repeats, and differs by seed", () => {
    const draws = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    expect(draws(1)[0]).toBe(0.24558930465034756);
  });

  it("spreads over [0, 1)", () => {
    const random = seededRandom(42);
    const buckets = new Uint32Array(10);
    for (let i = 0; i < 100_000; i++) {
      const at = Math.floor(random() * 10);
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    // 10,000 expected, standard deviation 95: five of them at this fixed seed.
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });
});
