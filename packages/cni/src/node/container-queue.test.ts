import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createContainerQueue } from "./container-queue.js";

interface Operation {
  /** `undefined` for an exclusive one. */
  readonly containerId: string | undefined;
  readonly aborts: boolean;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  containerId: fc.constantFrom("a", "b", "c", undefined),
  aborts: fc.constantFrom(false, false, false, true),
});

describe("the queue of a runtime", () => {
  it("runs all in order of containers, exclusive ones alone, and none that gave up", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), fc.scheduler(), async (operations, s) => {
        const queue = createContainerQueue();
        const running = new Set<number>();
        const order: number[] = [];
        const run =
          (index: number): (() => Promise<void>) =>
          async () => {
            const others = [...running].map((each) => operations[each]?.containerId);
            const own = operations[index]?.containerId;
            if (own === undefined) expect(others).toEqual([]);
            expect(others).not.toContain(own);
            expect(others).not.toContain(undefined);
            running.add(index);
            order.push(index);
            await s.schedule(Promise.resolve());
            running.delete(index);
          };
        const ends = operations.map(async ({ containerId, aborts }, i) => {
          const controller = new AbortController();
          const end =
            containerId === undefined
              ? queue.runExclusive(run(i), controller.signal)
              : queue.run(containerId, run(i), controller.signal);
          if (aborts) void s.schedule(Promise.resolve()).then(() => controller.abort("enough"));
          return end.then(
            () => "ran",
            (reason) => reason,
          );
        });
        await s.waitFor(Promise.all(ends));
        for (const [i, end] of (await Promise.all(ends)).entries()) {
          expect(end).toBe(order.includes(i) ? "ran" : "enough");
          if (operations[i]?.aborts === false) expect(end).toBe("ran");
        }
        for (const id of ["a", "b", "c"]) {
          const own = order.filter((i) => operations[i]?.containerId === id);
          expect(own).toEqual([...own].sort((x, y) => x - y));
        }
        const exclusive = order.filter((i) => operations[i]?.containerId === undefined);
        for (const i of exclusive) {
          // Nothing that came after it overtook it.
          expect(order.slice(0, order.indexOf(i)).every((each) => each < i)).toBe(true);
        }
      }),
    );
  });

  it("goes on after an operation that failed", async () => {
    const queue = createContainerQueue();
    const failed = queue.run("a", () => Promise.reject(new TypeError("no")));
    const after = queue.run("a", async () => "ran");
    await expect(failed).rejects.toThrow("no");
    expect(await after).toBe("ran");
  });

  it("leaves no listener on a signal", async () => {
    const queue = createContainerQueue();
    const controller = new AbortController();
    let listeners = 0;
    const signal = Object.create(controller.signal, {
      aborted: { get: () => false },
      throwIfAborted: { value: () => {} },
      addEventListener: { value: () => listeners++ },
      removeEventListener: { value: () => listeners-- },
    }) as AbortSignal;
    await Promise.all(Array.from({ length: 1_000 }, () => queue.run("a", async () => {}, signal)));
    expect(listeners).toBe(0);
  });
});
