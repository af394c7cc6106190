import { createBalancer, roundRobin } from "@netmason/lb";
import { expect, it } from "vitest";

/** A signal that tells how many listen to it. */
function countedSignal(): { readonly controller: AbortController; readonly listenerCount: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count--;
    remove(...args);
  };
  return { controller, listenerCount: () => count };
}

it("all who wait go on with the next update, and only with the next", async () => {
  const balancer = createBalancer({ policy: roundRobin() });
  const { controller, listenerCount } = countedSignal();
  const waits = [balancer.nextUpdate(), balancer.nextUpdate({ signal: controller.signal })];
  let isLater = false;
  balancer.update([{ address: "a:80" }]);
  const later = balancer.nextUpdate().then(() => {
    isLater = true;
  });
  await Promise.all(waits);
  expect([isLater, listenerCount()]).toEqual([false, 0]);
  balancer.update([]);
  await later;
});

it("an update that is refused wakes nobody", async () => {
  const balancer = createBalancer({ policy: roundRobin() });
  const controller = new AbortController();
  const wait = balancer.nextUpdate({ signal: controller.signal });
  expect(() => balancer.update([{ address: "" }])).toThrow("address must be");
  controller.abort(new RangeError("enough"));
  await expect(wait).rejects.toThrow("enough");
});

it("a wait rejects with its signal's reason, before and while it waits, and is not told of updates then", async () => {
  const balancer = createBalancer({ policy: roundRobin() });
  const reason = new RangeError("enough");
  await expect(balancer.nextUpdate({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const wait = balancer.nextUpdate({ signal: controller.signal });
  controller.abort(reason);
  balancer.update([]);
  await expect(wait).rejects.toBe(reason);
});
