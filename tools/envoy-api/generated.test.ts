import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCodec, type FieldShape } from "@netmason/envoy-api/codec";
import { describe, expect, it } from "vitest";
import { type ApiField, readApi } from "./api-model.js";
import { readDescriptors, readSource } from "./descriptor-files.js";
import { describeField, describeRules, referenceOf } from "./documentation.js";

const root = join(import.meta.dirname, "../..");
const api = readApi();

function fieldOf(typeName: string, name: string) {
  const field = api.messages
    .find(({ desc }) => desc.typeName === typeName)
    ?.fields.find(({ desc }) => desc.name === name);
  if (field === undefined) throw new RangeError(`${typeName}.${name} must be in the API`);
  return field;
}

describe("the descriptor set", () => {
  it("is what its source file says", () => {
    expect(readDescriptors().length).toBe(readSource().bytes);
  });

  it("gives the package its version", () => {
    const manifest = JSON.parse(readFileSync(join(root, "packages/envoy-api/package.json"), "utf8"));
    const release = (version: string): string => version.replace(/^v/, "").split(".").slice(0, 2).join(".");
    expect(release(manifest.version)).toBe(release(readSource().version));
  });
});

describe("the model", () => {
  it("has what the options of the API say", () => {
    const count = (test: (field: ReturnType<typeof fieldOf>) => boolean): number =>
      api.messages.reduce((sum, { fields }) => sum + fields.filter(test).length, 0);
    expect(count(({ sensitive }) => sensitive)).toBe(28);
    expect(count(({ deprecated }) => deprecated)).toBeGreaterThanOrEqual(120);
    expect(count(({ rules }) => Object.keys(rules).length > 0)).toBeGreaterThanOrEqual(1_206);
    expect(api.messages.reduce((sum, { requiredOneofs }) => sum + requiredOneofs.size, 0)).toBeGreaterThanOrEqual(118);
  });

  it("knows no rule that it cannot word", () => {
    const rules = api.messages.flatMap(({ fields }) => fields.map((field) => field.rules));
    const kinds = new Set(rules.flatMap((each) => Object.keys(each)));
    expect(kinds.size).toBeGreaterThanOrEqual(60);
    expect(() => rules.map(describeRules)).not.toThrow();
  });
});

describe("documentation", () => {
  it("links messages, enums and fields to Envoy's reference", () => {
    const field = fieldOf("envoy.config.cluster.v3.Cluster", "connect_timeout");
    const page = "https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/cluster/v3/cluster.proto";
    expect(referenceOf(field.desc, "v1.40.0")).toBe(
      `${page}#envoy-v3-api-field-config-cluster-v3-cluster-connect-timeout`,
    );
    expect(referenceOf(field.desc.parent, "v1.40.0")).toBe(`${page}#envoy-v3-api-msg-config-cluster-v3-cluster`);
  });

  it("says rules, oneofs, deprecation and sensitivity", () => {
    const text = (typeName: string, name: string): string =>
      describeField(fieldOf(typeName, name), "v1.40.0").join("\n");
    expect(text("envoy.config.cluster.v3.Cluster", "connect_timeout")).toContain("> 0s.");
    expect(text("envoy.config.cluster.v3.Cluster", "type")).toContain("Excludes `clusterType`.");
    expect(text("envoy.config.cluster.v3.Cluster", "dns_refresh_rate")).toContain("@deprecated");
    expect(text("envoy.extensions.transport_sockets.tls.v3.TlsCertificate", "private_key")).toContain("Sensitive");
    expect(text("envoy.config.core.v3.HeaderValue", "key")).toMatch(/Not empty.*A header (name|value)/);
  });
});

it("gives the codec every rule and option of the descriptors", () => {
  const { schema } = defaultCodec();
  const options = (each: ApiField | FieldShape | undefined): unknown =>
    each && [each.rules, each.deprecated, each.sensitive, each.disallowed];
  for (const { desc, fields, requiredOneofs } of api.messages) {
    const shape = schema.message(desc.typeName);
    expect(shape?.fields.map(options), desc.typeName).toEqual(fields.map(options));
    expect(new Set(shape?.requiredOneofs), desc.typeName).toEqual(requiredOneofs);
  }
});
