import { xxh64 } from "./hash-functions.js";
import type { Hash64, MutableHash64 } from "./hash64.js";

/** Where a request's hash can come from. */
export interface HashSource {
  /** The values of a header, none if it is absent; the name is given in lower case. */
  header(name: string): readonly string[];
  /** The value of a cookie. */
  cookie?(name: string): string | undefined;
  /** The first value of a query parameter, not decoded. */
  query?(name: string): string | undefined;
  /** The caller's `ip:port` or `[v6]:port`; a port is not needed by the rule `source_address`. */
  readonly sourceAddress?: string;
  /** The address the caller connected to; goes into generated cookies. */
  readonly localAddress?: string;
}

/** One of several rules that make the hash of a request. */
export type HashRule = {
  /** No further rule counts once there is a hash. */
  readonly terminal?: boolean;
} & (
  | {
      /** All values, in whatever order they come. */
      readonly kind: "header";
      readonly name: string;
      /** Replaces each match in each value first. */
      readonly rewrite?: { readonly pattern: RegExp; readonly substitution: string };
    }
  | {
      /** The value; where it is absent or empty and `ttlMs` is given, one is made for the answer to set. */
      readonly kind: "cookie";
      readonly name: string;
      readonly ttlMs?: number;
    }
  | {
      /** The first value. */
      readonly kind: "query";
      readonly name: string;
    }
  | {
      /** The caller's IP address, without its port. */
      readonly kind: "source_address";
    }
);

/** What the rules found. */
export interface RequestHash {
  /** Undefined when no rule found anything. */
  readonly hash: Hash64 | undefined;
  /** A cookie to set with the response. */
  readonly cookie?: { readonly name: string; readonly value: string; readonly ttlMs: number };
}

/**
 * The hash of a request by rules in order: what a rule finds is hashed with XXH64 and combined with the hash so far,
 * rotated left by one bit. Text is hashed as UTF-8.
 *
 * Values of one header are sorted and chained, each hash being the seed of the next. A cookie that is made is the
 * hexadecimal XXH64 of both addresses' text; without them the hash is that of empty text and no cookie is set.
 *
 * As Envoy's `source/common/http/hash_policy.cc` and, for the cookie, `generateCookie` in
 * `source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc`.
 *
 * @param out - is written and answered as the hash, so that one object can be used for all requests
 * @category Hashing
 * @example
 * ```ts
 * import { hashRequest, hashToBigInt } from "@netmason/lb";
 *
 * const headers: Record<string, string[]> = { "x-session": ["a"], "x-user": ["b"] };
 * const { hash } = hashRequest(
 *   [
 *     { kind: "header", name: "x-session" },
 *     { kind: "header", name: "x-user" },
 *   ],
 *   { header: (name) => headers[name] ?? [] },
 * );
 * hash && hashToBigInt(hash); // => 15913648788416971564n
 * ```
 */
export function hashRequest(
  rules: readonly HashRule[],
  source: HashSource,
  out: MutableHash64 = { hi: 0, lo: 0 },
): RequestHash {
  const found: MutableHash64 = { hi: 0, lo: 0 };
  let cookie: RequestHash["cookie"];
  let isAny = false;
  for (const rule of rules) {
    const made = rule.kind === "cookie" ? makeCookie(rule, source) : undefined;
    if (made === undefined ? evaluate(rule, source, found) : hashText(made.value, found)) {
      const { hi, lo } = isAny ? out : { hi: 0, lo: 0 };
      out.hi = ((hi << 1) | (lo >>> 31)) ^ found.hi;
      out.lo = ((lo << 1) | (hi >>> 31)) ^ found.lo;
      isAny = true;
    }
    if (made !== undefined && made.value !== "") cookie = made;
    if (rule.terminal === true && isAny) break;
  }
  const hash = isAny ? out : undefined;
  return cookie === undefined ? { hash } : { hash, cookie };
}

function evaluate(rule: HashRule, source: HashSource, out: MutableHash64): boolean {
  switch (rule.kind) {
    case "header":
      return hashHeader(rule, source, out);
    case "cookie":
      return hashText(source.cookie?.(rule.name) || undefined, out);
    case "query":
      return hashText(source.query?.(rule.name), out);
    case "source_address":
      return hashText(withoutPort(source.sourceAddress ?? "") || undefined, out);
    default:
      return rule satisfies never;
  }
}

function hashText(text: string | undefined, out: MutableHash64): boolean {
  if (text === undefined) return false;
  xxh64(text, out);
  return true;
}

function hashHeader(
  { name, rewrite }: HashRule & { readonly kind: "header" },
  source: HashSource,
  out: MutableHash64,
): boolean {
  const values = source.header(name.toLowerCase());
  if (values.length === 0) return false;
  const hashed = rewrite === undefined ? values : values.map((value) => replaceAll(value, rewrite));
  out.hi = 0;
  out.lo = 0;
  for (const value of hashed.length > 1 ? [...hashed].sort() : hashed) xxh64(value, out, out);
  return true;
}

function replaceAll(value: string, { pattern, substitution }: { pattern: RegExp; substitution: string }): string {
  const everywhere = pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
  return value.replace(everywhere, substitution);
}

function makeCookie(
  { name, ttlMs }: HashRule & { readonly kind: "cookie" },
  { cookie, sourceAddress, localAddress }: HashSource,
): RequestHash["cookie"] {
  if (ttlMs === undefined || cookie?.(name)) return undefined;
  if (sourceAddress === undefined || localAddress === undefined) return { name, ttlMs, value: "" };
  const { hi, lo } = xxh64(sourceAddress + localAddress);
  return { name, ttlMs, value: hex(hi) + hex(lo) };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

/** `ip` of `ip`, `ip:port` and `[ip]:port`. */
function withoutPort(address: string): string {
  const bracket = /^\[(.*)\](?::\d+)?$/.exec(address);
  if (bracket !== null) return bracket[1] ?? "";
  const colon = address.indexOf(":");
  return colon >= 0 && colon === address.lastIndexOf(":") ? address.slice(0, colon) : address;
}
