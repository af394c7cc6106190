import { type AddressSet, createAddressSet, type Prefix, subnets } from "@netmason/net";

const SHADES = [" ", "░", "▒", "▓", "█"] as const;

/** A prefix as 16 rows of 16 equal parts; the darker a part, the more of it is in the set, and `·` is none. */
export function drawPrefix(prefix: Prefix, set: AddressSet): string {
  const cells = [...subnets(prefix, prefix.length + 8)].map((part) => {
    const whole = createAddressSet([part]);
    const held = whole.intersect(set).size;
    if (held === 0n) return "·";
    const share = Number((held * 100n) / whole.size) / 100;
    return SHADES[Math.min(4, 1 + Math.floor(share * 4))] ?? "█";
  });
  return Array.from({ length: 16 }, (_, row) => `  ${cells.slice(16 * row, 16 * row + 16).join(" ")}`).join("\n");
}
