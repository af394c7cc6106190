import { hashFromBigInt, hashToBigInt, murmur2, xxh64 } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashKernel, hashMurmur2, hashXxh64 } from "./internal/hash-bytes.js";
import { createWasmKernel, type HashKernel } from "./internal/hash-kernel.js";
import { createJsKernel } from "./internal/js-kernel.js";

const MASK = (1n << 64n) - 1n;
const P = [
  11400714785074694791n,
  14029467366897019727n,
  1609587929392839161n,
  9650029242287828579n,
  2870177450012600261n,
];
const rotl = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & MASK;

/** XXH64 as its specification words it, over bigints. */
function slowXxh64(bytes: Uint8Array, seed: bigint): bigint {
  const [p1 = 0n, p2 = 0n, p3 = 0n, p4 = 0n, p5 = 0n] = P;
  const read = (at: number, size: number): bigint => {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
    return value;
  };
  const round = (lane: bigint, input: bigint): bigint => (rotl((lane + input * p2) & MASK, 31n) * p1) & MASK;
  let at = 0;
  let hash = (seed + p5) & MASK;
  if (bytes.length >= 32) {
    const lanes = [seed + p1 + p2, seed + p2, seed, seed - p1].map((lane) => BigInt.asUintN(64, lane));
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [i, lane] of lanes.entries()) lanes[i] = round(lane, read(at + 8 * i, 8));
    }
    hash = lanes.reduce((sum, lane, i) => (sum + rotl(lane, [1n, 7n, 12n, 18n][i] ?? 0n)) & MASK, 0n);
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * p1 + p4) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) hash = (rotl(hash ^ round(0n, read(at, 8)), 27n) * p1 + p4) & MASK;
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((read(at, 4) * p1) & MASK), 23n) * p2 + p3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotl(hash ^ ((read(at, 1) * p5) & MASK), 11n) * p1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * p2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * p3) & MASK;
  return hash ^ (hash >> 32n);
}

/** Murmur2 as libstdc++ has it, over bigints. */
function slowMurmur2(bytes: Uint8Array, seed: bigint): bigint {
  const multiplier = 0xc6a4a7935bd1e995n;
  const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);
  const read = (from: number, to: number): bigint =>
    bytes.slice(from, to).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let hash = seed ^ ((BigInt(bytes.length) * multiplier) & MASK);
  const aligned = bytes.length & ~7;
  for (let at = 0; at < aligned; at += 8) {
    const data = (shiftMix((read(at, at + 8) * multiplier) & MASK) * multiplier) & MASK;
    hash = ((hash ^ data) * multiplier) & MASK;
  }
  if (aligned < bytes.length) hash = ((hash ^ read(aligned, bytes.length)) * multiplier) & MASK;
  return shiftMix((shiftMix(hash) * multiplier) & MASK);
}

const wasm = createWasmKernel();
if (wasm === undefined) throw new Error("this runtime has no WebAssembly");
const KERNELS: readonly (readonly [string, HashKernel])[] = [
  ["WebAssembly", wasm],
  ["JavaScript", createJsKernel()],
];
const hashOf = ({ hash }: HashKernel): bigint => hashToBigInt({ hi: hash[1] ?? 0, lo: hash[0] ?? 0 });

describe.each(KERNELS)("the kernel in %s", (_, kernel) => {
  it("case 1: gives Envoy's XXH64 vectors", () => {
    const vectors = { foo: 3728699739546630719n, bar: 5234164152756840025n, "foo\nbar": 8917841378505826757n };
    const more = { lyft: 4400747396090729504n, "": 17241709254077376921n };
    for (const [text, hash] of Object.entries({ ...vectors, ...more })) {
      expect(hashOf(hashXxh64(text, 0, 0, kernel)), text).toBe(hash);
    }
  });

  it("case 2: chains texts through a 64-bit seed", () => {
    const { hash } = hashXxh64("foo", 0, 0, kernel);
    expect(hashOf(hashXxh64("bar", hash[1] ?? 0, hash[0] ?? 0, kernel))).toBe(17745830980996999794n);
  });

  it("case 3: gives Envoy's MurmurHash2 vectors", () => {
    const vectors = { foo: 9631199822919835226n, bar: 11474628671133349555n, "foo\nbar": 16306510975912980159n };
    const more = { lyft: 12847078931730529320n, "": 6142509188972423790n };
    for (const [text, hash] of Object.entries({ ...vectors, ...more })) {
      expect(hashOf(hashMurmur2(text, 0, 0xc70f6907, kernel)), text).toBe(hash);
    }
  });

  it("answers as the slow hashes for bytes of any length and any seed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.bigInt({ min: 0n, max: MASK }), (bytes, seed) => {
        const { hi, lo } = hashFromBigInt(seed);
        expect(hashOf(hashXxh64(bytes, hi, lo, kernel))).toBe(slowXxh64(bytes, seed));
        expect(hashOf(hashMurmur2(bytes, hi, lo, kernel))).toBe(slowMurmur2(bytes, seed));
      }),
    );
  });

  it("hashes text as its UTF-8 bytes", () => {
    const unit = fc.constantFrom("grapheme", "binary", "grapheme-ascii");
    const text = unit.chain((kind) => fc.string({ unit: kind as "binary", maxLength: 60 }));
    fc.assert(
      fc.property(text, (each) => {
        const bytes = new TextEncoder().encode(each);
        expect(hashOf(hashXxh64(each, 0, 0, kernel))).toBe(slowXxh64(bytes, 0n));
        expect(hashOf(hashMurmur2(each, 0, 0, kernel))).toBe(slowMurmur2(bytes, 0n));
      }),
    );
  });

  it("hashes what is longer than its input", () => {
    const text = "ä".repeat(70_000);
    const bytes = new TextEncoder().encode(text);
    expect(hashOf(hashXxh64(text, 0, 0, kernel))).toBe(slowXxh64(bytes, 0n));
    expect(hashOf(hashXxh64(bytes, 0, 7, kernel))).toBe(slowXxh64(bytes, 7n));
    expect(hashOf(hashMurmur2(text, 0, 0, kernel))).toBe(slowMurmur2(bytes, 0n));
  });
});

describe("xxh64 and murmur2", () => {
  it("write into the object they are given", () => {
    const out = { hi: 0, lo: 0 };
    expect(xxh64("foo", out)).toBe(out);
    expect(hashToBigInt(out)).toBe(3728699739546630719n);
    expect(hashToBigInt(xxh64("bar", out, xxh64("foo")))).toBe(17745830980996999794n);
    expect(murmur2("foo", out)).toBe(out);
    expect(hashToBigInt(murmur2("lyft"))).toBe(12847078931730529320n);
  });

  it("use one kernel a process", () => {
    expect(hashKernel()).toBe(hashKernel());
  });
});

describe("hashFromBigInt", () => {
  it("is the inverse of hashToBigInt, modulo 2⁶⁴", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -MASK, max: MASK }), (value) => {
        const { hi, lo } = hashFromBigInt(value);
        expect([hi | 0, lo | 0]).toEqual([hi, lo]);
        expect(hashToBigInt({ hi, lo })).toBe(BigInt.asUintN(64, value));
        expect(hashToBigInt({ hi: hi >>> 0, lo: lo >>> 0 })).toBe(BigInt.asUintN(64, value));
      }),
    );
  });
});
