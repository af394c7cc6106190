import {
  type Address,
  type AddressRange,
  addToAddress,
  compareAddresses,
  createRange,
  type Family,
  type Prefix,
  prefixOf,
} from "@netmason/net";
import fc from "fast-check";
import { addressOfValue, bitsOf } from "./reference.js";

export const families: fc.Arbitrary<Family> = fc.constantFrom(4, 6);

/** All values, with the edges and runs of equal groups far more often than chance. */
export function valuesOf(family: Family): fc.Arbitrary<bigint> {
  const most = (1n << BigInt(bitsOf(family))) - 1n;
  const count = family === 4 ? 4 : 8;
  const size = BigInt(bitsOf(family) / count);
  const top = Number((1n << size) - 1n);
  const group = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 0, top) }, fc.integer({ min: 0, max: top }));
  const grouped = fc
    .array(group, { minLength: count, maxLength: count })
    .map((groups) => groups.reduce((value, each) => (value << size) | BigInt(each), 0n));
  return fc.oneof(grouped, fc.bigInt({ min: 0n, max: most }));
}

export function addressesOf(family: Family): fc.Arbitrary<Address> {
  return valuesOf(family).map((value) => addressOfValue(family, value));
}

export const addresses: fc.Arbitrary<Address> = families.chain(addressesOf);

export function prefixesOf(family: Family): fc.Arbitrary<Prefix> {
  const length = fc.integer({ min: 0, max: bitsOf(family) });
  return fc.tuple(addressesOf(family), length).map(([address, bits]) => prefixOf(address, bits));
}

export const prefixes: fc.Arbitrary<Prefix> = families.chain(prefixesOf);

export function rangesOf(family: Family): fc.Arbitrary<AddressRange> {
  return fc.tuple(addressesOf(family), addressesOf(family)).map((pair) => {
    const [first, last] = pair.sort(compareAddresses) as [Address, Address];
    return createRange(first, last);
  });
}

/** Two prefixes that are near each other more often than chance would bring them together. */
export function neighboursOf(family: Family): fc.Arbitrary<readonly [Prefix, Prefix]> {
  const bits = bitsOf(family);
  return fc
    .tuple(addressesOf(family), fc.nat(bits), fc.nat(bits), fc.nat(bits - 1))
    .map(([address, lengthA, lengthB, flipped]) => [
      prefixOf(address, lengthA),
      prefixOf(flipBit(address, bits - 1 - flipped), lengthB),
    ]);
}

function flipBit(address: Address, power: number): Address {
  const step = 1n << BigInt(power);
  const value = BigInt(`0x${hexOf(address)}`);
  return addToAddress(address, (value & step) === 0n ? step : -step);
}

function hexOf(address: Address): string {
  const words = [address.w0, address.w1, address.w2, address.w3];
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
