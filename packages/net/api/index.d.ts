// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

type Family = 4 | 6;
interface Address {
    readonly "~kind": "address";
    readonly family: Family;
    readonly w0: number;
    readonly w1: number;
    readonly w2: number;
    readonly w3: number;
    toString(): string;
    toJSON(): string;
}
declare function compareAddresses(a: Address, b: Address): -1 | 0 | 1;
declare function equalAddresses(a: Address, b: Address): boolean;
declare function addToAddress(address: Address, offset: number | bigint): Address;
declare function distance(from: Address, to: Address): bigint;
declare function unmapAddress(address: Address): Address;
interface Prefix {
    readonly "~kind": "prefix";
    readonly family: Family;
    readonly w0: number;
    readonly w1: number;
    readonly w2: number;
    readonly w3: number;
    readonly length: number;
    toString(): string;
    toJSON(): string;
}
declare function prefixOf(address: Address, length: number): Prefix;
declare function firstAddress(prefix: Prefix): Address;
declare function lastAddress(prefix: Prefix): Address;
declare function comparePrefixes(a: Prefix, b: Prefix): -1 | 0 | 1;
declare function equalPrefixes(a: Prefix, b: Prefix): boolean;
declare function containsAddress(outer: Prefix, address: Address): boolean;
declare function containsPrefix(outer: Prefix, inner: Prefix): boolean;
declare function overlaps(a: Prefix, b: Prefix): boolean;
declare function subnets(prefix: Prefix, length: number): IterableIterator<Prefix>;
interface AddressRange {
    readonly "~kind": "range";
    readonly first: Address;
    readonly last: Address;
    toString(): string;
    toJSON(): string;
}
declare function createRange(first: Address, last: Address): AddressRange;
interface AddressSet {
    readonly size: bigint;
    has(address: Address): boolean;
    union(other: AddressSet): AddressSet;
    intersect(other: AddressSet): AddressSet;
    subtract(other: AddressSet): AddressSet;
    prefixes(): readonly Prefix[];
    ranges(): readonly AddressRange[];
}
declare function createAddressSet(items?: Iterable<Address | Prefix | AddressRange>): AddressSet;
interface ParseFailure {
    readonly input: string;
    readonly column: number;
    readonly expected: string;
}
interface NetErrorDetails {
    readonly invalid_address: ParseFailure;
    readonly invalid_prefix: ParseFailure;
    readonly invalid_range: ParseFailure;
    readonly invalid_mac: ParseFailure;
    readonly host_bits_set: ParseFailure & {
        readonly masked: Prefix;
    };
}
type NetErrorCode = keyof NetErrorDetails;
declare class NetError<C extends NetErrorCode = NetErrorCode> extends Error {
    readonly code: C;
    readonly details: NetErrorDetails[C];
    constructor(code: C, text: string, details: NetErrorDetails[C], options?: {
        readonly cause?: unknown;
    });
}
declare function isNetError<C extends NetErrorCode = NetErrorCode>(error: unknown, code?: C): error is {
    [K in C]: NetError<K>;
}[C];
declare function formatAddress(address: Address): string;
type Mac = string & {
    readonly "~kind": "mac";
};
declare function parseMac(text: string): Mac;
declare function addressFromMac(prefix: Prefix, mac: Mac): Address;
declare function parseAddress(text: string): Address;
declare function tryParseAddress(text: string): Address | undefined;
interface PrefixEntry<V> {
    readonly prefix: Prefix;
    readonly value: V;
}
interface PrefixLookup<V> {
    readonly size: number;
    lookup(address: Address): PrefixEntry<V> | undefined;
}
interface PrefixTable<V> extends PrefixLookup<V>, Iterable<PrefixEntry<V>> {
    get(prefix: Prefix): V | undefined;
    insert(prefix: Prefix, value: V): void;
    delete(prefix: Prefix): boolean;
    subnets(prefix: Prefix): IterableIterator<PrefixEntry<V>>;
    supernets(prefix: Prefix): IterableIterator<PrefixEntry<V>>;
    compile(): PrefixLookup<V>;
}
declare function createPrefixTable<V>(entries?: Iterable<readonly [Prefix, V]>): PrefixTable<V>;
interface ParsePrefixOptions {
    readonly hostBits?: "reject" | "mask";
}
declare function parsePrefix(text: string, options?: ParsePrefixOptions): Prefix;
declare function formatPrefix(prefix: Prefix): string;
declare function parseRange(text: string): AddressRange;
declare function formatRange(range: AddressRange): string;
declare function reverseName(address: Address): string;
interface SpecialPurpose {
    readonly prefix: Prefix;
    readonly name: string;
    readonly rfc: string;
    readonly globallyReachable: boolean;
}
declare function classifyAddress(address: Address): SpecialPurpose | undefined;
interface StrideOptions {
    readonly first?: number;
    readonly last?: number;
}
interface Stride {
    readonly capacity: bigint;
    unit(n: number | bigint): Prefix;
    inverse(address: Address): bigint | undefined;
}
declare function stride(pool: Prefix, length: number, options?: StrideOptions): Stride;
export { NetError, addToAddress, addressFromMac, classifyAddress, compareAddresses, comparePrefixes, containsAddress, containsPrefix, createAddressSet, createPrefixTable, createRange, distance, equalAddresses, equalPrefixes, firstAddress, formatAddress, formatPrefix, formatRange, isNetError, lastAddress, overlaps, parseAddress, parseMac, parsePrefix, parseRange, prefixOf, reverseName, stride, subnets, tryParseAddress, unmapAddress };
export type { Address, AddressRange, AddressSet, Family, Mac, NetErrorCode, NetErrorDetails, ParseFailure, ParsePrefixOptions, Prefix, PrefixEntry, PrefixLookup, PrefixTable, SpecialPurpose, Stride, StrideOptions };
