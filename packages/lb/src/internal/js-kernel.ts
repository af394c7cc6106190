import type { HashKernel } from "./hash-kernel.js";
import { upperProduct } from "./upper-product.js";

const CAPACITY = 65_520;

// The primes of XXH64 and the multiplier of MurmurHash2, upper and lower words.
const P1H = 0x9e3779b1;
const P1L = 0x85ebca87;
const P2H = 0xc2b2ae3d;
const P2L = 0x27d4eb4f;
const P3H = 0x165667b1;
const P3L = 0x9e3779f9;
const P4H = 0x85ebca77;
const P4L = 0xc2b2ae63;
const P5H = 0x27d4eb2f;
const P5L = 0x165667c5;
const MH = 0xc6a4a793;
const ML = 0x5bd1e995;

/** The kernel in JavaScript, over 32-bit words. */
export function createJsKernel(): HashKernel {
  const input = new Uint8Array(CAPACITY);
  return jsKernelOver(input);
}

/** Hashes any bytes; for what is longer than a kernel takes. */
export function jsKernelOver(input: Uint8Array): HashKernel {
  const hash = new Int32Array(2);
  return {
    input,
    hash,
    xxh64: (length, seedHi, seedLo) => xxh64(input, length, seedHi, seedLo, hash),
    murmur2: (length, seedHi, seedLo) => murmur2(input, length, seedHi, seedLo, hash),
  };
}

// Every function below works on accumulators in an Int32Array, lower word at `at`, upper word behind it: words returned
// in variables of a module would be boxed.

function multiply(words: Int32Array, at: number, hi: number, lo: number): void {
  const low = words[at] as number;
  const high = words[at + 1] as number;
  words[at] = Math.imul(low, lo);
  words[at + 1] = upperProduct(low, lo) + Math.imul(low, hi) + Math.imul(high, lo);
}

function add(words: Int32Array, at: number, hi: number, lo: number): void {
  const low = ((words[at] as number) >>> 0) + (lo >>> 0);
  words[at] = low;
  words[at + 1] = (words[at + 1] as number) + hi + (low > 0xffffffff ? 1 : 0);
}

/** `bits` is 1 to 31. */
function rotate(words: Int32Array, at: number, bits: number): void {
  const low = words[at] as number;
  const high = words[at + 1] as number;
  words[at] = (low << bits) | (high >>> (32 - bits));
  words[at + 1] = (high << bits) | (low >>> (32 - bits));
}

function exclusiveOr(words: Int32Array, at: number, hi: number, lo: number): void {
  words[at] = (words[at] as number) ^ lo;
  words[at + 1] = (words[at + 1] as number) ^ hi;
}

/** Unsigned; `bits` is 1 to 63. */
function shiftMix(words: Int32Array, at: number, bits: number): void {
  const low = words[at] as number;
  const high = words[at + 1] as number;
  if (bits < 32) exclusiveOr(words, at, high >>> bits, (low >>> bits) | (high << (32 - bits)));
  else exclusiveOr(words, at, 0, bits === 32 ? high : high >>> (bits - 32));
}

function readWord(input: Uint8Array, at: number): number {
  return (
    (input[at] as number) |
    ((input[at + 1] as number) << 8) |
    ((input[at + 2] as number) << 16) |
    ((input[at + 3] as number) << 24)
  );
}

// Places in the scratch: the hash, four lanes, one value.
const HASH = 0;
const LANES = 2;
const VALUE = 10;
const scratch: Int32Array = new Int32Array(12);

/** Leaves `round(lane, value)` in the lane at `at`. */
function round(at: number, hi: number, lo: number): void {
  scratch[VALUE] = lo;
  scratch[VALUE + 1] = hi;
  multiply(scratch, VALUE, P2H, P2L);
  add(scratch, at, scratch[VALUE + 1] as number, scratch[VALUE] as number);
  rotate(scratch, at, 31);
  multiply(scratch, at, P1H, P1L);
}

/** Mixes `round(0, value)` into the hash. */
function mix(hi: number, lo: number): void {
  scratch[VALUE] = lo;
  scratch[VALUE + 1] = hi;
  multiply(scratch, VALUE, P2H, P2L);
  rotate(scratch, VALUE, 31);
  multiply(scratch, VALUE, P1H, P1L);
  exclusiveOr(scratch, HASH, scratch[VALUE + 1] as number, scratch[VALUE] as number);
}

function stripes(input: Uint8Array, length: number, seedHi: number, seedLo: number): number {
  for (let lane = LANES; lane < VALUE; lane += 2) {
    scratch[lane] = seedLo;
    scratch[lane + 1] = seedHi;
  }
  add(scratch, LANES, P1H, P1L);
  add(scratch, LANES, P2H, P2L);
  add(scratch, LANES + 2, P2H, P2L);
  add(scratch, LANES + 6, ~P1H, -P1L);
  let at = 0;
  for (; at + 32 <= length; at += 32) {
    for (let lane = 0; lane < 4; lane++) {
      round(LANES + 2 * lane, readWord(input, at + 8 * lane + 4), readWord(input, at + 8 * lane));
    }
  }
  scratch[HASH] = 0;
  scratch[HASH + 1] = 0;
  for (const [lane, bits] of [1, 7, 12, 18].entries()) {
    const from = LANES + 2 * lane;
    const hi = scratch[from + 1] as number;
    const lo = scratch[from] as number;
    add(scratch, HASH, (hi << bits) | (lo >>> (32 - bits)), (lo << bits) | (hi >>> (32 - bits)));
  }
  for (let lane = LANES; lane < VALUE; lane += 2) {
    mix(scratch[lane + 1] as number, scratch[lane] as number);
    multiply(scratch, HASH, P1H, P1L);
    add(scratch, HASH, P4H, P4L);
  }
  return at;
}

function xxh64(input: Uint8Array, length: number, seedHi: number, seedLo: number, out: Int32Array): void {
  let at = 0;
  if (length >= 32) {
    at = stripes(input, length, seedHi, seedLo);
  } else {
    scratch[HASH] = seedLo;
    scratch[HASH + 1] = seedHi;
    add(scratch, HASH, P5H, P5L);
  }
  add(scratch, HASH, 0, length);
  for (; at + 8 <= length; at += 8) {
    mix(readWord(input, at + 4), readWord(input, at));
    rotate(scratch, HASH, 27);
    multiply(scratch, HASH, P1H, P1L);
    add(scratch, HASH, P4H, P4L);
  }
  if (at + 4 <= length) {
    scratch[VALUE] = readWord(input, at);
    scratch[VALUE + 1] = 0;
    multiply(scratch, VALUE, P1H, P1L);
    exclusiveOr(scratch, HASH, scratch[VALUE + 1] as number, scratch[VALUE] as number);
    rotate(scratch, HASH, 23);
    multiply(scratch, HASH, P2H, P2L);
    add(scratch, HASH, P3H, P3L);
    at += 4;
  }
  for (; at < length; at++) {
    const byte = input[at] as number;
    exclusiveOr(scratch, HASH, upperProduct(byte, P5L) + Math.imul(byte, P5H), Math.imul(byte, P5L));
    rotate(scratch, HASH, 11);
    multiply(scratch, HASH, P1H, P1L);
  }
  shiftMix(scratch, HASH, 33);
  multiply(scratch, HASH, P2H, P2L);
  shiftMix(scratch, HASH, 29);
  multiply(scratch, HASH, P3H, P3L);
  shiftMix(scratch, HASH, 32);
  out[0] = scratch[HASH] as number;
  out[1] = scratch[HASH + 1] as number;
}

function murmur2(input: Uint8Array, length: number, seedHi: number, seedLo: number, out: Int32Array): void {
  scratch[HASH] = length;
  scratch[HASH + 1] = 0;
  multiply(scratch, HASH, MH, ML);
  exclusiveOr(scratch, HASH, seedHi, seedLo);
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    scratch[VALUE] = readWord(input, at);
    scratch[VALUE + 1] = readWord(input, at + 4);
    multiply(scratch, VALUE, MH, ML);
    shiftMix(scratch, VALUE, 47);
    multiply(scratch, VALUE, MH, ML);
    exclusiveOr(scratch, HASH, scratch[VALUE + 1] as number, scratch[VALUE] as number);
    multiply(scratch, HASH, MH, ML);
  }
  if (at < length) {
    for (let byte = 0; at + byte < length; byte++) {
      const word = HASH + (byte >> 2);
      scratch[word] = (scratch[word] as number) ^ ((input[at + byte] as number) << (8 * (byte & 3)));
    }
    multiply(scratch, HASH, MH, ML);
  }
  shiftMix(scratch, HASH, 47);
  multiply(scratch, HASH, MH, ML);
  shiftMix(scratch, HASH, 47);
  out[0] = scratch[HASH] as number;
  out[1] = scratch[HASH + 1] as number;
}
