// The timed loops. A worker process runs one contender, so each loop sees one `step` and stays monomorphic; what a step
// returns is used, so that the compiler cannot drop the work.

const sink: { value: unknown } = { value: undefined };

/** Stores every result where the compiler must assume that it is read, so an allocated result is really allocated. */
export function keepEach<T>(items: readonly T[], step: (item: T) => unknown): (iterations: number) => void {
  let cursor = 0;
  return (iterations) => {
    let at = cursor;
    for (let i = 0; i < iterations; i++) {
      sink.value = step(items[at] as T);
      at = at + 1 === items.length ? 0 : at + 1;
    }
    cursor = at;
  };
}

/** Counts the steps that say yes: for operations that allocate nothing, where a store would be part of the figure. */
export function countEach<T>(items: readonly T[], step: (item: T) => boolean): (iterations: number) => void {
  let cursor = 0;
  return (iterations) => {
    let at = cursor;
    let count = 0;
    for (let i = 0; i < iterations; i++) {
      if (step(items[at] as T)) count++;
      at = at + 1 === items.length ? 0 : at + 1;
    }
    cursor = at;
    sink.value = count;
  };
}

/** `countEach` over pairs; the second list is the long one and its length a multiple of the first's. */
export function countPairs<A, B>(
  firsts: readonly A[],
  seconds: readonly B[],
  step: (first: A, second: B) => boolean,
): (iterations: number) => void {
  let cursor = 0;
  return (iterations) => {
    let at = cursor;
    let turn = cursor % firsts.length;
    let count = 0;
    for (let i = 0; i < iterations; i++) {
      if (step(firsts[turn] as A, seconds[at] as B)) count++;
      at = at + 1 === seconds.length ? 0 : at + 1;
      turn = turn + 1 === firsts.length ? 0 : turn + 1;
    }
    cursor = at;
    sink.value = count;
  };
}

/**
 * Reads one character of every text. A text that was joined lazily is laid out by its first reader, so without this a
 * formatter that leaves the work to its caller would look faster than one that does it.
 */
export function readEach<T>(items: readonly T[], step: (item: T) => string): (iterations: number) => void {
  let cursor = 0;
  return (iterations) => {
    let at = cursor;
    let sum = 0;
    for (let i = 0; i < iterations; i++) {
      sum = (sum + step(items[at] as T).charCodeAt(0)) | 0;
      at = at + 1 === items.length ? 0 : at + 1;
    }
    cursor = at;
    sink.value = sum;
  };
}

/** Repeats one operation whose input is always the same. */
export function repeat(step: () => unknown): (iterations: number) => void {
  return (iterations) => {
    for (let i = 0; i < iterations; i++) sink.value = step();
  };
}
