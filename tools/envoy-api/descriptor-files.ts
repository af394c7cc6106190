import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** Where the descriptor set came from; stands beside it. */
export interface DescriptorSource {
  /** Go module that carries the descriptors. */
  readonly module: string;
  readonly version: string;
  /** The module's checksum as go.sum has it. */
  readonly sum: string;
  /** Of the uncompressed descriptor set. */
  readonly sha256: string;
  readonly bytes: number;
}

export const descriptorFile: string = join(import.meta.dirname, "envoy-api.binpb.br");
export const sourceFile: string = join(import.meta.dirname, "source.json");

export function readSource(): DescriptorSource {
  return JSON.parse(readFileSync(sourceFile, "utf8")) as DescriptorSource;
}

/** The serialized google.protobuf.FileDescriptorSet, checked against its checksum. */
export function readDescriptors(): Uint8Array {
  const bytes = brotliDecompressSync(readFileSync(descriptorFile));
  const found = sha256Of(bytes);
  const { sha256 } = readSource();
  if (found !== sha256) throw new RangeError(`${descriptorFile} must have sha256 ${sha256}, not ${found}`);
  return bytes;
}

export function compressDescriptors(bytes: Uint8Array): Uint8Array {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
