import type { DescMessage } from "@bufbuild/protobuf";
import { isEnvoyApiError } from "@netmason/envoy-api";
import { defaultCodec, type FieldIssue } from "@netmason/envoy-api/codec";
import { registry } from "@netmason/envoy-api/registry";
import { describe, expect, it } from "vitest";
import { createDocumentSource, createDraw, type Draw } from "../test/random-documents.js";
import { ruleRows } from "../test/rule-rows.js";

const codec = defaultCodec();
const clusterName = "envoy.config.cluster.v3.Cluster";

function check(typeName: string, json: unknown): readonly FieldIssue[] {
  return codec.check(`type.googleapis.com/${typeName}`, json);
}

/** What is found at a field and below it. */
function checkField(typeName: string, field: string, value: unknown): readonly FieldIssue[] {
  const found = check(typeName, value === undefined ? {} : { [field]: value });
  return found.filter(({ path, rule }) => `${path}/`.startsWith(`/${field}/`) && rule !== "deprecated_field");
}

describe("field rules", () => {
  it.each(ruleRows)("%s of %s.%s", (constraint, typeName, field, kept, broken) => {
    expect(checkField(typeName, field, kept)).toEqual([]);
    expect(checkField(typeName, field, broken).map((issue) => [issue.rule, issue.constraint])).toEqual([
      ["field_rule", constraint],
    ]);
  });

  it("are tried for every kind that the API has", () => {
    const kinds = new Set<string>();
    for (const name of codec.schema.messageNames()) {
      for (const { rules } of codec.schema.message(name)?.fields ?? [])
        for (const rule of Object.keys(rules)) kinds.add(rule);
    }
    const modifiers = [
      "message.skip",
      "repeated.items.string.strict",
      "string.ignore_empty",
      "string.strict",
      "uint32.ignore_empty",
    ];
    const tried = new Set([...ruleRows.map(([constraint]) => constraint), ...modifiers]);
    expect([...kinds].filter((kind) => !tried.has(kind))).toEqual([]);
  });

  it("need a member of a oneof that is required", () => {
    const found = check("envoy.config.core.v3.Address", {});
    expect(found).toEqual([
      {
        rule: "oneof_missing",
        severity: "error",
        path: "",
        message: "must have one of socketAddress, pipe, envoyInternalAddress",
        enforced: true,
      },
    ]);
    expect(check("envoy.config.core.v3.Address", { pipe: { path: "/x" } })).toEqual([]);
    expect(check("envoy.config.core.v3.Address", { pipe: null })[0]?.rule).toBe("oneof_missing");
  });

  it("do not look at a member of a oneof that is absent", () => {
    expect(checkField("envoy.config.core.v3.DataSource", "filename", undefined)).toEqual([]);
    expect(checkField("envoy.config.core.v3.DataSource", "filename", "")[0]?.constraint).toBe("string.min_len");
  });

  it("skip empty values where they say so", () => {
    const shadow = "envoy.extensions.filters.http.ext_authz.v3.ShadowDecision";
    expect(checkField(shadow, "statusCode", 0)).toEqual([]);
    expect(checkField(shadow, "statusCode", 99).map(({ constraint }) => constraint)).toEqual(["uint32.gte"]);
    const counter = "envoy.extensions.access_loggers.stats.v3.Config.Counter";
    expect(checkField(counter, "valueFormat", "")).toEqual([]);
    expect(checkField(counter, "valueFormat", undefined)).toEqual([]);
    expect(checkField(counter, "valueFormat", "x").length).toBe(2);
  });

  it("end at a message that skips them", () => {
    const found = check("envoy.config.core.v3.KeyValueAppend", { entry: {} });
    expect(found.map(({ path, enforced, severity }) => [path, enforced, severity])).toEqual([
      ["/entry", false, "warning"],
      ["/entry/key", false, "warning"],
    ]);
  });

  it("are warnings in the policies that Envoy reads without them", () => {
    const policy = (name: string, fields: object): readonly FieldIssue[] => {
      const typedConfig = {
        "@type": `type.googleapis.com/envoy.extensions.load_balancing_policies.${name}`,
        ...fields,
      };
      const policies = [{ typedExtensionConfig: { name: "x", typedConfig } }];
      return check(clusterName, { name: "a", loadBalancingPolicy: { policies } });
    };
    const [ring] = policy("ring_hash.v3.RingHash", { minimumRingSize: "9000000" });
    expect([ring?.enforced, ring?.severity, ring?.constraint]).toEqual([false, "warning", "uint64.lte"]);
    const [wrongType] = policy("ring_hash.v3.RingHash", { minimumRingSize: "x" });
    expect([wrongType?.enforced, wrongType?.severity, wrongType?.rule]).toEqual([true, "error", "wrong_type"]);
    expect(policy("override_host.v3.OverrideHost", {})[0]?.enforced).toBe(true);
  });
});

describe("check", () => {
  it("finds everything, what is absent first and the rest in document order", () => {
    const found = check(clusterName, {
      connectTimout: "5s",
      connect_timeout: "0s",
      type: "EDS",
      clusterType: {},
      dnsRefreshRate: "1s",
      transportSocket: { name: "x", typedConfig: { "@type": "type.googleapis.com/envoy.extensions.x.Tls" } },
      edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: "V2" } },
    });
    expect(found.map(({ path, rule, severity }) => `${severity} ${rule} ${path}`)).toEqual([
      "error field_rule /name",
      "error unknown_field /connectTimout",
      "error field_rule /connect_timeout",
      "error oneof_conflict /clusterType",
      "error field_rule /clusterType/name",
      "warning deprecated_field /dnsRefreshRate",
      "error unknown_type_url /transportSocket/typedConfig/@type",
      "warning deprecated_field /edsClusterConfig/edsConfig/resourceApiVersion",
    ]);
    expect(found[1]?.hint).toBe("connectTimeout");
  });

  it("calls an error what Envoy refuses although it is only deprecated", () => {
    const disallowed = codec.schema
      .messageNames()
      .flatMap((name) => (codec.schema.message(name)?.fields ?? []).map((field) => ({ name, field })))
      .filter(({ field }) => field.disallowed);
    expect(disallowed.length).toBe(3);
    for (const { name, field } of disallowed) {
      const value = field.type === "string" ? "x" : field.kind === "list" ? [] : {};
      const found = check(name, { [field.jsonName]: value }).find(({ rule }) => rule === "deprecated_field");
      expect(found?.severity).toBe("error");
    }
  });

  it("escapes path segments, and goes through every nesting", () => {
    const found = check("envoy.config.core.v3.Node", {
      metadata: { a: 1 },
      dynamicParameters: { "a/b~c": { params: 5 } },
    });
    expect(found.map(({ path }) => path)).toEqual(["/dynamicParameters/a~1b~0c/params"]);
  });

  it("never shows a sensitive value", () => {
    const secret = {
      tlsCertificate: { privateKey: { inlineString: 12_345 }, password: { inlineString: ["hunter2"] } },
    };
    const text = JSON.stringify(check("envoy.extensions.transport_sockets.tls.v3.Secret", secret));
    expect(text).not.toContain("12345");
  });

  it("cuts long values", () => {
    const [issue] = check(clusterName, { name: "a", lbPolicy: "x".repeat(5_000) });
    expect(issue?.message.length).toBeLessThan(300);
  });

  it("finds something wrong in the types exactly where encode refuses", () => {
    const draw = createDraw(Number(process.env.PROPERTY_SEED ?? 1));
    const source = createDocumentSource(registry(), draw);
    const types = [...registry()].filter(
      (type): type is DescMessage => type.kind === "message" && /^(envoy|xds)\.(?!annotations)/.test(type.typeName),
    );
    const seen = { refused: 0, written: 0 };
    for (let i = 0; i < 20_000; i++) {
      const { typeName } = types[i % types.length] as DescMessage;
      if (codec.schema.message(typeName) === undefined) continue;
      const typeUrl = `type.googleapis.com/${typeName}`;
      const json = damage(source.document(types[i % types.length] as DescMessage), draw);
      const structural = codec.check(typeUrl, json).filter(({ rule }) => typeRules.has(rule));
      const refusedAt = pathOfRefusal(typeUrl, json);
      seen[refusedAt === undefined ? "written" : "refused"]++;
      if (refusedAt !== structural[0]?.path) {
        expect.fail(
          `${typeName}: encode says ${refusedAt}, check ${JSON.stringify(structural[0])}: ${JSON.stringify(json)}`,
        );
      }
    }
    expect(Math.min(seen.refused, seen.written)).toBeGreaterThan(1_000);
  });
});

const typeRules = new Set(["unknown_field", "wrong_type", "out_of_range", "unknown_type_url", "oneof_conflict"]);

function pathOfRefusal(typeUrl: string, json: unknown): string | undefined {
  try {
    codec.encode(typeUrl, json);
    return undefined;
  } catch (error) {
    if (isEnvoyApiError(error, "invalid_json") || isEnvoyApiError(error, "unknown_type")) return error.details.path;
    throw error;
  }
}

/** Puts something else in the place of one value, or adds a key. */
function damage(json: unknown, draw: Draw): unknown {
  const wrong = [
    5,
    -1,
    "x",
    true,
    [],
    {},
    "1e400",
    0.5,
    { "@type": "type.googleapis.com/a.B" },
    { a: 1 },
    [null],
    2 ** 40,
  ];
  const pick = (): unknown => wrong[draw(wrong.length)];
  if (typeof json !== "object" || json === null) return pick();
  const keys = Object.keys(json);
  if (keys.length === 0 || draw(6) === 0) return Array.isArray(json) ? [...json, pick()] : { ...json, extra: pick() };
  const key = keys[draw(keys.length)] as string;
  const value = (json as Readonly<Record<string, unknown>>)[key];
  const next = draw(3) === 0 ? pick() : damage(value, draw);
  if (Array.isArray(json)) return json.map((item, index) => (String(index) === key ? next : item));
  return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, name === key ? next : each]));
}
