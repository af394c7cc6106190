import { formatChainName, formatRuleComment } from "@netmason/cni/node";
import { expect, it } from "vitest";

it("case 69: names a firewall chain as the reference plugins do", () => {
  expect(formatChainName("test", "1234")).toBe("CNI-2bbe0c48b91a7d1b8a6753a8");
  expect(formatChainName("test", "1234", "DN-")).toBe("CNI-DN-2bbe0c48b91a7d1b8a675");
  expect(formatChainName("tes", "t1234")).toBe(formatChainName("test", "1234"));
  expect(formatRuleComment('a"b', "1234")).toBe('name: "a\\"b" id: "1234"');
});
