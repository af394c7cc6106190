/** Refuses a number outside a closed interval; NaN is outside of every one. */
export function requireWithin(name: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) {
    throw new RangeError(`${name} must be from ${least} to ${most}, not ${value}`);
  }
  return value;
}

/** As `requireWithin`, for numbers that count something. */
export function requireWhole(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number, not ${value}`);
  return requireWithin(name, value, least, most);
}

/** The largest duration taken, in milliseconds: 292 years, beyond which sums of times lose milliseconds. */
export const MOST_MS: number = 2 ** 43;
