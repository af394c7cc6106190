import { readFileSync } from "node:fs";
import { assertCompile, compile, formatIssues, simulate } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { filesOf } from "./files.js";
import { gatewayOf } from "./gateway.js";
import { parseHosts } from "./hosts.js";
import { textOf } from "./outcome-text.js";

const text = readFileSync(new URL("../data/hosts.yaml", import.meta.url), "utf8");
const hosts = parseHosts(text);
const graph = gatewayOf(hosts);

describe("the static gateway", () => {
  it("is made of thirty lines at most and has no issues", () => {
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
    expect(formatIssues(compile(graph).issues)).toBe("");
  });

  it.each([
    ["shop.example.com:8080", "/cart", "→ shop.example.com (2 backends, 10s)"],
    ["eu.shop.example.com", "/", "→ *.shop.example.com (1 backends, 15s)"],
    ["api.example.com", "/v1", "→ api.example.com/v1 (1 backends, 3s)"],
    ["api.example.com", "/v10", "→ api.example.com (1 backends, 3s)"],
    ["old.example.com", "/a?b=c", "301 to http://docs.example.com/a?b=c"],
    ["status.example.com", "/", "200 all systems run"],
    ["other", "/", "404: no_virtual_host"],
  ])("sends %s%s where it belongs", (authority, path, want) => {
    expect(textOf(simulate(assertCompile(graph), { authority, path }))).toBe(want);
  });

  it("writes what names each other", () => {
    const files = filesOf(graph, "/etc/gateway", hosts.admin);
    expect(Object.keys(files)).toEqual(["bootstrap.json", "lds.json", "cds.json"]);
    expect(JSON.stringify(files["bootstrap.json"])).toContain('"path":"/etc/gateway/lds.json"');
    expect(files["cds.json"]).toMatchObject({ resources: graph.clusters?.map(({ name }) => ({ name })) });
  });

  it("refuses a file without hosts", () => {
    expect(() => parseHosts("a: 1")).toThrow(TypeError);
  });
});
