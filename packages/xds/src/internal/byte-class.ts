/** What one character of an expression in JavaScript stands for, of the characters up to U+00FF, which are bytes. */
export interface ByteClass {
  /** The same for equal sets. */
  readonly key: string;
  /** Instructions that RE2 needs for it; 0 for the empty set. */
  readonly rangeCount: number;
}

const known = new Map<string, ByteClass>();

/** Reads a character, an escape or a class in brackets; the last thousands are remembered. */
export function byteClassOf(source: string, flags: string): ByteClass {
  const id = `${flags}/${source}`;
  const found = known.get(id);
  if (found !== undefined) return found;
  if (known.size >= 4_096) known.clear();
  const made = readClass(new RegExp(`^${source}$`, flags));
  known.set(id, made);
  return made;
}

function readClass(expression: RegExp): ByteClass {
  const bytes = Array.from({ length: 256 }, (_, byte) => expression.test(String.fromCharCode(byte)));
  const ranges: (readonly [low: number, high: number])[] = [];
  let low = 0;
  for (let byte = 0; byte < 256; byte++) {
    if (bytes[byte] && !bytes[byte - 1]) low = byte;
    if (bytes[byte] && !bytes[byte + 1]) ranges.push([low, byte]);
  }
  // RE2 leaves out upper case where lower case says the same.
  const folds = bytes.slice(0x41, 0x5b).every((isIn, letter) => isIn === bytes[0x61 + letter]);
  const needed = ranges.filter(([from, to]) => !(folds && from >= 0x41 && to <= 0x5a));
  return { key: ranges.join(" "), rangeCount: needed.length };
}
