/**
 * A repeatable `random`, 0 ≤ x < 1 in steps of 2⁻³²: sfc32 started from `seed` (an integer). The same seed gives the same
 * sequence in every release.
 *
 * @category Testing
 */
export function seededRandom(seed: number): () => number {
  const state = new Int32Array([seed, seed >>> 16, 0x9e3779b9, 1]);
  const next = (): number => {
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const sum = (a + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 15; warmUp++) next();
  return next;
}

/**
 * A `random` that gives each value as one 64-bit draw (two calls, upper word first), in order.
 *
 * @param draws - unsigned; 0 to 2⁵³−1 as numbers, 0 to 2⁶⁴−1 as bigints
 * @returns throws a RangeError when it is asked for more than was given
 * @category Testing
 */
export function fixedDraws(draws: readonly (number | bigint)[]): () => number {
  let call = 0;
  return () => {
    const draw = draws[call >> 1];
    if (draw === undefined) throw new RangeError(`draw ${call >> 1}: only ${draws.length} were given`);
    const half = call++ % 2 === 0 ? BigInt(draw) >> 32n : BigInt(draw);
    return Number(BigInt.asUintN(32, half)) / 2 ** 32;
  };
}
