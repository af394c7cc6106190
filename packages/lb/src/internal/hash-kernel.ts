import { HASH_KERNEL_HEX } from "./hash-kernel-bytes.js";

/** Hashes the bytes at `input`; both kernels give the same bits. */
export interface HashKernel {
  /** Write what is to be hashed here, from index 0. */
  readonly input: Uint8Array;
  /** The last hash: lower word, upper word. */
  readonly hash: Int32Array;
  /** XXH64 of the first `length` bytes of `input`. */
  xxh64(length: number, seedHi: number, seedLo: number): void;
  /** The 64-bit MurmurHash2 of the first `length` bytes of `input`. */
  murmur2(length: number, seedHi: number, seedLo: number): void;
}

// The part of the WebAssembly interface that is used; the build knows no type of a host.
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  xxh64(length: number, seedHi: number, seedLo: number): void;
  murmur2(length: number, seedHi: number, seedLo: number): void;
}

interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const INPUT_AT = 16;

/** The kernel as WebAssembly; undefined where that is absent or refused (a content security policy, for one). */
export function createWasmKernel(host: object = globalThis): HashKernel | undefined {
  const { WebAssembly: wasm } = host as { readonly WebAssembly?: Wasm };
  if (wasm === undefined) return undefined;
  let kernel: Kernel;
  try {
    kernel = new wasm.Instance(new wasm.Module(bytesOf(HASH_KERNEL_HEX))).exports as Kernel;
  } catch {
    // Refused: the caller takes the kernel in JavaScript, which answers the same.
    return undefined;
  }
  const { xxh64, murmur2, memory } = kernel;
  return {
    input: new Uint8Array(memory.buffer, INPUT_AT),
    hash: new Int32Array(memory.buffer, 0, 2),
    xxh64,
    murmur2,
  };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
