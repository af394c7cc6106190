import { formatAddress, parseAddress } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addresses, addressesOf } from "../test/arbitraries.js";
import { formatSlowly, numberOf } from "../test/reference.js";

describe("formatAddress", () => {
  // RFC 5952: sections 4.1, 4.2.1, 4.2.2, 4.2.3, 4.3, 5 and the forms of section 2 that mean one address.
  it.each([
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:AaAa", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["0:0:1:0:0:0:0:0", "0:0:1::"],
    ["::1.2.3.4", "::102:304"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["192.0.2.1", "192.0.2.1"],
  ])("writes %s as %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  it("is inverted by parsing and equals a slow formatter", () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const text = formatAddress(address);
        expect(text).toBe(formatSlowly({ family: address.family, value: numberOf(address) }));
        expect(parseAddress(text)).toEqual(address);
      }),
    );
  });

  // The URL standard serializes as RFC 5952 does, but for the mixed notation of its section 5.
  it("agrees with the URL parser of the platform", () => {
    const unmapped = addressesOf(6).filter(({ w0, w1, w2 }) => (w0 | w1 | (w2 ^ 0xffff)) !== 0);
    fc.assert(
      fc.property(unmapped, (address) => {
        expect(new URL(`http://[${address}]/`).hostname).toBe(`[${address}]`);
      }),
    );
  });

  it("needs only the fields, and prints values in strings and JSON", () => {
    const address = parseAddress("2001:db8::7");
    expect(formatAddress(structuredClone({ ...address }) as typeof address)).toBe("2001:db8::7");
    expect(`${address} ${JSON.stringify({ address })}`).toBe('2001:db8::7 {"address":"2001:db8::7"}');
  });
});
