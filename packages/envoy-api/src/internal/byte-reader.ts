import { refuse } from "./refusal.js";

const shortText = 32;
const textDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the protobuf wire format forward; refuses what runs over the end or is not UTF-8. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  /** Halves of the last 64-bit value. */
  high = 0;
  low = 0;
  depth = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The low 32 bits of a varint; all of it goes to `high` and `low` when it is longer than four bytes. */
  varint32(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte === undefined) return refuse();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[this.at++];
      if (byte === undefined) return refuse();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    byte = this.#next();
    value |= byte << 28;
    for (let more = 0; byte > 0x7f; more++) {
      if (more === 5) refuse();
      byte = this.#next();
    }
    return value >>> 0;
  }

  /** A varint into `high` and `low`. */
  varint64(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) refuse();
      const byte = this.#next();
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else high |= part << (shift - 32);
      if (byte < 0x80) break;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
  }

  #next(): number {
    return this.bytes[this.at++] ?? refuse();
  }

  fixed32(): number {
    const { bytes, at } = this;
    this.advance(4);
    const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  fixed64(): void {
    this.low = this.fixed32();
    this.high = this.fixed32();
  }

  /** Moves over `count` bytes. */
  advance(count: number): void {
    if (count > this.bytes.length - this.at) refuse();
    this.at += count;
  }

  /** Reads a length and gives the end of what it covers. */
  end(): number {
    const length = this.varint32();
    if (length > this.bytes.length - this.at) refuse();
    return this.at + length;
  }

  text(): string {
    const end = this.end();
    const from = this.at;
    this.at = end;
    if (end - from <= shortText) {
      const { bytes } = this;
      let text = "";
      for (let i = from; i < end; i++) {
        const unit = bytes[i] as number;
        if (unit > 0x7f) return this.#longText(from, end);
        text += String.fromCharCode(unit);
      }
      return text;
    }
    return this.#longText(from, end);
  }

  #longText(from: number, end: number): string {
    try {
      return textDecoder.decode(this.bytes.subarray(from, end));
    } catch (error) {
      if (error instanceof TypeError) return refuse();
      throw error;
    }
  }

  /** A copy, so that it does not keep the whole document alive. */
  raw(): Uint8Array {
    const end = this.end();
    const taken = this.bytes.slice(this.at, end);
    this.at = end;
    return taken;
  }

  /** Moves over a field whose tag was read. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.varint64();
        break;
      case 1:
        this.advance(8);
        break;
      case 2:
        this.at = this.end();
        break;
      case 3:
        this.#skipGroup(tag >>> 3);
        break;
      case 5:
        this.advance(4);
        break;
      default:
        refuse();
    }
  }

  #skipGroup(number: number): void {
    for (let open = [number]; open.length > 0; ) {
      const tag = this.varint32();
      if ((tag & 7) === 3) open = [...open, tag >>> 3];
      else if ((tag & 7) !== 4) this.skip(tag);
      else if (open.pop() !== tag >>> 3) refuse();
    }
  }
}
