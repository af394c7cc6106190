const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/** Bytes of a text; half a surrogate pair becomes U+FFFD, as the standard has it. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many bytes a text has. */
export function utf8Length(text: string): number {
  return utf8Bytes(text).length;
}

/** A text as Envoy's regular expressions see it: a character a byte. */
export function byteText(text: string): string {
  return isAscii(text) ? text : Array.from(utf8Bytes(text), (byte) => String.fromCharCode(byte)).join("");
}

/** The text that was made into characters a byte. */
export function textOfBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
