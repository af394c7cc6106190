import type { Address, Family } from "../address.js";
import type { Prefix } from "../prefix.js";
import type { AddressRange } from "../range.js";
import { formatPrefixWords, formatRangeWords, formatWords } from "./format-words.js";
import { maskWord, type Words } from "./words.js";

// The shapes behind the public interfaces. Five or six small-integer fields, always written in this order, keep every
// value in one hidden class, so the code that reads them stays monomorphic. `"~kind"` sits on the prototype and costs no
// field.

export class AddressValue implements Address {
  readonly family: Family;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;

  constructor(family: Family, w0: number, w1: number, w2: number, w3: number) {
    this.family = family;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
  }

  get "~kind"(): "address" {
    return "address";
  }

  toString(): string {
    return formatWords(this);
  }

  toJSON(): string {
    return formatWords(this);
  }
}

export class PrefixValue implements Prefix {
  readonly family: Family;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  readonly length: number;

  constructor(family: Family, w0: number, w1: number, w2: number, w3: number, length: number) {
    this.family = family;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    this.length = length;
  }

  get "~kind"(): "prefix" {
    return "prefix";
  }

  toString(): string {
    return formatPrefixWords(this);
  }

  toJSON(): string {
    return formatPrefixWords(this);
  }
}

export class RangeValue implements AddressRange {
  readonly first: Address;
  readonly last: Address;

  constructor(first: Address, last: Address) {
    this.first = first;
    this.last = last;
  }

  get "~kind"(): "range" {
    return "range";
  }

  toString(): string {
    return formatRangeWords(this);
  }

  toJSON(): string {
    return formatRangeWords(this);
  }
}

/** The prefix that holds a value, for a length known to be right. */
export function maskedPrefix(family: Family, words: Words, length: number): Prefix {
  if (family === 4) return new PrefixValue(4, 0, 0, 0, words.w3 & maskWord(length, 0), length);
  return new PrefixValue(
    6,
    words.w0 & maskWord(length, 0),
    words.w1 & maskWord(length, 1),
    words.w2 & maskWord(length, 2),
    words.w3 & maskWord(length, 3),
    length,
  );
}
