// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

import { IPv4, IPv6, IPv4CidrRange, IPv6CidrRange, RangedSet } from 'ip-num';
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
interface AddressRange {
    readonly "~kind": "range";
    readonly first: Address;
    readonly last: Address;
    toString(): string;
    toJSON(): string;
}
declare function fromIpNum(value: IPv4 | IPv6): Address;
declare function fromIpNum(value: IPv4CidrRange | IPv6CidrRange): Prefix;
declare function fromIpNum(value: RangedSet<IPv4> | RangedSet<IPv6>): AddressRange;
declare function toIpNum(value: Address): IPv4 | IPv6;
declare function toIpNum(value: Prefix): IPv4CidrRange | IPv6CidrRange;
declare function toIpNum(value: AddressRange): RangedSet<IPv4> | RangedSet<IPv6>;
export { fromIpNum, toIpNum };
