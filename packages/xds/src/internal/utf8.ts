const encoder = /* @__PURE__ */ new TextEncoder();

/** Bytes of a text; half a surrogate pair becomes U+FFFD, as the standard has it. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many bytes a text has. */
export function utf8Length(text: string): number {
  return utf8Bytes(text).length;
}
