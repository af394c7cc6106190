import { defaultCodec } from "@netmason/envoy-api/codec";
import { describe, expect, it } from "vitest";

const codec = defaultCodec();
const secretUrl = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

function redact(typeUrl: string, json: unknown): unknown {
  return codec.redact(typeUrl, json);
}

describe("redact", () => {
  it("replaces text and bytes of sensitive fields, keeps the rest and the shape", () => {
    const secret = {
      name: "server",
      tlsCertificate: {
        certificateChain: { filename: "/tls.crt" },
        privateKey: { inlineBytes: "c2VjcmV0", watchedDirectory: { path: "/x" } },
        password: { inlineString: "hunter2" },
      },
    };
    expect(redact(secretUrl, secret)).toEqual({
      name: "server",
      tlsCertificate: {
        certificateChain: { filename: "/tls.crt" },
        privateKey: { inlineBytes: "W3JlZGFjdGVkXQ==", watchedDirectory: { path: "[redacted]" } },
        password: { inlineString: "[redacted]" },
      },
    });
    expect(secret.tlsCertificate.password.inlineString).toBe("hunter2");
  });

  it("works on snake_case, and inside of fields that take any message", () => {
    const any = { "@type": secretUrl, tls_certificate: { private_key: { inline_string: "k" } } };
    const config = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
    expect(redact(config, { name: "a", typed_config: any })).toEqual({
      name: "a",
      typed_config: { "@type": secretUrl, tls_certificate: { private_key: { inline_string: "[redacted]" } } },
    });
  });

  it("leaves no value of a sensitive message, whatever its type", () => {
    const sensitive = codec.schema
      .messageNames()
      .flatMap((name) => (codec.schema.message(name)?.fields ?? []).map((field) => ({ name, field })))
      .filter(({ field }) => field.sensitive);
    expect(sensitive.length).toBe(28);
    for (const { name, field } of sensitive) {
      const value =
        field.type === "envoy.config.core.v3.DataSource"
          ? { inlineString: "hunter2" }
          : field.type === "google.protobuf.Any"
            ? any()
            : "hunter2";
      const given = field.kind === "list" ? [value] : field.kind === "map" ? { x: value } : value;
      const text = JSON.stringify(redact(`type.googleapis.com/${name}`, { [field.jsonName]: given }));
      expect(text, `${name}.${field.name}`).not.toContain("hunter2");
    }
  });

  it.each([
    ["StringValue", "hunter2", { "@type": "", value: "[redacted]" }],
    ["BytesValue", "aHVudGVy", { "@type": "", value: "W3JlZGFjdGVkXQ==" }],
    ["UInt32Value", 5, { "@type": "" }],
    ["Duration", "5s", { "@type": "" }],
    [
      "Struct",
      { a: ["x", 1, null, true, { b: "y" }] },
      { "@type": "", value: { a: ["[redacted]", "[redacted]", null, true, { b: "[redacted]" }] } },
    ],
  ])("blanks a %s in a sensitive field", (name, value, blank) => {
    const typeUrl = `type.googleapis.com/google.protobuf.${name}`;
    const holder = anyHolder();
    const redacted = redact(`type.googleapis.com/${holder.name}`, {
      [holder.field]: { "@type": typeUrl, value },
    }) as Record<string, unknown>;
    expect(redacted[holder.field]).toEqual({ ...blank, "@type": typeUrl });
  });

  it("gives back as it is what is not of its type", () => {
    expect(redact(secretUrl, "x")).toBe("x");
    expect(redact(secretUrl, { name: 5, tlsCertificate: null, other: 1 })).toEqual({
      name: 5,
      tlsCertificate: null,
      other: 1,
    });
  });

  function any(): unknown {
    return { "@type": "type.googleapis.com/acme.Unknown", value: "hunter2" };
  }

  function anyHolder(): { name: string; field: string } {
    for (const name of codec.schema.messageNames()) {
      const field = codec.schema
        .message(name)
        ?.fields.find(({ sensitive, type, kind }) => sensitive && type === "google.protobuf.Any" && kind === "message");
      if (field !== undefined) return { name, field: field.jsonName };
    }
    throw new RangeError("the API must have a sensitive field that takes any message");
  }
});
