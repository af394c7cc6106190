import { createWasmKernel, type HashKernel } from "./hash-kernel.js";
import { createJsKernel, jsKernelOver } from "./js-kernel.js";

// From this many characters on, encoding by the host is faster than by a loop (measured on Node 20).
const LONG_TEXT = 28;

/** The kernel of this process: WebAssembly where it is allowed, else JavaScript. Made at the first use. */
export function hashKernel(): HashKernel {
  kernel ??= createWasmKernel() ?? createJsKernel();
  return kernel;
}

let kernel: HashKernel | undefined;

/** Leaves the XXH64 of a text's UTF-8 bytes, or of bytes, in the kernel it answers with. */
export function hashXxh64(
  input: string | Uint8Array,
  seedHi: number,
  seedLo: number,
  using: HashKernel = hashKernel(),
): HashKernel {
  const length = place(using, input);
  const fitting = length < 0 ? kernelOver(input) : using;
  fitting.xxh64(length < 0 ? fitting.input.length : length, seedHi, seedLo);
  return fitting;
}

/** As `hashXxh64`, the 64-bit MurmurHash2. */
export function hashMurmur2(
  input: string | Uint8Array,
  seedHi: number,
  seedLo: number,
  using: HashKernel = hashKernel(),
): HashKernel {
  const length = place(using, input);
  const fitting = length < 0 ? kernelOver(input) : using;
  fitting.murmur2(length < 0 ? fitting.input.length : length, seedHi, seedLo);
  return fitting;
}

/** Puts what is hashed at the start of the kernel's input; answers its length, or -1 if it may not fit. */
function place(using: HashKernel, input: string | Uint8Array): number {
  if (typeof input === "string") return writeText(using, input);
  if (input.length > using.input.length) return -1;
  using.input.set(input);
  return input.length;
}

function kernelOver(input: string | Uint8Array): HashKernel {
  return jsKernelOver(typeof input === "string" ? encoder().encode(input) : input);
}

/** Puts the UTF-8 bytes of a text at the start of the kernel's input; answers their number, or -1 if they may not fit. */
export function writeText({ input }: HashKernel, text: string): number {
  const { length } = text;
  if (length < LONG_TEXT) {
    let seen = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      seen |= code;
      input[i] = code;
    }
    if (seen < 0x80) return length;
  } else if (length * 3 > input.length) {
    return -1;
  }
  return encoder().encodeInto(text, input).written;
}

interface Encoder {
  encode(text: string): Uint8Array;
  encodeInto(text: string, into: Uint8Array): { readonly written: number };
}

let utf8: Encoder | undefined;

function encoder(): Encoder {
  utf8 ??= new (globalThis as object as { TextEncoder: new () => Encoder }).TextEncoder();
  return utf8;
}
