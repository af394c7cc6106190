import { refuse } from "./refusal.js";

const word = 0x1_0000_0000;
const halves = { high: 0, low: 0 };

/** High and low 32 bits; the object is reused by the next call. */
export type Halves = Readonly<typeof halves>;

const plainDigits = 15;
const integerText = /^-?(0|[1-9]\d*)$/;

/** Two's complement of a 64-bit integer in JSON: decimal text, or a number that is exact. */
export function readInt64(value: unknown, signed: boolean): Halves {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || (!signed && value < 0)) refuse();
    return splitNumber(value);
  }
  if (typeof value !== "string" || !integerText.test(value)) return refuse();
  if (value.length <= plainDigits) {
    const number = Number(value);
    if (!signed && number < 0) refuse();
    return splitNumber(number);
  }
  const big = BigInt(value);
  const wrapped = signed ? BigInt.asIntN(64, big) : BigInt.asUintN(64, big);
  if (wrapped !== big) refuse();
  halves.high = Number(BigInt.asUintN(32, big >> 32n));
  halves.low = Number(BigInt.asUintN(32, big));
  return halves;
}

function splitNumber(value: number): Halves {
  const high = Math.floor(value / word);
  halves.high = high >>> 0;
  halves.low = (value - high * word) >>> 0;
  return halves;
}

/** Decimal text of a 64-bit integer by its halves. */
export function formatInt64(high: number, low: number, signed: boolean): string {
  const top = signed ? high | 0 : high;
  if (top >= -0x20_0000 && top < 0x20_0000) return String(top * word + low);
  return String(BigInt(top) * 0x1_0000_0000n + BigInt(low));
}

/** A double in JSON: a finite number, or a word for what JSON has no number for. */
export function readDouble(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return refuse();
}

/** What rounds to a float: the shortest text of the largest float is a little above it. */
export function readFloat(value: unknown): number {
  const number = readDouble(value);
  if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) refuse();
  return number;
}

export function formatDouble(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/** The shortest number that is the same float. */
export function formatFloat(value: number): number | string {
  if (value === 0 || !Number.isFinite(value)) return formatDouble(value);
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}
