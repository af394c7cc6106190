const DOT_BITS = 14;

/**
 * The octets that three characters begin with, and those they end with, by the low four bits of each character: a digit
 * has its value there and a dot 14. An entry is the octet plus 256 times its count of digits; it is -1 where there is no
 * octet, one with a leading zero or one above 255. Low bits do not tell digits and dots from all other characters, so
 * whoever reads the tables has to.
 *
 *     FIRST_OCTET   "255"   "25."   "2.?"
 *     LAST_OCTET    "255"   ".25"   "?.2"
 */
export const FIRST_OCTET: Int16Array = /* @__PURE__ */ octetTable((digits, size, other) =>
  size === 3 ? digits : size === 2 ? (digits << 4) | DOT_BITS : (digits << 8) | (DOT_BITS << 4) | other,
);
export const LAST_OCTET: Int16Array = /* @__PURE__ */ octetTable((digits, size, other) =>
  size === 3 ? digits : size === 2 ? (DOT_BITS << 8) | digits : (other << 8) | (DOT_BITS << 4) | digits,
);

/** `keyOf` gets an octet's decimal digits, four bits each, and places them and a dot; `other` is any third character. */
function octetTable(keyOf: (digits: number, size: number, other: number) => number): Int16Array {
  const table = new Int16Array(1 << 12).fill(-1);
  for (let octet = 0; octet < 256; octet++) {
    const size = octet < 10 ? 1 : octet < 100 ? 2 : 3;
    const digits = (((octet / 100) | 0) << 8) | ((((octet / 10) | 0) % 10) << 4) | (octet % 10);
    const others = size === 1 ? 16 : 1;
    for (let other = 0; other < others; other++) table[keyOf(digits, size, other)] = octet | (size << 8);
  }
  return table;
}
