import { type HashRule, type HashSource, hashRequest, hashToBigInt, xxh64 } from "@netmason/lb";
import { describe, expect, it } from "vitest";

function sourceOf(headers: Readonly<Record<string, readonly string[]>>, rest: Partial<HashSource> = {}): HashSource {
  return { header: (name) => headers[name] ?? [], ...rest };
}

function hashOf(rules: readonly HashRule[], source: HashSource): bigint | undefined {
  const { hash } = hashRequest(rules, source);
  return hash === undefined ? undefined : hashToBigInt(hash);
}

const of = (text: string): bigint => hashToBigInt(xxh64(text));
const first: HashRule = { kind: "header", name: "X-First" };
const second: HashRule = { kind: "header", name: "x-second" };
const ab = sourceOf({ "x-first": ["a"], "x-second": ["b"] });

describe("hashRequest", () => {
  it("combines rules, each in its place (case 23)", () => {
    expect(hashOf([first, second], ab)).toBe(15_913_648_788_416_971_564n);
    expect(hashOf([second, first], ab)).not.toBe(15_913_648_788_416_971_564n);
    expect(hashOf([first], ab)).toBe(15_154_266_338_359_012_955n);
  });

  it("does not cancel a rule that comes twice (case 23)", () => {
    const twice = hashOf([first, first], ab) ?? 0n;
    expect(twice).toBe(BigInt.asUintN(64, (of("a") << 1n) | (of("a") >> 63n)) ^ of("a"));
    expect(twice).not.toBe(0n);
  });

  it("stops at a terminal rule once there is a hash (case 23)", () => {
    expect(hashOf([{ ...first, terminal: true }, second], ab)).toBe(of("a"));
    expect(hashOf([{ kind: "header", name: "absent", terminal: true }, second], ab)).toBe(of("b"));
    expect(hashOf([first, { kind: "header", name: "absent", terminal: true }, second], ab)).toBe(of("a"));
  });

  it("finds nothing where there is no source (case 23)", () => {
    const rules: readonly HashRule[] = [first, { kind: "cookie", name: "c" }, { kind: "query", name: "q" }];
    expect(hashRequest([...rules, { kind: "source_address" }], sourceOf({}))).toEqual({ hash: undefined });
    expect(hashRequest([], ab)).toEqual({ hash: undefined });
  });

  it("chains the values of a header in order of their bytes (case 24)", () => {
    for (const values of [
      ["value2", "value1"],
      ["value1", "value2"],
    ]) {
      expect(hashOf([first], sourceOf({ "x-first": values }))).toBe(9_193_721_384_592_083_371n);
    }
  });

  it("rewrites values before they are hashed", () => {
    const rewrite = { pattern: /^\/(\w+)\/.*$/, substitution: "$1" };
    expect(hashOf([{ ...first, rewrite }], sourceOf({ "x-first": ["/user/7"] }))).toBe(of("user"));
    const digits = { pattern: /\d/, substitution: "" };
    expect(hashOf([{ ...first, rewrite: digits }], sourceOf({ "x-first": ["a1b2"] }))).toBe(of("ab"));
    const flagged = { pattern: /[b]/gi, substitution: "" };
    expect(hashOf([{ ...first, rewrite: flagged }], sourceOf({ "x-first": ["aBb"] }))).toBe(of("a"));
  });

  it("hashes a cookie's value (case 25)", () => {
    const source = sourceOf({}, { cookie: (name) => (name === "sid" ? "cookie-value" : undefined) });
    expect(hashOf([{ kind: "cookie", name: "sid" }], source)).toBe(18_280_436_253_395_164_091n);
    expect(hashRequest([{ kind: "cookie", name: "sid", ttlMs: 1 }], source)).not.toHaveProperty("cookie");
    expect(hashOf([{ kind: "cookie", name: "other" }], source)).toBeUndefined();
  });

  it("makes a cookie of 16 digits from both addresses where a time to live is given (case 25)", () => {
    const addresses = { sourceAddress: "10.0.0.9:4242", localAddress: "10.0.0.1:80" };
    const rule: HashRule = { kind: "cookie", name: "sid", ttlMs: 60_000 };
    const { hash, cookie } = hashRequest([rule], sourceOf({}, { ...addresses, cookie: () => "" }));
    expect(cookie).toEqual({
      name: "sid",
      value: of("10.0.0.9:424210.0.0.1:80").toString(16).padStart(16, "0"),
      ttlMs: 60_000,
    });
    expect(cookie?.value).toMatch(/^[0-9a-f]{16}$/);
    expect(hash && hashToBigInt(hash)).toBe(of(cookie?.value ?? ""));
    const again = sourceOf({}, { ...addresses, cookie: () => cookie?.value });
    expect(hashOf([rule], again)).toBe(hash && hashToBigInt(hash));
    expect(hashRequest([rule], sourceOf({}))).toEqual({ hash: xxh64("") });
  });

  it.each([
    ["10.0.0.9", "10.0.0.9"],
    ["10.0.0.9:4242", "10.0.0.9"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
  ])("hashes the address of %s without its port", (sourceAddress, address) => {
    expect(hashOf([{ kind: "source_address" }], sourceOf({}, { sourceAddress }))).toBe(of(address));
  });

  it("hashes the value of a query parameter, also an empty one", () => {
    const source = sourceOf({}, { query: (name) => ({ q: "x%20y", e: "" })[name] });
    expect(hashOf([{ kind: "query", name: "q" }], source)).toBe(of("x%20y"));
    expect(hashOf([{ kind: "query", name: "e" }], source)).toBe(of(""));
    expect(hashOf([{ kind: "query", name: "other" }], source)).toBeUndefined();
  });

  it("writes into the object it is given", () => {
    const words = { hi: 7, lo: 7 };
    const { hash } = hashRequest([first, second], ab, words);
    expect(hash).toBe(words);
    expect(hashToBigInt(words)).toBe(15_913_648_788_416_971_564n);
  });
});
