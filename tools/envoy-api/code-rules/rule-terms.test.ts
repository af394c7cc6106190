import { describe, expect, it } from "vitest";
import type { CodeRule } from "../../../packages/envoy-api/src/facts.js";
import { readApi } from "../api-model.js";
import { compileRules } from "./code-rules.js";
import { given, inEach, type RuleSource } from "./rule-source.js";

const api = readApi();
const CLUSTER = "envoy.config.cluster.v3.Cluster";

function compiled(source: RuleSource): CodeRule | undefined {
  return compileRules([{ [CLUSTER]: [source] }], api)[CLUSTER]?.[0];
}

function whenOf(when: string): CodeRule["when"] {
  return compiled({ when, says: "wrong" })?.when;
}

describe("conditions become terms", () => {
  it.each<[string, CodeRule["when"]]>([
    ["it.name", ["$it", "name"]],
    ["has(it.edsClusterConfig.edsConfig)", ["has", ["$it", "edsClusterConfig", "edsConfig"]]],
    ["it.type === 'EDS' && !it.name", ["&&", ["===", ["$it", "type"], "EDS"], ["!", ["$it", "name"]]]],
    ["(it.type ?? 'STATIC') !== 'EDS'", ["!", ["===", ["??", ["$it", "type"], "STATIC"], "EDS"]]],
    ["size(it.healthChecks) >= 2", ["<=", 2, ["size", ["$it", "healthChecks"]]]],
    ["size(it.healthChecks) > 1", ["<", 1, ["size", ["$it", "healthChecks"]]]],
    ["size(it.name) - 1 < 3 ? true : false", ["?", ["<", ["-", ["size", ["$it", "name"]], 1], 3], true, false]],
    ["/^a+$/i.test(it.name)", ["test", "^a+$", "i", ["$it", "name"]]],
    ["['a', 'b'].includes(it.name)", ["includes", ["[]", "a", "b"], ["$it", "name"]]],
    ["it.healthChecks.some(check => check.name)", ["some", ["$it", "healthChecks"], "$check", ["$check", "name"]]],
    ["it.typedExtensionProtocolOptions['a.b']", ["$it", "typedExtensionProtocolOptions", "a.b"]],
    ["within('envoy.config.cluster.v3.Cluster').name", [".", ["within", CLUSTER], "name"]],
    ["last(it.healthChecks).name", [".", ["last", ["$it", "healthChecks"]], "name"]],
  ])("%s", (when, term) => {
    expect(whenOf(when)).toEqual(term);
  });

  it("and messages with expressions in braces do", () => {
    expect(compiled({ says: "{it.name} is {size(it.name)} long" })?.says).toEqual([
      "text",
      ["$it", "name"],
      " is ",
      ["size", ["$it", "name"]],
      " long",
    ]);
  });
});

describe("what is not there is refused", () => {
  it.each([
    ["it.nam", /Cluster must have a field nam$/],
    ["it.connect_timeout", /Cluster must have a field connect_timeout$/],
    ["name", /name must be a field of a message$/],
    ["it.name.length", /length must be a field of a message$/],
    ["it.type === 'EDSS'", /DiscoveryType must have a value EDSS$/],
    ["(it.type ?? 'STATICS') === 'EDS'", /must have a value STATICS$/],
    ["it.healthChecks.some(check => check.nam)", /HealthCheck must have a field nam$/],
    ["it.name.some(check => check)", /some must go through a list$/],
    ["it.healthChecks.some(it => it.name)", /it must be a new name$/],
    ["it.healthChecks.some(visit => visit.name)", /visit must be a new name$/],
    ["it.healthChecks[size(it.name)].name", /size\(it\.name\) must be a literal$/],
    ["it?.name", /\?\.name must be \.name, which means the same$/],
    ["/a/g.test(it.name)", /test must have no flags but i$/],
    ["has(it.name", /must stand alone/],
    ["has(it.name)) || (true", /must stand alone/],
    ["['STATIK'].includes(it.type)", /must have a value STATIK$/],
    ["'STATIK' === it.type", /must have a value STATIK$/],
    ["type(it.clusterType.typedConfig) === 'envoy.Nothing'", /envoy\.Nothing must be the name of a message$/],
    ["['envoy.Nothing'].includes(type(it.clusterType.typedConfig))", /must be the name of a message$/],
    ["it.clusterType.typedConfig.typeUrl", /typeUrl must be a field of a message$/],
    ["it.connectTimeout < it.dnsRefreshRate", /must be a number/],
    ["it.name > 5", /must be a number/],
    ["!has(within('envoy.config.cluster.v3.Cluster'))", /isWithin/],
    ["isWithin('envoy.config.cluster.v3.Clusters')", /must be the name of a message$/],
    ["under('filterChainz')", /filterChainz must be the name of a field$/],
    ["index === 0", /index must be a field of a message$/],
    ["within('envoy.config.cluster.v3.Clusters').name", /must be the name of a message$/],
    ["sizeOf(it.name)", /no function sizeOf takes these arguments$/],
    ["has(it.name, it.type)", /no function has takes these arguments$/],
    ["it.name.trim()", /no method trim takes these arguments$/],
    ["it.name == 'a'", /== must be an operator of rules$/],
    ["it.name; it.type", /must stand alone/],
    ["first.it.name", /first must be a field of a message$/],
  ])("in the condition %s", (when, message) => {
    expect(() => whenOf(when)).toThrow(message);
  });

  it.each<[RuleSource, RegExp]>([
    [{ at: "nam", says: "a" }, /must have a field nam$/],
    [{ each: "name.*", says: "a" }, /name\.\* must go through lists$/],
    [{ each: "healthChecks.*.nam", says: "a" }, /must have a field nam$/],
    [{ says: "no {it.nam}" }, /must have a field nam$/],
    [{ each: "healthChecks.*", sameKey: "first.it.name", says: "a" }, /first must be a field of a message$/],
    [{ sameKey: "it.name", says: "a" }, /of one place no other$/],
    [{ each: "healthChecks.**.name", says: "a" }, /must be a field of a message$/],
    [{ at: "name.length", says: "a" }, /length must be a field of a message$/],
    [{ at: "healthChecks.name", says: "a" }, /name must be a field of a message$/],
    [{ says: "a } b" }, /braces must pair in a } b$/],
  ])("in %j", (source, message) => {
    expect(() => compiled(source)).toThrow(message);
  });

  it("among the names of messages", () => {
    expect(() => compileRules([{ "envoy.Nothing": [] }], api)).toThrow("the API must have a message envoy.Nothing");
  });
});

it("a condition and places are put before those of rules", () => {
  const rules = [{ says: "a" }, { when: "it.name || it.altStatName", each: "b.*", says: "b" }];
  expect(given("it.type", rules)).toEqual([
    { when: "it.type", says: "a" },
    { when: "(it.type) && (it.name || it.altStatName)", each: "b.*", says: "b" },
  ]);
  expect(inEach(["x.*", "y"], rules).map(({ each }) => each)).toEqual(["x.*", "x.*.b.*", "y", "y.b.*"]);
});
