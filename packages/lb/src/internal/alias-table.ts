/** For each column, what is drawn below its threshold (the column itself) and from it on. */
export interface AliasTable {
  readonly aliases: Int32Array;
  /** In 2³¹ parts of a column, 0 to 2³¹. */
  readonly thresholds: Uint32Array;
}

const WHOLE = 2 ** 31;

/** Vose's method: columns of equal height, each filled by at most two. O(n). */
export function createAliasTable(weights: Float64Array): AliasTable {
  const count = weights.length;
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const heights = weights.map((weight) => (weight * count) / sum);
  const aliases = Int32Array.from(weights, (_, i) => i);
  const thresholds = new Uint32Array(count).fill(WHOLE);
  const small: number[] = [];
  const large: number[] = [];
  for (const [i, height] of heights.entries()) (height < 1 ? small : large).push(i);
  for (let low = small.pop(), high = large.pop(); low !== undefined && high !== undefined; low = small.pop()) {
    thresholds[low] = Math.round((heights[low] as number) * WHOLE);
    aliases[low] = high;
    const left = (heights[high] as number) + (heights[low] as number) - 1;
    heights[high] = left;
    if (left >= 1) continue;
    small.push(high);
    high = large.pop();
  }
  return { aliases, thresholds };
}
