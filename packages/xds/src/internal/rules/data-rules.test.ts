import { defaultCodec } from "@netmason/envoy-api/codec";
import { type CodeRule, type CodeRules, envoyFacts } from "@netmason/envoy-api/facts";
import { type Graph, type TypeUrl, typeUrls } from "@netmason/xds";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenForGrpc } from "../../../test/broken-for-grpc.js";
import { brokenTables } from "../../../test/broken-tables.js";
import { formatPlaces } from "../../../test/format-places.js";
import { type Finding, Visit } from "../visit.js";
import { Walker } from "../visit-plans.js";
import { dataRules } from "./data-rules.js";

const { rules, envoyRules, grpcRules } = envoyFacts();

/** What a rule finds in a message; in `at` the message stands where `under` and `field` look. */
function findings(rule: CodeRule, message: object, at: readonly string[] = []): readonly Finding[] {
  const visit = new Visit("error");
  visit.at.push(...at);
  for (const { look } of dataRules({ "x.Message": [rule] })) look(message, visit);
  return visit.findings;
}

/** Path and message of each finding. */
function found(rule: CodeRule, message: object): readonly string[] {
  return findings(rule, message).map(({ path, message: text }) => `${path}: ${text}`);
}

describe("the place that a rule looks at", () => {
  const shares = { shares: [{ name: "a", weight: 0 }, { name: "b" }], limit: 0 };
  const hosts = { hosts: { x: { names: ["a", "b"] }, y: { names: [] }, z: {} } };
  const format = { format: { a: "1", b: { c: ["2", { d: "3" }, 4] }, e: null } };

  it.each<[string, Omit<CodeRule, "says">, CodeRule["says"], object, string[]]>([
    ["is the message itself", {}, ["$it", "limit"], shares, [": 0"]],
    ["is a field that is there, whatever it is", { each: ["limit"] }, ["$it"], shares, ["/limit: 0"]],
    ["is not a field that is absent", { each: ["none"] }, "", shares, []],
    ["is each item of a list", { each: ["shares", "*"] }, ["$it", "name"], shares, ["/shares/0: a", "/shares/1: b"]],
    [
      "is each value of a map",
      { each: ["hosts", "*"] },
      ["$index"],
      hosts,
      ["/hosts/x: x", "/hosts/y: y", "/hosts/z: z"],
    ],
    ["is a field of those that have it", { each: ["shares", "*", "weight"] }, ["$it"], shares, ["/shares/0/weight: 0"]],
    [
      "is each item of the lists in a map",
      { each: ["hosts", "*", "names", "*"] },
      ["text", ["$it"], " ", ["$index"], " of ", ["size", ["$list"]], " in ", ["json", ["$owner"]]],
      hosts,
      ['/hosts/x/names/0: a 0 of 2 in {"names":["a","b"]}', '/hosts/x/names/1: b 1 of 2 in {"names":["a","b"]}'],
    ],
    [
      "knows the way to it below an item",
      { each: ["shares", "*", "name"] },
      ["text", ["$index"], ["size", ["$list"]], ["$owner", "limit"], ["$message", "limit"]],
      shares,
      ["/shares/0/name: 0200", "/shares/1/name: 1200"],
    ],
    [
      "is each text at any depth",
      { each: ["format", "**"] },
      ["$it"],
      format,
      ["/format/a: 1", "/format/b/c/0: 2", "/format/b/c/1/d: 3"],
    ],
    ["is a text alone", { each: ["format", "**"] }, ["$it"], { format: "1" }, ["/format: 1"]],
    [
      "has a field at fault",
      { each: ["shares", "*"], at: ["x", "y"] },
      "",
      shares,
      ["/shares/0/x/y: ", "/shares/1/x/y: "],
    ],
    ["is escaped in the path", { each: ["map", "*"] }, "", { map: { "a/b~": 1 } }, ["/map/a~1b~0: "]],
  ])("%s", (_, rule, says, message, want) => {
    expect(found({ ...rule, says }, message)).toEqual(want);
  });
});

describe("a rule", () => {
  const weights = { weights: [3, 5, 3, 3, 5] };
  const each = ["weights", "*"] as const;

  it("is broken only where its condition holds", () => {
    expect(found({ each, when: ["===", ["$it"], 5], says: "five" }, weights)).toEqual([
      "/weights/1: five",
      "/weights/4: five",
    ]);
  });

  it("counts the first of those that break it, where once is enough", () => {
    expect(found({ each, when: ["===", ["$it"], 5], once: true, says: "five" }, weights)).toEqual(["/weights/1: five"]);
  });

  it("compares each with the first of its key", () => {
    const says = ["text", ["$it"], " as ", ["$first", "index"], " is ", ["$first", "it"]] as const;
    expect(found({ each, sameKey: ["$it"], says }, weights)).toEqual([
      "/weights/2: 3 as 0 is 3",
      "/weights/3: 3 as 0 is 3",
      "/weights/4: 5 as 1 is 5",
    ]);
    expect(found({ each, sameKey: ["$it"], once: true, says }, weights)).toEqual(["/weights/2: 3 as 0 is 3"]);
    const differing = { each, sameKey: true, when: ["!", ["===", ["$it"], ["$first", "it"]]], says } as const;
    expect(found(differing, weights)).toEqual(["/weights/1: 5 as 0 is 3", "/weights/4: 5 as 0 is 3"]);
  });

  it("forgets what it found in one message before the next", () => {
    const [messageRule] = dataRules({ "x.Message": [{ each, sameKey: ["$it"], once: true, says: ["$it"] }] });
    const visit = new Visit("error");
    for (const list of [
      [1, 1],
      [1, 2],
      [2, 2],
    ])
      messageRule?.look({ weights: list }, visit);
    expect(visit.findings.map(({ message }) => message)).toEqual([1, 2]);
  });

  it("is an error of what Envoy refuses, unless it says otherwise", () => {
    expect(findings({ says: "a" }, {})).toEqual([{ rule: "envoy_refuses", severity: "error", path: "", message: "a" }]);
    const other = { rule: "ignored_field", warns: true, says: "a", hint: ["$it", "b"] } as const;
    expect(findings(other, { b: "c" })).toEqual([
      { rule: "ignored_field", severity: "warning", path: "", message: "a", hint: "c" },
    ]);
    expect(findings({ says: "a", hint: "b" }, {})).toEqual([
      { rule: "envoy_refuses", severity: "error", path: "", message: "a", hint: "b" },
    ]);
  });

  it("stands where the message does", () => {
    const rule = { each: ["a"], when: ["&&", ["under", "outer"], ["===", ["field"], "inner"]], says: "" } as const;
    expect(findings(rule, { a: 1 }, ["outer", "inner"]).map(({ path }) => path)).toEqual(["/outer/inner/a"]);
    expect(findings(rule, { a: 1 }, ["inner", "outer"])).toEqual([]);
  });

  it("is of one type, beside others in their order", () => {
    const made = dataRules({ "x.A": [{ says: "1" }, { says: "2" }], "x.B": [{ says: "3" }] });
    const visit = new Visit("error");
    for (const { look } of made) look({}, visit);
    expect(made.map(({ typeName }) => typeName)).toEqual(["x.A", "x.B"]);
    expect(visit.findings.map(({ message }) => message)).toEqual(["1", "2", "3"]);
  });

  it("throws on no value, of whatever type", () => {
    const lists = [rules, envoyRules, grpcRules].flatMap((each) => Object.values(each));
    const looked = lists.map((list) => ({ message: messagesFor(list), list }));
    const some = fc.constantFrom(...looked).chain(({ message, list }) => fc.tuple(message, fc.constant(list)));
    fc.assert(
      fc.property(some, ([message, list]) => {
        for (const { message: text } of list.flatMap((rule) => findings(rule, message))) {
          expect(text).toEqual(expect.any(String));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Messages with the fields and values that rules speak of, at any depth and of any type. */
function messagesFor(list: readonly CodeRule[]): fc.Arbitrary<object> {
  const texts = textsOf(list);
  const names = texts.filter((text) => /^\w+$/.test(text));
  const types = texts.filter((text) => /^envoy\./.test(text)).map((text) => `type.googleapis.com/${text}`);
  const { message } = fc.letrec<{ message: object; value: unknown }>((tie) => ({
    message: fc.dictionary(fc.constantFrom("@type", ...names), tie("value"), { noNullPrototype: true, maxKeys: 4 }),
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, "", 0, true, 1.5, ...names, ...types),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("message"),
    ),
  }));
  return message;
}

/** All texts in rules. */
function textsOf(terms: unknown): readonly string[] {
  if (typeof terms === "string") return [terms];
  return typeof terms === "object" && terms !== null ? [...new Set(Object.values(terms).flatMap(textsOf))] : [];
}

describe("what Envoy and gRPC check in code", () => {
  const broken: readonly Graph[] = [
    ...Object.values(brokenTables).flatMap((rows) => rows.map(({ graph }) => graph)),
    ...formatPlaces.map(([, , graphWith]) => graphWith("%NOSUCH%")),
  ];

  it.each([
    ["everybody refuses", rules, broken],
    ["Envoy refuses", envoyRules, broken],
    ["gRPC refuses", grpcRules, brokenForGrpc.map(({ graph }) => graph)],
  ] as const)("and %s is, rule by rule, in the tables of broken graphs", (_, some, graphs) => {
    expect(unbroken(some, graphs)).toEqual([]);
  });
});

/** The rules that no graph breaks. */
function unbroken(all: CodeRules, graphs: readonly Graph[]): readonly string[] {
  const left = new Set<string>();
  const watched = Object.entries(all).flatMap(([typeName, list]) =>
    list.flatMap((rule, index) => {
      const name = `${typeName} ${index}: ${JSON.stringify(rule)}`;
      left.add(name);
      return dataRules({ [typeName]: [rule] }).map(({ look }) => ({
        typeName,
        look: (message: object, visit: Visit) => {
          const before = visit.findings.length;
          look(message, visit);
          if (visit.findings.length > before) left.delete(name);
        },
      }));
    }),
  );
  const walker = new Walker(defaultCodec().schema, watched);
  for (const [typeUrl, resource] of graphs.flatMap(resourcesOf)) {
    const { value } = defaultCodec().normalize<string>(typeUrl, resource);
    walker.walk(typeUrl.slice(typeUrl.lastIndexOf("/") + 1), value as object, new Visit("error"));
  }
  return [...left];
}

function resourcesOf(graph: Graph): readonly (readonly [typeUrl: TypeUrl, resource: object])[] {
  const { listeners = [], clusters = [], routes = [], endpoints = [], secrets = [], others = [] } = graph;
  return [
    ...listeners.map((each) => [typeUrls.listener, each] as const),
    ...clusters.map((each) => [typeUrls.cluster, each] as const),
    ...routes.map((each) => [typeUrls.route, each] as const),
    ...endpoints.map((each) => [typeUrls.endpoints, each] as const),
    ...secrets.map((each) => [typeUrls.secret, each] as const),
    ...others.flatMap((each) => ("body" in each ? [[each.typeUrl, each.body as object] as const] : [])),
  ];
}
