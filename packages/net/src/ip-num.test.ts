import {
  type Address,
  addToAddress,
  classifyAddress,
  compareAddresses,
  comparePrefixes,
  containsAddress,
  containsPrefix,
  createAddressSet,
  createRange,
  equalAddresses,
  type Family,
  firstAddress,
  formatAddress,
  lastAddress,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  parseRange,
  prefixOf,
  subnets,
  unmapAddress,
} from "@netmason/net";
import { fromIpNum, toIpNum } from "@netmason/net/ip-num";
import fc from "fast-check";
import {
  collapseIPv6Number,
  IPv4,
  IPv4CidrRange,
  IPv4Mask,
  IPv4Prefix,
  IPv6,
  IPv6Mask,
  IPv6Prefix,
  Pool,
  type RangedSet,
} from "ip-num";
import { describe, expect, it } from "vitest";
import { addressesOf, families, neighboursOf, prefixesOf, rangesOf } from "../test/arbitraries.js";
import { bitsOf, numberOf } from "../test/reference.js";

const two = <T>(of: (family: Family) => fc.Arbitrary<T>): fc.Arbitrary<readonly [T, T]> =>
  families.chain((family) => fc.tuple(of(family), of(family)));

/** ip-num's types keep the families apart; what is compared here is the same for both. */
type AnyRange = IPv4CidrRange;
type AnySet = RangedSet<IPv4>;
const cidr = (prefix: Prefix): AnyRange => toIpNum(prefix) as AnyRange;
const ranged = (range: ReturnType<typeof createRange>): AnySet => toIpNum(range) as AnySet;
const texts = (values: Iterable<unknown>): string[] => [...values].map(String);

describe("conversion", () => {
  it("brings addresses, prefixes and ranges there and back", () => {
    fc.assert(
      fc.property(
        families.chain((family) => fc.tuple(addressesOf(family), prefixesOf(family), rangesOf(family))),
        ([address, prefix, range]) => {
          expect(toIpNum(address).value).toBe(numberOf(address));
          expect(fromIpNum(toIpNum(address))).toEqual(address);
          expect(fromIpNum(cidr(prefix))).toEqual(prefix);
          expect(fromIpNum(ranged(range))).toEqual(range);
        },
      ),
    );
  });

  it("masks the host bits that an ip-num range may have", () => {
    const range = new IPv4CidrRange(new IPv4("10.1.2.3"), IPv4Prefix.fromNumber(8n));
    expect(String(fromIpNum(range))).toBe("10.0.0.0/8");
  });

  it("reads the members of an address that no class of this copy made", () => {
    const foreign = { value: 0x0a000001n, bitSize: 32 } as unknown as IPv4;
    expect(String(fromIpNum(foreign))).toBe("10.0.0.1");
  });
});

describe("addresses as ip-num has them", () => {
  it("compare, print and step alike", () => {
    fc.assert(
      fc.property(two(addressesOf), ([a, b]) => {
        const [x, y] = [toIpNum(a), toIpNum(b)];
        const order = compareAddresses(a, b);
        expect(x.isEquals(y)).toBe(equalAddresses(a, b));
        expect([x.isLessThan(y), x.isGreaterThan(y)]).toEqual([order < 0, order > 0]);
        expect([x.isLessThanOrEquals(y), x.isGreaterThanOrEquals(y)]).toEqual([order <= 0, order >= 0]);
        expect(parseAddress(x.toString())).toEqual(a);
        expect(x.getValue()).toBe(numberOf(a));
        expect(BigInt(`0b${x.toBinaryString()}`)).toBe(numberOf(a));
        const most = (1n << BigInt(bitsOf(a.family))) - 1n;
        expect([x.hasNext(), x.hasPrevious()]).toEqual([numberOf(a) < most, numberOf(a) > 0n]);
        if (x.hasNext()) expect(String(addToAddress(a, 1))).toBe(formatAddress(parseAddress(String(x.nextIPNumber()))));
        if (x.hasPrevious()) expect(addToAddress(a, -1)).toEqual(parseAddress(String(x.previousIPNumber())));
      }),
    );
  });

  it("read every text alike", () => {
    fc.assert(
      fc.property(families.chain(addressesOf), (address) => {
        const text = formatAddress(address);
        const parsed = address.family === 4 ? IPv4.fromString(text) : IPv6.fromString(String(toIpNum(address)));
        expect(fromIpNum(parsed)).toEqual(address);
      }),
    );
  });

  it("have the same parts", () => {
    fc.assert(
      fc.property(addressesOf(4), addressesOf(6), (v4, v6) => {
        const octets = (toIpNum(v4) as IPv4).getOctets().map((octet) => octet.getValue());
        expect(octets.join(".")).toBe(formatAddress(v4));
        // ip-num gives fewer than eight groups where the first are zero.
        fc.pre(v6.w0 >>> 16 !== 0);
        const groups = (toIpNum(v6) as IPv6).getHexadecatet().map((group) => group.toString());
        expect(parseAddress(groups.join(":"))).toEqual(v6);
        const collapsed = collapseIPv6Number(String(toIpNum(v6)));
        expect(parseAddress(collapsed)).toEqual(v6);
        expect(unmapAddress(fromIpNum((toIpNum(v4) as IPv4).toIPv4MappedIPv6()))).toEqual(v4);
        expect((toIpNum(v6) as IPv6).isIPv4Mapped()).toBe(unmapAddress(v6).family === 4);
      }),
    );
  });

  it.each([
    ["10.1.2.3", "isPrivate", "Private-Use"],
    ["172.31.0.1", "isPrivate", "Private-Use"],
    ["192.168.0.1", "isPrivate", "Private-Use"],
    ["127.0.0.1", "isLoopback", "Loopback"],
    ["169.254.1.1", "isLinkLocal", "Link Local"],
    ["192.0.2.1", "isDocumentation", "Documentation (TEST-NET-1)"],
    ["0.0.0.0", "isUnspecified", "This host on this network"],
    ["255.255.255.255", "isBroadcast", "Limited Broadcast"],
    ["240.0.0.1", "isReserved", "Reserved"],
  ] as const)("classify %s alike", (text, is, name) => {
    expect(new IPv4(text)[is]()).toBe(true);
    expect(classifyAddress(parseAddress(text))?.name).toBe(name);
  });

  it.each([
    ["::1", "isLoopback", "Loopback Address"],
    ["::", "isUnspecified", "Unspecified Address"],
    ["fe80::1", "isLinkLocal", "Link-Local Unicast"],
    ["fd00::1", "isPrivate", "Unique-Local"],
    ["2001:db8::1", "isDocumentation", "Documentation"],
    ["100::1", "isDiscardOnly", "Discard-Only Address Block"],
  ] as const)("classify %s alike", (text, is, name) => {
    expect(new IPv6(text)[is]()).toBe(true);
    expect(classifyAddress(parseAddress(text))?.name).toBe(name);
  });
});

describe("prefixes as ip-num has them", () => {
  it("have the same ends, size and text", () => {
    fc.assert(
      fc.property(families.chain(prefixesOf), (prefix) => {
        const range = cidr(prefix);
        expect(fromIpNum(range.getFirst())).toEqual(firstAddress(prefix));
        expect(fromIpNum(range.getLast())).toEqual(lastAddress(prefix));
        expect(range.getSize()).toBe(createAddressSet([prefix]).size);
        expect(parsePrefix(range.toCidrString())).toEqual(prefix);
        expect(parseRange(range.toRangeString())).toEqual(createRange(firstAddress(prefix), lastAddress(prefix)));
        expect(fromIpNum(range.toRangeSet() as AnySet)).toEqual(parseRange(range.toRangeString()));
        expect(Number(range.getPrefix().getValue())).toBe(prefix.length);
        expect(range.getPrefix().toRangeSize()).toBe(range.getSize());
        const mask = prefixOf(lastAddress(parsePrefix(prefix.family === 4 ? "0.0.0.0/0" : "::/0")), prefix.length);
        const Mask = prefix.family === 4 ? IPv4Mask : IPv6Mask;
        expect(new Mask(String(range.getPrefix().toMask())).value).toBe(numberOf(firstAddress(mask)));
      }),
    );
  });

  it("relate alike", () => {
    fc.assert(
      fc.property(
        families.chain((family) => fc.oneof(neighboursOf(family), fc.tuple(prefixesOf(family), prefixesOf(family)))),
        ([a, b]) => {
          const [x, y] = [cidr(a), cidr(b)];
          expect(x.contains(y)).toBe(containsPrefix(a, b));
          expect(x.inside(y)).toBe(containsPrefix(b, a));
          expect(x.contains(y.getFirst())).toBe(containsAddress(a, firstAddress(b)));
          expect(x.isEquals(y)).toBe(comparePrefixes(a, b) === 0);
          expect(x.isOverlapping(y) || x.contains(y) || x.inside(y)).toBe(overlaps(a, b));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("are next to each other, and merge, alike", () => {
    const beside = families.chain((family) =>
      fc
        .tuple(prefixesOf(family), fc.boolean())
        .filter(([{ length }]) => length > 0)
        .map(([prefix, swap]) => {
          const size = createAddressSet([prefix]).size;
          const index = numberOf(firstAddress(prefix)) / size;
          const other = prefixOf(addToAddress(firstAddress(prefix), index % 2n === 0n ? size : -size), prefix.length);
          return swap ? ([other, prefix] as const) : ([prefix, other] as const);
        }),
    );
    fc.assert(
      fc.property(beside, ([a, b]) => {
        const [x, y] = [cidr(a), cidr(b)];
        const union = createAddressSet([a, b]);
        expect([x.isConsecutive(y), x.isCidrMergeable(y)]).toEqual([union.ranges().length === 1, true]);
        expect(String(fromIpNum(x.merge(y) as AnyRange))).toBe(String(union.prefixes()[0]));
        const next = comparePrefixes(a, b) < 0 ? x.nextRange() : x.previousRange();
        expect(fromIpNum(next as AnyRange)).toEqual(b);
        expect([x.hasNextRange(), x.hasPreviousRange()]).toEqual([hasNeighbour(a, 1n), hasNeighbour(a, -1n)]);
      }),
    );
  });

  it("split and count alike", () => {
    const shorter = families.chain(prefixesOf).filter((prefix) => prefix.length + 4 <= bitsOf(prefix.family));
    fc.assert(
      fc.property(shorter, fc.integer({ min: 1, max: 4 }), (prefix, more) => {
        const range = cidr(prefix);
        const length = prefix.length + more;
        const prefixOfLength = (prefix.family === 4 ? IPv4Prefix : IPv6Prefix).fromNumber(BigInt(length));
        expect(range.splitInto(prefixOfLength as IPv4Prefix).map((each) => fromIpNum(each))).toEqual([
          ...subnets(prefix, length),
        ]);
        expect(range.split().map((each) => fromIpNum(each))).toEqual([...subnets(prefix, prefix.length + 1)]);
        const first = Array.from({ length: 4 }, (_, i) => String(addToAddress(firstAddress(prefix), i)));
        expect(range.take(4n).map((each) => String(fromIpNum(each)))).toEqual(first);
      }),
    );
  });
});

describe("ranges and sets as ip-num has them", () => {
  it("relate and combine alike", () => {
    fc.assert(
      fc.property(two(rangesOf), ([a, b]) => {
        const [x, y] = [ranged(a), ranged(b)];
        const [setA, setB] = [createAddressSet([a]), createAddressSet([b])];
        const common = setA.intersect(setB).size;
        expect([x.contains(y), x.inside(y)]).toEqual([common === setB.size, common === setA.size]);
        expect(x.getSize()).toBe(setA.size);
        expect(parseRange(x.toRangeString())).toEqual(a);
        expect(x.isEquals(y)).toBe(String(a) === String(b));
        const order = compareAddresses(a.first, b.first) || compareAddresses(a.last, b.last);
        expect([x.isLessThan(y), x.isGreaterThan(y)]).toEqual([order < 0, order > 0]);
        const apart = common === 0n;
        expect(x.isConsecutive(y)).toBe(apart && setA.union(setB).ranges().length === 1);
        // Ranges that share one address at their ends overlap by definition, but not always for ip-num.
        const touching = common === 1n;
        if (!touching) expect(x.isOverlapping(y) || x.contains(y) || x.inside(y)).toBe(!apart);
        const partly = !apart && !touching && common !== setA.size && common !== setB.size;
        if (partly || x.isConsecutive(y)) {
          expect(String(fromIpNum(x.union(y) as AnySet))).toBe(String(setA.union(setB).ranges()[0]));
        }
        // Its subtract has no counterpart: of ranges that overlap in part it gives the union.
        if (x.contains(y) && !x.isEquals(y)) {
          const left = x.difference(y).map((each) => String(fromIpNum(each as AnySet)));
          expect(left).toEqual(texts(setA.subtract(setB).ranges()));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("turn to a prefix alike, and give parts alike", () => {
    fc.assert(
      fc.property(
        families.chain((family) =>
          fc.oneof(
            rangesOf(family),
            prefixesOf(family).map((prefix) => createRange(firstAddress(prefix), lastAddress(prefix))),
          ),
        ),
        (range) => {
          const x = ranged(range);
          const prefixes = createAddressSet([range]).prefixes();
          expect(x.isCidrAble()).toBe(prefixes.length === 1);
          if (x.isCidrAble()) expect(fromIpNum(x.toCidrRange() as AnyRange)).toEqual(prefixes[0]);
          const part = x.takeSubRange(0n, (x.getSize() + 1n) / 2n) as AnySet;
          const last = addToAddress(range.first, (x.getSize() + 1n) / 2n - 1n);
          expect(fromIpNum(part)).toEqual(createRange(range.first, last));
        },
      ),
    );
  });

  it("pool alike", () => {
    const items = families.chain((family) =>
      fc.array(
        prefixesOf(family).filter(({ length }) => length > 8),
        { minLength: 1, maxLength: 8 },
      ),
    );
    fc.assert(
      fc.property(items, families.chain(rangesOf), (prefixes, removed) => {
        const set = createAddressSet(prefixes);
        const disjoint = set.prefixes();
        const pool = Pool.fromCidrRanges(disjoint.map(cidr));
        expect(pool.getSize()).toBe(set.size);
        expect(texts(pool.getRanges().map((each) => fromIpNum(each as AnySet)))).toEqual(
          disjoint.map((prefix) => String(createRange(firstAddress(prefix), lastAddress(prefix)))),
        );
        fc.pre(removed.first.family === disjoint[0]?.family);
        const cut = createAddressSet([removed]);
        const partOf = (prefix: Prefix): bigint => createAddressSet([prefix]).intersect(cut).size;
        // ip-num keeps a range that the removed one holds wholly, and joins it with one that overlaps in part.
        fc.pre(disjoint.every((prefix) => [0n, cut.size].includes(partOf(prefix))));
        pool.removeOverlapping(ranged(removed));
        const left = createAddressSet(pool.getRanges().map((each) => fromIpNum(each as AnySet)));
        expect(texts(left.prefixes())).toEqual(texts(set.subtract(createAddressSet([removed])).prefixes()));
      }),
    );
  });
});

function hasNeighbour(prefix: Prefix, direction: 1n | -1n): boolean {
  const size = createAddressSet([prefix]).size;
  const first: bigint = numberOf(firstAddress(prefix) as Address) + direction * size;
  return first >= 0n && first < 1n << BigInt(bitsOf(prefix.family));
}
