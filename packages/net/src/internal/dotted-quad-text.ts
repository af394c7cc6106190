const DOT = 46;
const ZERO = 48;
const SLASH = 47;

/** `255.255.255.255/32` */
const MAX_LENGTH = 18;

/** The decimal digits of 0 to 255 as three character codes, the first one lowest, and above them how many there are. */
const DIGITS: Int32Array = /* @__PURE__ */ digitTable();

/** Computed and not read off texts: whoever imports the package pays for it, programs that start for each call too. */
function digitTable(): Int32Array {
  const table = new Int32Array(256);
  for (let value = 0; value < 256; value++) {
    const ones = ZERO + (value % 10);
    const tens = ZERO + (((value / 10) | 0) % 10);
    const hundreds = ZERO + ((value / 100) | 0);
    if (value < 10) table[value] = ones | (1 << 24);
    else if (value < 100) table[value] = tens | (ones << 8) | (2 << 24);
    else table[value] = hundreds | (tens << 8) | (ones << 16) | (3 << 24);
  }
  return table;
}

/**
 * Where a text is put together, by its length. One call that takes all characters makes one flat string; a string joined
 * piece by piece is copied once more by its first reader, which takes as long as making it.
 */
const CODES: readonly number[][] = /* @__PURE__ */ Array.from({ length: MAX_LENGTH + 1 }, (_, length) =>
  Array.from({ length }, () => 0),
);

export function formatDottedQuad(word: number): string {
  const a = DIGITS[word >>> 24] as number;
  const b = DIGITS[(word >>> 16) & 255] as number;
  const c = DIGITS[(word >>> 8) & 255] as number;
  const d = DIGITS[word & 255] as number;
  const codes = CODES[(a >> 24) + (b >> 24) + (c >> 24) + (d >> 24) + 3] as number[];
  putNumber(codes, putOctet(codes, putOctet(codes, putOctet(codes, 0, a), b), c), d);
  return String.fromCharCode(...codes);
}

export function formatIpv4Prefix(word: number, length: number): string {
  const a = DIGITS[word >>> 24] as number;
  const b = DIGITS[(word >>> 16) & 255] as number;
  const c = DIGITS[(word >>> 8) & 255] as number;
  const d = DIGITS[word & 255] as number;
  const bits = DIGITS[length] as number;
  const codes = CODES[(a >> 24) + (b >> 24) + (c >> 24) + (d >> 24) + (bits >> 24) + 4] as number[];
  const slash = putNumber(codes, putOctet(codes, putOctet(codes, putOctet(codes, 0, a), b), c), d);
  codes[slash] = SLASH;
  putNumber(codes, slash + 1, bits);
  return String.fromCharCode(...codes);
}

/** Writes digits and a dot; returns the index behind them. Three digits are always written: a branch would cost more. */
function putOctet(codes: number[], at: number, digits: number): number {
  codes[at] = digits & 255;
  codes[at + 1] = (digits >> 8) & 255;
  codes[at + 2] = (digits >> 16) & 255;
  const end = at + (digits >> 24);
  codes[end] = DOT;
  return end + 1;
}

/** Writes no more than the digits there are, so that nothing is written behind the end. */
function putNumber(codes: number[], at: number, digits: number): number {
  const size = digits >> 24;
  codes[at] = digits & 255;
  if (size > 1) codes[at + 1] = (digits >> 8) & 255;
  if (size > 2) codes[at + 2] = (digits >> 16) & 255;
  return at + size;
}
