import { refuse } from "./refusal.js";

const firstCapacity = 1 << 16;
const mostKeptCapacity = 1 << 20;
const shortText = 128;
const textEncoder = new TextEncoder();
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Bytes of a message from its end to its start: the length of what is nested is known when its header is written, so
 * nothing is measured first or moved later. Positions that are kept count from the end, because growing moves the start.
 */
export class ByteWriter {
  bytes: Uint8Array = new Uint8Array(firstCapacity);
  /** Where the bytes written so far begin. */
  start: number = firstCapacity;
  /** How deep the message being written stands. */
  depth = 0;

  /** Bytes written so far. */
  get size(): number {
    return this.bytes.length - this.start;
  }

  /** Makes sure that `count` bytes fit. */
  reserve(count: number): void {
    if (this.start < count) this.#grow(count);
  }

  #grow(count: number): void {
    const { size } = this;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, size + count + 1_024));
    grown.set(this.bytes.subarray(this.start), grown.length - size);
    this.bytes = grown;
    this.start = grown.length - size;
  }

  /** `value` from 0 to 2^32 - 1. */
  varint32(value: number): void {
    if (this.start < 5) this.#grow(5);
    if (value < 0x80) {
      this.bytes[--this.start] = value;
      return;
    }
    const length = value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
    const { bytes } = this;
    let at = this.start - length;
    this.start = at;
    let rest = value;
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at] = rest;
  }

  /** A 64-bit value by its halves, each from 0 to 2^32 - 1. */
  varint64(high: number, low: number): void {
    if (high === 0) {
      this.varint32(low);
      return;
    }
    this.reserve(10);
    let length = 1;
    for (let h = high, l = low; h !== 0 || l > 0x7f; length++) {
      l = ((l >>> 7) | (h << 25)) >>> 0;
      h >>>= 7;
    }
    const { bytes } = this;
    let at = this.start - length;
    this.start = at;
    let h = high;
    let l = low;
    while (--length > 0) {
      bytes[at++] = (l & 0x7f) | 0x80;
      l = ((l >>> 7) | (h << 25)) >>> 0;
      h >>>= 7;
    }
    bytes[at] = l;
  }

  /** A negative int32 or enum value takes ten bytes. */
  int32(value: number): void {
    if (value >= 0) this.varint32(value);
    else this.varint64(0xffff_ffff, value >>> 0);
  }

  fixed32(value: number): void {
    this.reserve(4);
    const { bytes } = this;
    this.start -= 4;
    const at = this.start;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** Ends a field whose bytes are all that was written since `size` was `before`: its length, then its tag. */
  header(before: number, tag: number): void {
    const length = this.bytes.length - this.start - before;
    if (length < 0x80 && tag < 0x80 && this.start > 1) {
      this.bytes[--this.start] = length;
      this.bytes[--this.start] = tag;
      return;
    }
    this.varint32(length);
    this.varint32(tag);
  }

  /** UTF-8 without a length. Refuses half a surrogate pair. */
  text(value: string): void {
    const { length } = value;
    if (this.start < length * 3) this.#grow(length * 3);
    if (length > shortText) {
      this.#longText(value);
      return;
    }
    const { bytes } = this;
    let at = this.start;
    for (let i = length - 1; i >= 0; i--) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) {
        this.#longText(value);
        return;
      }
      bytes[--at] = unit;
    }
    this.start = at;
  }

  #longText(value: string): void {
    const { bytes } = this;
    const most = value.length * 3;
    const from = this.start - most;
    const { written } = textEncoder.encodeInto(value, bytes.subarray(from, this.start));
    if (written !== value.length && loneSurrogate.test(value)) refuse();
    bytes.copyWithin(this.start - written, from, from + written);
    this.start -= written;
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.start -= value.length;
    this.bytes.set(value, this.start);
  }

  /** Takes out what was written since `size` was `before`. */
  take(before: number): Uint8Array {
    const end = this.bytes.length - before;
    const taken = this.bytes.slice(this.start, end);
    this.reset(before);
    return taken;
  }

  /** Forgets what was written since `size` was `before`. */
  reset(before: number): void {
    if (before === 0 && this.bytes.length > mostKeptCapacity) this.bytes = new Uint8Array(firstCapacity);
    this.start = this.bytes.length - before;
  }
}
