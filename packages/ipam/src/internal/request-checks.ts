import type { Attributes } from "../pool.js";
import type { AllocateRequest } from "../request.js";
import { hasLoneSurrogate } from "./keys.js";

const MOST_AT_ONCE = 65_536;
const LONGEST_HANDLE = 512;
const LONGEST_NODE = 253;
const MOST_ATTRIBUTES = 8_192;

/** Throws unless a handle has 1 to 512 characters that text can carry. */
export function checkHandle(handle: string): void {
  checkText("handle", handle, LONGEST_HANDLE);
}

/** Throws unless a node has 1 to 253 characters that text can carry. */
export function checkNode(node: string | undefined): void {
  if (node !== undefined) checkText("node", node, LONGEST_NODE);
}

function checkText(name: string, text: string, most: number): void {
  if (typeof text !== "string") throw new TypeError(`${name}: expected a string, got ${typeof text}`);
  if (text.length === 0 || text.length > most) {
    throw new RangeError(`${name}: 1 to ${most} characters are needed, got ${text.length}`);
  }
  // A lone surrogate would not survive a store. Most handles are short and plain: look at the code units first.
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) < 0xd800) continue;
    if (hasLoneSurrogate(text)) throw new RangeError(`${name}: ${JSON.stringify(text)} has a lone surrogate`);
    return;
  }
}

/** Throws unless a length of time is a whole number of milliseconds, 1 or more. */
export function checkTtl(ttlMs: number | undefined): void {
  if (ttlMs !== undefined && !(Number.isSafeInteger(ttlMs) && ttlMs > 0)) {
    throw new RangeError(`ttlMs: a whole number of 1 or more is needed, got ${ttlMs}`);
  }
}

/** Throws unless attributes are texts, of 8,192 code units as JSON. */
export function checkAttributes(attributes: Attributes | undefined): void {
  if (attributes === undefined) return;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== "string") throw new TypeError(`attributes: ${name} is a ${typeof value}, not a string`);
  }
  const { length } = JSON.stringify(attributes);
  if (length > MOST_ATTRIBUTES) {
    throw new RangeError(`attributes: at most ${MOST_ATTRIBUTES} characters as JSON are possible, got ${length}`);
  }
}

/** Throws when a field of a request is of no use, before anything is done. */
export function checkRequest(request: AllocateRequest): void {
  checkHandle(request.handle);
  checkNode(request.node);
  checkTtl(request.ttlMs);
  checkAttributes(request.attributes);
  const { count = 1, maxPerHandle, ifHeld, families } = request;
  checkCount("count", count, MOST_AT_ONCE);
  if (maxPerHandle !== undefined) checkCount("maxPerHandle", maxPerHandle, Number.MAX_SAFE_INTEGER);
  if (typeof ifHeld === "object") checkCount("ifHeld.addUpTo", ifHeld.addUpTo, Number.MAX_SAFE_INTEGER);
  if (families === undefined) return;
  if (families.length === 0) throw new RangeError("families: at least one is needed, got none");
  for (const family of families) {
    if (family !== 4 && family !== 6) throw new RangeError(`families: 4 or 6, got ${String(family)}`);
  }
  if (new Set(families).size !== families.length) throw new RangeError(`families: ${families} names one twice`);
}

function checkCount(name: string, value: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new RangeError(`${name}: 1 to ${most} is possible, got ${value}`);
  }
}
