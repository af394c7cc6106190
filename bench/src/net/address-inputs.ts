import { createSeededRandom, type SeededRandom } from "../seeded-random.js";
import { type Family, maskValue, numberOf, prefixText, textOf, widthOf } from "./address-text.js";

const addressCount = 16_384;
const prefixCount = 16;

/** Different addresses as canonical text; IPv6 in equal parts full, `::x`, `fd00::` and `fe80::`. */
export function addressTexts(family: Family): readonly string[] {
  const random = createSeededRandom(family);
  const texts = new Set<string>();
  while (texts.size < addressCount) {
    texts.add(textOf(family, family === 4 ? BigInt(random.word()) : addressOfKind(texts.size & 3, random)));
  }
  return [...texts];
}

function addressOfKind(kind: number, random: SeededRandom): bigint {
  if (kind === 0) return randomBits(random, 128);
  if (kind === 1) return randomBits(random, 16) | 1n;
  const network = kind === 2 ? 0xfd00n : 0xfe80n;
  return (network << 112n) | randomBits(random, kind === 2 ? 32 : 64);
}

/** Up to 128 random bits. */
export function randomBits(random: SeededRandom, bits: number): bigint {
  let value = 0n;
  for (let at = 0; at < bits; at += 32) value = (value << 32n) | BigInt(random.word());
  return BigInt.asUintN(bits, value);
}

/** Prefixes, and addresses that belong to them in turn: half inside, half outside by one network bit. */
export function containsInputs(family: Family): { readonly prefixes: string[]; readonly addresses: string[] } {
  const random = createSeededRandom(100 + family);
  const width = widthOf(family);
  const networks = Array.from({ length: prefixCount }, () => ({
    value: randomBits(random, width),
    length: family === 4 ? 8 + random.below(21) : 29 + random.below(36),
  }));
  const addresses = new Set<string>();
  while (addresses.size < addressCount) {
    const { value, length } = networks[addresses.size % prefixCount] as (typeof networks)[number];
    const hostBits = random.below(2) === 0 ? width - length : Math.min(16, width - length);
    const inside = maskValue(family, value, length) | randomBits(random, hostBits);
    const outside = inside ^ (1n << BigInt(width - 1 - random.below(length)));
    addresses.add(textOf(family, random.below(2) === 0 ? inside : outside));
  }
  return {
    prefixes: networks.map(({ value, length }) => prefixText(family, value, length)),
    addresses: [...addresses],
  };
}

/** Whether a prefix, as text, holds an address, as text. */
export function holds(prefix: string, address: string): boolean {
  const [network = "", length = ""] = prefix.split("/");
  const family = network.includes(":") ? 6 : 4;
  return maskValue(family, numberOf(address), Number(length)) === numberOf(network);
}
