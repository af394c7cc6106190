import { type Address, firstAddress, type Prefix, parsePrefix } from "@netmason/net";

// Every key of the store. A segment is percent-escaped and closed by "/", so "a" is never the start of "ab", and keys are
// printable ASCII. Addresses are fixed-width hex: the order of keys is the order of addresses.

/** Behind every key that starts with a prefix ending in "/". */
const AFTER_SLASH = "0";

/** Hex digits of a time in a key. */
export const TIME_DIGITS = 14;

/** A name as one segment of a key. */
export function segment(name: string): string {
  return encodeURIComponent(name);
}

/** Whether text has half of a surrogate pair, which no key can carry. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** The name a segment stands for. */
export function nameOf(text: string): string {
  return decodeURIComponent(text);
}

/** From a prefix that ends in "/": the bounds of all keys under it. */
export function under(prefix: string): { readonly from: string; readonly to: string } {
  return { from: prefix, to: prefix.slice(0, -1) + AFTER_SLASH };
}

/** 8 or 32 hex digits. */
export function hexOf(address: Address): string {
  const low = wordHex(address.w3);
  return address.family === 4 ? low : wordHex(address.w0) + wordHex(address.w1) + wordHex(address.w2) + low;
}

function wordHex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

/** A time as digits that sort as times do; at least 1, because 0 means "now" in index rows. */
export function timeDigits(ms: number): string {
  return Math.min(Math.max(1, Math.floor(ms)), Number.MAX_SAFE_INTEGER)
    .toString(16)
    .padStart(TIME_DIGITS, "0");
}

/** The keys of one VRF. */
export class Keys {
  readonly policy: string;
  readonly gen: string;
  readonly #vrf: string;

  constructor(vrf: string) {
    this.#vrf = segment(vrf);
    this.policy = `p/${this.#vrf}/`;
    this.gen = `${this.policy}gen`;
  }

  /** Everything of this VRF under a one-letter root. */
  root(letter: string): string {
    return `${letter}/${this.#vrf}/`;
  }

  pool(name: string): string {
    return `${this.policy}pool/${segment(name)}`;
  }

  reservation(name: string): string {
    return `${this.policy}reservation/${segment(name)}`;
  }

  /** Blocks of this pool still have to be indexed anew. */
  reindex(name: string): string {
    return `${this.policy}reindex/${segment(name)}`;
  }

  blocksOf(poolSegment: string): string {
    return `b/${this.#vrf}/${poolSegment}/`;
  }

  block(poolSegment: string, prefix: Prefix): string {
    return `b/${this.#vrf}/${poolSegment}/${hexOf(firstAddress(prefix))}-${prefix.length}`;
  }

  /** A block by the text of its prefix. */
  blockOf(poolSegment: string, prefix: string): string {
    return this.block(poolSegment, parsePrefix(prefix));
  }

  handle(name: string): string {
    return `h/${this.#vrf}/${segment(name)}`;
  }

  affinity(node: string, poolSegment: string): string {
    return `a/${this.#vrf}/${segment(node)}/${poolSegment}`;
  }

  affinitiesOf(node: string): string {
    return `a/${this.#vrf}/${segment(node)}/`;
  }

  /** A run of blocks nobody claimed, by the first address of its last block. */
  unclaimed(family: number, poolSegment: string, lastHex: string): string {
    return `u/${this.#vrf}/${family}/${poolSegment}/${lastHex}`;
  }

  unclaimedOf(family: number): string {
    return `u/${this.#vrf}/${family}/`;
  }

  /** A list of blocks with room, of one family: rows of class 0 have it now, rows of class 1 from a time on. */
  space(list: string, family: number, timed: 0 | 1): string {
    return `o/${this.#vrf}/${list}/${family}/${timed}/`;
  }

  /** Blocks of nodes that are empty, by since when. */
  emptyOf(family: number): string {
    return `e/${this.#vrf}/${family}/`;
  }

  guard(poolSegment: string): string {
    return `s/${this.#vrf}/${poolSegment}`;
  }

  childrenOf(poolSegment: string): string {
    return `c/${this.#vrf}/${poolSegment}/`;
  }

  child(poolSegment: string, prefix: Prefix): string {
    return `c/${this.#vrf}/${poolSegment}/${hexOf(firstAddress(prefix))}-${prefix.length}`;
  }
}
