import { refuse } from "./refusal.js";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digits = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) digits[alphabet.charCodeAt(i)] = i;
digits["-".charCodeAt(0)] = 62;
digits["_".charCodeAt(0)] = 63;

/** Standard or URL-safe, with or without padding, as JSON of protobuf allows. */
export function decodeBase64(text: string): Uint8Array {
  let { length } = text;
  while (length > 0 && text.charCodeAt(length - 1) === 0x3d) length--;
  const padding = text.length - length;
  if (padding > 2 || (padding > 0 && text.length % 4 !== 0) || length % 4 === 1) refuse();
  const bytes = new Uint8Array((length * 3) >> 2);
  let at = 0;
  let bits = 0;
  let count = 0;
  for (let i = 0; i < length; i++) {
    const digit = digits[text.charCodeAt(i)] ?? -1;
    if (digit < 0) refuse();
    bits = ((bits << 6) | digit) & 0xff_ffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = bits >>> count;
    }
  }
  return bytes;
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const rest = bytes.length - i;
    text += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | (b >> 4));
    text += rest > 1 ? alphabet.charAt(((b & 15) << 2) | (c >> 6)) : "=";
    text += rest > 2 ? alphabet.charAt(c & 63) : "=";
  }
  return text;
}
