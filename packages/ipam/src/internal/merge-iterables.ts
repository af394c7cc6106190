/** What came, and from where. */
export interface Merged<T> {
  readonly name: string;
  readonly item: T;
}

/**
 * Items of several sources in the order they come, until all have ended. Ending it, or an error of one, calls `stop`, which
 * ends those that still wait: a generator cannot be ended from outside while it does.
 */
export async function* mergeIterables<T>(
  sources: readonly { readonly name: string; readonly items: AsyncIterable<T> }[],
  stop: () => void,
): AsyncGenerator<Merged<T>> {
  const iterators = sources.map(({ name, items }) => ({ name, iterator: items[Symbol.asyncIterator]() }));
  type Turn = { readonly index: number; readonly result: IteratorResult<T> };
  const turns = new Map<number, Promise<Turn>>();
  const ask = (index: number): void => {
    const { iterator } = iterators[index] as (typeof iterators)[number];
    turns.set(
      index,
      iterator.next().then((result) => ({ index, result })),
    );
  };
  for (const index of iterators.keys()) ask(index);
  try {
    while (turns.size > 0) {
      const { index, result } = await Promise.race(turns.values());
      if (result.done === true) {
        turns.delete(index);
        continue;
      }
      ask(index);
      yield { name: (iterators[index] as (typeof iterators)[number]).name, item: result.value };
    }
  } finally {
    stop();
    await Promise.allSettled(iterators.map(({ iterator }) => iterator.return?.()));
    await Promise.allSettled(turns.values());
  }
}
