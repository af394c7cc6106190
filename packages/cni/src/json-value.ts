const rawNumber: unique symbol = Symbol.for("@netmason/cni RawNumber") as never;

/**
 * A number whose text a double cannot give back: from 2^53 up, `1.0`, `1e3`. It is formatted as its text, so that what
 * passes through is not changed.
 */
export interface RawNumber {
  readonly [rawNumber]: string;
  /** The nearest double, for `JSON.stringify`. */
  toJSON(): number;
}

/** A JSON object; a value of `undefined` is left out when it is formatted. */
export type JsonObject = { readonly [key: string]: JsonValue | undefined };

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | RawNumber | readonly JsonValue[] | JsonObject;

/**
 * The value of a JSON number's text: a number where its text comes back from it, else a `RawNumber`.
 *
 * @category JSON
 */
export function createNumber(text: string): number | RawNumber {
  const value = Number(text);
  if (String(value) === text) return value;
  return new NumberText(text);
}

class NumberText implements RawNumber {
  readonly [rawNumber]: string;

  constructor(text: string) {
    this[rawNumber] = text;
  }

  toJSON(): number {
    return Number(this[rawNumber]);
  }
}

/**
 * Tells a `RawNumber`.
 *
 * @category JSON
 */
export function isRawNumber(value: unknown): value is RawNumber {
  return typeof value === "object" && value !== null && rawNumber in value;
}

/**
 * The text of a number as the document had it.
 *
 * @category JSON
 */
export function numberText(value: number | RawNumber): string {
  return typeof value === "number" ? String(value) : value[rawNumber];
}

/**
 * Tells a JSON object from every other value.
 *
 * @category JSON
 */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(rawNumber in value);
}
