import type { RuleTerm } from "@netmason/envoy-api/facts";
import { describe, expect, it } from "vitest";
import { Visit } from "../visit.js";
import { evaluatorOf, holds, isKnown } from "./rule-terms.js";

const message = {
  name: "a",
  zero: 0,
  none: [],
  numbers: [3, 1, 3],
  shares: [{ weight: 2 }, { weight: 5 }, {}],
  nested: { deep: { flag: true } },
  config: { "@type": "type.googleapis.com/envoy.A", port: 1 },
};

function evaluated(term: RuleTerm): unknown {
  const visit = new Visit("error");
  visit.at.push("filterChains", 0, "name");
  visit.typeNames.push("x.Outer", "x.Wrong", "x.Inner");
  visit.messages.push({ id: 1 }, undefined, message);
  const scope = { visit, message, it: message, owner: message, list: undefined, index: 0, first: undefined };
  return evaluatorOf(term)(scope);
}

describe("a term", () => {
  it.each<[RuleTerm, unknown]>([
    ["text", "text"],
    [["$it", "nested", "deep", "flag"], true],
    [["$it", "nothing", "deep"], undefined],
    [["$it", "name", "length"], undefined],
    [["&&", ["$it", "name"], ["$it", "zero"]], 0],
    [["&&", ["$it", "none"], ["$it", "name"]], false],
    [["||", ["$it", "none"], ["$it", "name"]], "a"],
    [["??", ["$it", "zero"], 1], 0],
    [["??", ["$it", "nothing"], 1], 1],
    [["?", ["$it", "none"], 1, 2], 2],
    [["!", ["$it", "none"]], true],
    [["===", ["$it", "zero"], 0], true],
    [["<", ["$it", "nothing"], 1], false],
    [["<=", 1, 1], true],
    [["+", 1, 2], 3],
    [["-", 1, 2], -1],
    [["has", ["$it", "zero"]], true],
    [["has", ["$it", "nothing"]], false],
    [["size", ["$it", "numbers"]], 3],
    [["size", ["$it", "nested"]], 1],
    [["size", "four"], 4],
    [["size", ["$it", "nothing"]], 0],
    [["hasKey", ["$it", "nested"], "deep"], true],
    [["hasKey", ["$it", "nested"], "toString"], false],
    [["hasKey", ["$it", "nothing"], "deep"], false],
    [["last", ["$it", "numbers"]], 3],
    [
      ["unique", ["$it", "numbers"]],
      [3, 1],
    ],
    [["sum", ["map", ["$it", "shares"], "$share", ["$share", "weight"]]], 7],
    [["every", ["$it", "shares"], "$share", ["has", ["$share", "weight"]]], false],
    [["some", ["$it", "shares"], "$share", ["===", ["$share", "weight"], 5]], true],
    [["some", ["$it", "nothing"], "$share", true], false],
    [["join", ["$it", "numbers"], ", "], "3, 1, 3"],
    [["includes", ["[]", "a", "b"], ["$it", "name"]], true],
    [["includes", ["$it", "name"], "b"], false],
    [["includes", ["$it", "nothing"], "b"], false],
    [["startsWith", ["$it", "name"], "a"], true],
    [["startsWith", ["$it", "numbers"], "a"], false],
    [["endsWith", "abc", "bc"], true],
    [["toLowerCase", "AbC"], "abc"],
    [["test", "^A$", "i", ["$it", "name"]], true],
    [["test", "undefined", "", ["$it", "nothing"]], false],
    [["text", "a ", ["$it", "zero"], " b"], "a 0 b"],
    [["json", ["[]", "a", ["$it", "nothing"]]], '["a",null]'],
    [["number", "12"], 12],
    [["seconds", "1.5s"], 1.5],
    [["<", ["seconds", ["$it", "nothing"]], 1], false],
    [["type", ["$it", "config"]], "envoy.A"],
    [["type", ["$it", "nested"]], undefined],
    [[".", ["unpack", ["$it", "config"], "envoy.A"], "port"], 1],
    [[".", ["unpack", ["$it", "config"], "envoy.B"], "port"], undefined],
    [["utf8Size", "é"], 2],
    [["base64Size", "YWI="], 2],
    [["isIp", "::1"], true],
    [["isIp", "a.b.c.d"], false],
    [["isPrime", 7], true],
    [["isModifiable", "x-a"], true],
    [["isModifiable", ":path"], false],
    [["isModifiable", "Host"], false],
    [["isOfEnvoy", "envoy.config.cluster.v3.Cluster"], true],
    [["isOfEnvoy", "envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker"], false],
    [["isKeySet", '{"keys":[{}]}'], true],
    [["isKeySet", '{"keys":[]}'], false],
    [["isKeySet", "no JSON"], false],
    [["re2Fault", "a("], expect.any(String)],
    [["re2Fault", "a+"], undefined],
    [["formatFault", "%DURATION%"], undefined],
    [["formatFault", "%NO%"], expect.stringContaining("unknown operator NO")],
    [["headerFormatFault", "%PER_REQUEST_STATE(a)%"], undefined],
    [["formatFault", "%PER_REQUEST_STATE(a)%"], expect.any(String)],
    [["isText", "a"], true],
    [["isText", 1], false],
    [["field"], "name"],
    [["under", "filterChains"], true],
    [["under", "listeners"], false],
    [[".", ["within", "x.Outer"], "id"], 1],
    [["within", "x.Wrong"], undefined],
    [["within", "x.Inner"], undefined],
    [["isWithin", "x.Wrong"], true],
    [["isWithin", "x.Inner"], false],
    [["missingCluster"], "error"],
    [["re2Size", "[a-z0-9]{1,40}"], 123],
    [["re2Size", "[a-z0-9]+"], 0],
  ])("%j is %j", (term, value) => {
    expect(evaluated(term)).toEqual(value);
  });

  it("is of a later release where it has an operation that is not there", () => {
    const nested: RuleTerm = ["&&", true, ["some", ["$it", "shares"], "$share", ["toString", ["$share"]]]];
    expect([
      isKnown(nested),
      isKnown(["hasOwnProperty"]),
      isKnown(["!", ["$it", "toString"]]),
      isKnown(undefined),
    ]).toEqual([false, false, true, true]);
    expect(() => evaluated(nested)).toThrow("rules know no toString");
  });

  it("counts absence, false, 0 and what is empty as false", () => {
    expect([undefined, false, 0, "", []].map(holds)).toEqual([false, false, false, false, false]);
    expect([true, 1, "0", [0], {}].map(holds)).toEqual([true, true, true, true, true]);
  });
});
