const FINEST = 64;
const TOLERANCE = 1e-9;

/**
 * The weights as algorithms take them. Whole numbers stay as they are, as Envoy has them. Others are brought to the
 * smallest whole numbers of the same proportions where there are such up to a 64th of the smallest weight: 1/3, 1/3, 1/3
 * become 1, 1, 1, so that rounding decides no tie. The rest stays as it is.
 */
export function canonicalWeights(weights: ArrayLike<number>): Float64Array {
  const given = Float64Array.from(weights);
  if (areWhole(given)) return given;
  const least = given.reduce((a, b) => Math.min(a, b));
  for (let parts = 1; parts <= FINEST; parts++) {
    const whole = given.map((weight) => Math.round((weight / least) * parts));
    if (given.every((weight, i) => isNear((weight / least) * parts, whole[i] as number))) return whole;
  }
  return given;
}

function areWhole(weights: Float64Array): boolean {
  for (const weight of weights) if (!Number.isInteger(weight)) return false;
  return true;
}

function isNear(value: number, whole: number): boolean {
  return Math.abs(value - whole) <= TOLERANCE * whole;
}

/** True also for none and one. */
export function areEqual(weights: Float64Array): boolean {
  const first = weights[0];
  return weights.every((weight) => weight === first);
}
