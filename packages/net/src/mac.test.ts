import { addressFromMac, isNetError, type NetError, parseMac, parsePrefix } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

function refusal(text: string): NetError<"invalid_mac"> {
  try {
    parseMac(text);
  } catch (error) {
    if (isNetError(error, "invalid_mac")) return error;
    throw error;
  }
  throw new TypeError(`accepted ${text}`);
}

describe("parseMac", () => {
  it("reads every form to one text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.boolean(), (octets, upper) => {
        const pairs = [...octets].map((octet) => octet.toString(16).padStart(2, "0"));
        const canonical = pairs.join(":");
        const quads = [0, 2, 4].map((i) => `${pairs[i]}${pairs[i + 1]}`);
        for (const form of [canonical, pairs.join("-"), quads.join("."), pairs.join("")]) {
          expect(parseMac(upper ? form.toUpperCase() : form)).toBe(canonical);
        }
      }),
    );
  });

  it.each([
    ["", 1, "12 hexadecimal digits"],
    ["02:00:5e:10:00", 15, "12 hexadecimal digits"],
    ["02:00:5e:10:00:0", 17, "12 hexadecimal digits"],
    ["02:00:5e:10:00:01:02", 18, "the end of the MAC address"],
    ["02:00-5e:10:00:01", 6, "':'"],
    ["02:00:5e:10:00:0g", 17, "a hexadecimal digit"],
    ["0200.5e10.000", 14, "12 hexadecimal digits"],
    ["02 00 5e 10 00 01", 3, "a hexadecimal digit, ':', '-' or '.'"],
    ["02005e10000", 12, "12 hexadecimal digits"],
    ["02005e1000011", 13, "the end of the MAC address"],
  ])("says where %j goes wrong", (text, column, expected) => {
    expect(refusal(text).details).toEqual({ input: text, column, expected });
  });

  it("looks at no more of a long text than a MAC address could have", () => {
    expect(refusal("0".repeat(1_000_000)).details.column).toBe(13);
  });
});

describe("addressFromMac", () => {
  // RFC 4291 appendix A, and the worked example of RFC 2464 section 4 (34-56-78-9A-BC-DE gives 36-56-78-FF-FE-9A-BC-DE).
  it.each([
    ["fe80::/64", "34-56-78-9A-BC-DE", "fe80::3656:78ff:fe9a:bcde"],
    ["2001:db8::/64", "02-00-5e-10-00-01", "2001:db8::5eff:fe10:1"],
    ["2001:db8:ffff::/48", "ff:ff:ff:ff:ff:ff", "2001:db8:ffff:0:fdff:ffff:feff:ffff"],
  ])("joins %s and %s to %s", (prefix, mac, address) => {
    expect(String(addressFromMac(parsePrefix(prefix), parseMac(mac)))).toBe(address);
  });

  it.each(["10.0.0.0/8", "2001:db8::/65"])("refuses %s", (text) => {
    expect(() => addressFromMac(parsePrefix(text), parseMac("02005e100001"))).toThrow(
      new RangeError(`prefix: expected an IPv6 prefix of length 64 or less, got ${text}`),
    );
  });
});
