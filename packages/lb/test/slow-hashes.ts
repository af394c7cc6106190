// The hashes as their specifications word them, over bigints: for tests and for the bench.

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
export function slowXxh64(bytes: Uint8Array, seed: bigint): bigint {
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
export function slowMurmur2(bytes: Uint8Array, seed: bigint): bigint {
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
