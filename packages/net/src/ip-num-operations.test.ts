// What ip-num can do beyond ip-num.test.ts. Left out are AS numbers, the embedded rendezvous point of a multicast address
// and checks of single octets, groups and masks, which have no counterpart, and what is made of others: isMergeable,
// takeStream, getCidrRanges.
import {
  type Address,
  addToAddress,
  classifyAddress,
  containsAddress,
  createAddressSet,
  createRange,
  type Family,
  firstAddress,
  lastAddress,
  type Prefix,
  parseAddress,
  parsePrefix,
  parseRange,
  prefixOf,
  tryParseAddress,
  unmapAddress,
} from "@netmason/net";
import { fromIpNum, toIpNum } from "@netmason/net/ip-num";
import fc from "fast-check";
import {
  expandIPv6Number,
  IPv4,
  IPv4CidrRange,
  IPv4Mask,
  IPv4Prefix,
  IPv6,
  IPv6CidrRange,
  IPv6Mask,
  IPv6Prefix,
  Pool,
  RangedSet,
  Validator,
} from "ip-num";
import { describe, expect, it } from "vitest";
import { addressesOf, families, prefixesOf, rangesOf, valuesOf } from "../test/arbitraries.js";
import { addressOfValue, bitsOf, formatSlowly, numberOf } from "../test/reference.js";
import { SPECIAL_PURPOSE_ROWS } from "./internal/special-purpose-registry.js";

type AnyRange = IPv4CidrRange;
type AnySet = RangedSet<IPv4>;
const cidr = (prefix: Prefix): AnyRange => toIpNum(prefix) as AnyRange;
const ranged = (range: ReturnType<typeof createRange>): AnySet => toIpNum(range) as AnySet;
const rangeOf = (prefix: Prefix): AnySet => ranged(createRange(firstAddress(prefix), lastAddress(prefix)));
const texts = (values: Iterable<unknown>): string[] => [...values].map(String);
const isValid = ([valid]: [boolean, string[]]): boolean => valid;

/** Addresses in and beside the blocks that have a meaning, as well as any. */
function meaningfulOf(family: Family): fc.Arbitrary<Address> {
  const blocks = [...SPECIAL_PURPOSE_ROWS.map(([text]) => text), "224.0.0.0/4", "ff00::/8"]
    .map((text) => parsePrefix(text))
    .filter((prefix) => prefix.family === family);
  const near = fc.tuple(fc.constantFrom(...blocks), addressesOf(family)).map(([block, address]) => {
    const within = numberOf(address) % createAddressSet([block]).size;
    return addToAddress(firstAddress(block), within);
  });
  const edges = blocks.flatMap((block) => [firstAddress(block), lastAddress(block)]);
  const beside = edges.flatMap((edge) => {
    const value = numberOf(edge);
    const most = (1n << BigInt(bitsOf(family))) - 1n;
    return [value - 1n, value + 1n].filter((each) => each >= 0n && each <= most);
  });
  return fc.oneof(
    near,
    fc.constantFrom(...edges),
    fc.constantFrom(...beside).map((value) => addressOfValue(family, value)),
    addressesOf(family),
  );
}

describe("the meaning of addresses, as ip-num has it", () => {
  const nameOf = (address: Address): string => classifyAddress(address)?.name ?? "";

  it("is that of the IANA registry for IPv4", () => {
    fc.assert(
      fc.property(meaningfulOf(4), (address) => {
        const ip = toIpNum(address) as IPv4;
        const name = nameOf(address);
        const found = {
          private: ip.isPrivate(),
          loopback: ip.isLoopback(),
          linkLocal: ip.isLinkLocal(),
          documentation: ip.isDocumentation(),
          unspecified: ip.isUnspecified(),
          broadcast: ip.isBroadcast(),
          reserved: ip.isReserved(),
          multicast: ip.isMulticast(),
        };
        expect(found).toEqual({
          private: name === "Private-Use",
          loopback: name === "Loopback",
          linkLocal: name === "Link Local",
          documentation: name.startsWith("Documentation"),
          unspecified: name === "This host on this network",
          broadcast: name === "Limited Broadcast",
          reserved: name === "Reserved",
          multicast: containsAddress(parsePrefix("224.0.0.0/4"), address),
        });
        // "Everything else", shared and benchmarking addresses and the like included.
        expect(ip.isGlobalUnicast()).toBe(!Object.values(found).includes(true));
        const network = prefixOf(address, 20);
        expect(ip.isBroadcast(cidr(network))).toBe(String(lastAddress(network)) === String(address));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is that of the IANA registry for IPv6", () => {
    const kinds: Readonly<Record<string, string>> = {
      "Unspecified Address": "Unspecified",
      "Loopback Address": "Loopback",
      Documentation: "Documentation",
      "IPv4-mapped Address": "IPv4-Mapped IPv6",
      "Discard-Only Address Block": "Discard-Only",
      "Link-Local Unicast": "Link-Local",
      "Unique-Local": "Unique Local Address",
    };
    fc.assert(
      fc.property(meaningfulOf(6), (address) => {
        const ip = toIpNum(address) as IPv6;
        const multicast = containsAddress(parsePrefix("ff00::/8"), address);
        const kind = multicast ? "Multicast" : (kinds[nameOf(address)] ?? "Global Unicast");
        expect(String(ip.getKind())).toBe(kind);
        expect([ip.isMulticast(), ip.isPrivate(), ip.isLinkLocal(), ip.isGlobalUnicast()]).toEqual(
          ["Multicast", "Unique Local Address", "Link-Local", "Global Unicast"].map((each) => each === kind),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("making and checking values, as ip-num does", () => {
  it("makes the same addresses from every text and number", () => {
    fc.assert(
      fc.property(addressesOf(4), addressesOf(6), (v4, v6) => {
        const bits = (address: Address): string => numberOf(address).toString(2).padStart(bitsOf(address.family), "0");
        const made4 = [
          IPv4.fromNumber(numberOf(v4)),
          IPv4.fromDecimalDottedString(String(v4)),
          IPv4.fromBinaryString(bits(v4)),
        ];
        const expanded = expandIPv6Number(formatSlowly({ family: 6, value: numberOf(v6) }));
        const made6 = [IPv6.fromBigInt(numberOf(v6)), IPv6.fromHexadecatet(expanded), IPv6.fromBinaryString(bits(v6))];
        expect(made4.map((each) => fromIpNum(each))).toEqual([v4, v4, v4]);
        expect(made6.map((each) => fromIpNum(each))).toEqual([v6, v6, v6]);
        const mapped = [IPv6.fromIPv4(toIpNum(v4) as IPv4), IPv6.fromIPv4DotDecimalString(String(v4))];
        expect(mapped.map((each) => unmapAddress(fromIpNum(each)))).toEqual([v4, v4]);
        expect(parseAddress(expanded)).toEqual(v6);
      }),
    );
  });

  it("accepts the same numbers and texts", () => {
    const edited = fc
      .tuple(addressesOf(4), fc.nat(14), fc.constantFrom("", "0", "1", ".", "9", "a"))
      .map(([address, at, piece]) => String(address).slice(0, at) + piece + String(address).slice(at));
    fc.assert(
      fc.property(edited, (text) => {
        expect(isValid(Validator.isValidIPv4String(text))).toBe(tryParseAddress(text) !== undefined);
      }),
    );
    const outside = [-1n, 1n << 32n, 1n << 128n];
    expect(outside.map((value) => isValid(Validator.isValidIPv4Number(value)))).toEqual([false, false, false]);
    expect(outside.map((value) => isValid(Validator.isValidIPv6Number(value)))).toEqual([false, true, false]);
    fc.assert(
      fc.property(families.chain(valuesOf), (value) => {
        expect(isValid(Validator.isValidIPv6Number(value))).toBe(true);
        expect(isValid(Validator.isValidIPv4Number(value))).toBe(value < 1n << 32n);
      }),
    );
  });

  it("makes the same prefixes and ranges", () => {
    fc.assert(
      fc.property(
        families.chain((family) => fc.tuple(prefixesOf(family), rangesOf(family))),
        ([prefix, range]) => {
          const [Range, PrefixLength, Mask] =
            prefix.family === 4 ? [IPv4CidrRange, IPv4Prefix, IPv4Mask] : [IPv6CidrRange, IPv6Prefix, IPv6Mask];
          const { size } = createAddressSet([prefix]);
          const text = cidr(prefix).toCidrString();
          expect(fromIpNum(Range.fromCidr(text) as AnyRange)).toEqual(prefix);
          expect(Number(PrefixLength.fromRangeSize(size).value)).toBe(prefix.length);
          const single = RangedSet.fromSingleIP(toIpNum(range.first) as IPv4);
          expect(fromIpNum(single)).toEqual(createRange(range.first, range.first));
          const ofCidr = RangedSet.fromCidrRange(cidr(prefix)) as AnySet;
          expect(fromIpNum(ofCidr)).toEqual(createRange(firstAddress(prefix), lastAddress(prefix)));
          expect(fromIpNum(ofCidr.toCidrRange() as AnyRange)).toEqual(prefix);
          const rangeText = ranged(range).toRangeString();
          expect(fromIpNum(RangedSet.fromRangeString(rangeText) as AnySet)).toEqual(parseRange(rangeText));
          expect(new Mask(String(cidr(prefix).getPrefix().toMask())).prefix).toBe(prefix.length);
        },
      ),
    );
  });
});

describe("ranges and pools that change, as ip-num has them", () => {
  it("grow at both ends alike", () => {
    const cut = families.chain(rangesOf).chain((range) => {
      const { size } = createAddressSet([range]);
      return fc.tuple(fc.constant(range), fc.bigInt({ min: 0n, max: size - 1n }));
    });
    fc.assert(
      fc.property(cut, ([range, offset]) => {
        fc.pre(offset > 0n);
        const low = createRange(range.first, addToAddress(range.first, offset - 1n));
        const high = createRange(addToAddress(range.first, offset), range.last);
        const union = createAddressSet([low, high]).ranges();
        expect(texts(union)).toEqual([String(range)]);
        expect(fromIpNum(ranged(low).append(ranged(high)))).toEqual(union[0]);
        expect(fromIpNum(ranged(high).prepend(ranged(low)))).toEqual(union[0]);
      }),
    );
  });

  const disjoint = families.chain((family) =>
    fc
      .array(
        prefixesOf(family).filter(({ length }) => length > 8),
        { minLength: 1, maxLength: 8 },
      )
      .map((prefixes) => createAddressSet(prefixes).prefixes()),
  );

  it("hold, join, lose and replace the same addresses", () => {
    fc.assert(
      fc.property(disjoint, (prefixes) => {
        const [first] = prefixes as [Prefix];
        const halves = prefixes.flatMap((prefix) => texts(cidr(prefix).getSize() > 1n ? splitOf(prefix) : [prefix]));
        const pool = Pool.fromRangeSet(halves.map((text) => rangeOf(parsePrefix(text))));
        expect(poolTexts(pool.aggregate())).toEqual(prefixes.map((prefix) => String(fromIpNum(rangeOf(prefix)))));

        const whole = Pool.fromCidrRanges(prefixes.map(cidr));
        expect(whole.removeExact(rangeOf(first))).toBe(true);
        const without = createAddressSet(prefixes).subtract(createAddressSet([first]));
        expect(poolTexts(whole)).toEqual(without.prefixes().map((prefix) => String(fromIpNum(rangeOf(prefix)))));
        whole.add([rangeOf(first)]);
        expect(whole.getSize()).toBe(createAddressSet(prefixes).size);
        whole.resetWith([rangeOf(first)]);
        expect(poolTexts(whole)).toEqual([String(fromIpNum(rangeOf(first)))]);
        whole.clear();
        expect(poolTexts(whole)).toEqual([]);
        const single = Pool.fromIP([toIpNum(firstAddress(first)) as IPv4]);
        expect(poolTexts(single)).toEqual([`${firstAddress(first)}-${firstAddress(first)}`]);
      }),
    );
  });

  it("give out prefixes that were free", () => {
    fc.assert(
      fc.property(disjoint, fc.nat(3), (prefixes, more) => {
        const longest = Math.max(...prefixes.map(({ length }) => length));
        const [{ family }] = prefixes as [Prefix];
        const length = Math.min(bitsOf(family), longest + more);
        const pool = Pool.fromCidrRanges(prefixes.map(cidr));
        const wanted = (family === 4 ? IPv4Prefix : IPv6Prefix).fromNumber(BigInt(length)) as IPv4Prefix;
        const given = pool.getCidrRange(wanted);
        const [before, taken] = [createAddressSet(prefixes), createAddressSet([fromIpNum(given as AnyRange)])];
        expect(Number(given.getPrefix().value)).toBe(length);
        expect(taken.subtract(before).size).toBe(0n);
        const left = createAddressSet(pool.getRanges().map((each) => fromIpNum(each as AnySet)));
        expect(texts(left.prefixes())).toEqual(texts(before.subtract(taken).prefixes()));
      }),
    );
  });
});

function splitOf(prefix: Prefix): Prefix[] {
  return cidr(prefix)
    .split()
    .map((each) => fromIpNum(each));
}

function poolTexts(pool: { getRanges(): readonly unknown[] }): string[] {
  return pool.getRanges().map((each) => String(fromIpNum(each as AnySet)));
}
