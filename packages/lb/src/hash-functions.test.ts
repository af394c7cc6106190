import { hashFromBigInt, hashToBigInt, murmur2, xxh64 } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slowMurmur2, slowXxh64 } from "../test/slow-hashes.js";
import { hashKernel, hashMurmur2, hashXxh64 } from "./internal/hash-bytes.js";
import { createWasmKernel, type HashKernel } from "./internal/hash-kernel.js";
import { createJsKernel } from "./internal/js-kernel.js";

const MASK = (1n << 64n) - 1n;

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
