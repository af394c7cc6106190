// MurmurHash3 x86 128 (Austin Appleby, public domain): 128 bits in 32-bit words, so that it runs everywhere without
// bigint and without the asynchronous WebCrypto. It is a version, not a signature.

import { utf8Bytes } from "./utf8.js";

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotl = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function scrambled(word: number, before: number, bits: number, after: number): number {
  return Math.imul(rotl(Math.imul(word, before), bits), after);
}

function stirred(hash: number, bits: number, next: number, constant: number): number {
  return (Math.imul((rotl(hash, bits) + next) | 0, 5) + constant) | 0;
}

function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Four 32-bit words, signed. */
export type HashWords = readonly [number, number, number, number];

export function hashBytes(bytes: Uint8Array, seed = 0): HashWords {
  const { length } = bytes;
  const whole = length & ~15;
  let h1 = seed;
  let h2 = seed;
  let h3 = seed;
  let h4 = seed;
  for (let at = 0; at < whole; at += 16) {
    h1 ^= scrambled(wordAt(bytes, at), C1, 15, C2);
    h1 = stirred(h1, 19, h2, 0x561ccd1b);
    h2 ^= scrambled(wordAt(bytes, at + 4), C2, 16, C3);
    h2 = stirred(h2, 17, h3, 0x0bcaa747);
    h3 ^= scrambled(wordAt(bytes, at + 8), C3, 17, C4);
    h3 = stirred(h3, 15, h4, 0x96cd1c35);
    h4 ^= scrambled(wordAt(bytes, at + 12), C4, 18, C1);
    h4 = stirred(h4, 13, h1, 0x32ac3b17);
  }
  h1 ^= scrambled(tailWord(bytes, whole), C1, 15, C2);
  h2 ^= scrambled(tailWord(bytes, whole + 4), C2, 16, C3);
  h3 ^= scrambled(tailWord(bytes, whole + 8), C3, 17, C4);
  h4 ^= scrambled(tailWord(bytes, whole + 12), C4, 18, C1);
  return finished(h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length);
}

function finished(a: number, b: number, c: number, d: number): HashWords {
  const sum = (a + b + c + d) | 0;
  const f1 = mixed(sum);
  const f2 = mixed((b + sum) | 0);
  const f3 = mixed((c + sum) | 0);
  const f4 = mixed((d + sum) | 0);
  const total = (f1 + f2 + f3 + f4) | 0;
  return [total, (f2 + total) | 0, (f3 + total) | 0, (f4 + total) | 0];
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function tailWord(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let index = Math.min(at + 4, bytes.length) - 1; index >= at; index--)
    word = (word << 8) | (bytes[index] as number);
  return word;
}

/** 32 hexadecimal digits. */
export function formatHash(words: HashWords): string {
  let text = "";
  for (const word of words) text += (word >>> 0).toString(16).padStart(8, "0");
  return text;
}

export function hashText(text: string): HashWords {
  return hashBytes(utf8Bytes(text));
}
