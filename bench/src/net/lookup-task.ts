import type { Inputs, Task } from "../bench-case.js";
import { countEach } from "../loops.js";

/** Answers are the values of matches, `-1` where there is none. */
export function lookupTask<T>(inputs: Inputs, items: readonly T[], lookup: (item: T) => string | undefined): Task {
  const checked = inputs.matches?.length ?? 0;
  return {
    run: countEach(items, (item) => lookup(item) !== undefined),
    answers: () => items.slice(0, checked).map((item) => lookup(item) ?? "-1"),
  };
}
