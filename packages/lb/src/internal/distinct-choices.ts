import type { PolicyEnvironment } from "../policy.js";

/** Draws different indices. */
export interface DistinctChoices {
  /** The indices in the order drawn; the array is reused. Draws one number an index. */
  draw(): Int32Array;
}

/** Of `count` indices, `choiceCount` different ones, or all if there are no more. */
export function createDistinctChoices(
  environment: PolicyEnvironment,
  count: number,
  choiceCount: number,
): DistinctChoices {
  const chosen = new Int32Array(Math.min(count, choiceCount));
  const sorted = new Int32Array(chosen.length);
  return {
    draw() {
      for (let i = 0; i < chosen.length; i++) {
        // The draw counts among the indices not yet chosen; each chosen one at or below it moves it up by one.
        let index = environment.below(count - i);
        let place = 0;
        while (place < i && (sorted[place] as number) <= index) {
          index++;
          place++;
        }
        for (let j = i; j > place; j--) sorted[j] = sorted[j - 1] as number;
        sorted[place] = index;
        chosen[i] = index;
      }
      return chosen;
    },
  };
}
