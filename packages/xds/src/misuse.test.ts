import {
  cluster,
  compile,
  endpoints,
  filterChain,
  healthCheck,
  httpFilter,
  isXdsError,
  listener,
  loadBalancing,
  retry,
  route,
  type SimulatedRequest,
  secret,
  simulate,
  tls,
  tracing,
  XdsError,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { brokenForGrpc, soundForGrpc } from "../test/broken-for-grpc.js";

describe("builders refuse what Envoy would", () => {
  it.each<[string, () => unknown, string]>([
    [
      "an address without port",
      () => endpoints({ cluster: "a", endpoints: [{ address: "10.0.0.1" }] }),
      '[invalid_address] "10.0.0.1" is no host:port, [v6]:port or socket path',
    ],
    [
      "a port too large",
      () => listener.of({ name: "a", address: "0.0.0.0:65536", chains: [filterChain.tcp({ cluster: "a" })] }),
      "65536",
    ],
    ["IPv6 without brackets", () => endpoints({ cluster: "a", endpoints: [{ address: "::1:80" }] }), "[v6]:port"],
    [
      "weights of 0",
      () => route.split([{ name: "a", weight: 0 }], { match: { prefix: "/" } }),
      "weights must sum to 1 to 4294967295, not 0",
    ],
    [
      "a back-off upside down",
      () => retry({ on: ["5xx"], backoff: { base: "2s", max: "1s" } }),
      "backoff.max must be at least 2s, not 1s",
    ],
    [
      "a bucket too fast",
      () => httpFilter.localRateLimit({ maxTokens: 1, fillInterval: "0.01s" }),
      "fillInterval must be at least 0.05s, not 0.01s",
    ],
    [
      "a sample over 100",
      () => tracing.openTelemetry({ grpc: {}, serviceName: "a", samplePercent: 101 }),
      "samplePercent must be 0 to 100, not 101",
    ],
    [
      "bytes that are no hexadecimal",
      () => healthCheck.tcp({ send: "xyz", interval: "1s", timeout: "1s", unhealthyThreshold: 1, healthyThreshold: 1 }),
      "is not hexadecimal",
    ],
    [
      "a ring upside down",
      () => loadBalancing.ringHash({ minimumRingSize: "10", maximumRingSize: "5" }),
      "minimumRingSize must be 1 to 5, not 10",
    ],
    [
      "a ring too large",
      () => loadBalancing.ringHash({ maximumRingSize: "8388609" }),
      "maximumRingSize must be 1 to 8388608, not 8388609",
    ],
    [
      "a table that is no prime",
      () => loadBalancing.maglev({ tableSize: "10" }),
      "tableSize must be a prime up to 5000011, not 10",
    ],
    ["a table too large", () => loadBalancing.maglev({ tableSize: "5000077" }), "5000077"],
    [
      "ALPN without TLS",
      () => cluster.eds({ name: "a", protocol: "auto" } as Parameters<typeof cluster.eds>[0]),
      "needs a TLS socket",
    ],
    [
      "certificates of two kinds",
      () => tls.downstream({ certificates: [{ sds: "a" }, { certificateFile: "a", keyFile: "b" }] }),
      "not from both",
    ],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(message);
  });

  it("and tell errors of the package from others", () => {
    const error = new XdsError("invalid_address", "text", { address: "a" }, { cause: 1 });
    expect([
      error.message,
      error.cause,
      isXdsError(error),
      isXdsError(error, "invalid_address"),
      isXdsError(error, "duplicate_name"),
    ]).toEqual(["[invalid_address] text", 1, true, true, false]);
    expect([isXdsError(new Error("a")), isXdsError(undefined)]).toEqual([false, false]);
  });
});

describe("builders make", () => {
  it("sockets, names and secrets as Envoy writes them", () => {
    const made = endpoints({
      cluster: "a",
      endpoints: [{ address: "/run/a" }, { address: "[::1]:80" }, { address: "host:1", priority: 0 }],
    });
    expect(made.endpoints?.[0]?.lbEndpoints?.map(({ endpoint }) => endpoint?.address)).toEqual([
      { pipe: { path: "/run/a" } },
      { socketAddress: { address: "::1", portValue: 80 } },
      { socketAddress: { address: "host", portValue: 1 } },
    ]);
    expect(
      cluster.dns({ name: "a", host: "::1", port: 1 }).loadAssignment?.endpoints?.[0]?.lbEndpoints?.[0]?.endpoint
        ?.address?.socketAddress?.address,
    ).toBe("::1");
    expect(secret.certificate({ name: "c", certificatePem: "C", keyPem: "K" })).toEqual({
      name: "c",
      tlsCertificate: { certificateChain: { inlineString: "C" }, privateKey: { inlineString: "K" } },
    });
    expect(secret.trust({ name: "t", caPem: "A" })).toEqual({
      name: "t",
      validationContext: { trustedCa: { inlineString: "A" } },
    });
    const files = tls.downstream({
      certificates: [{ certificateFile: "c", keyFile: "k" }],
      clients: { trust: { caFile: "a" }, names: ["b"] },
    });
    expect(files.typedConfig).toMatchObject({
      commonTlsContext: {
        validationContext: {
          trustedCa: { filename: "a" },
          matchTypedSubjectAltNames: [{ sanType: "DNS", matcher: { exact: "b" } }],
        },
      },
      requireClientCertificate: true,
    });
    expect(httpFilter.grpcJsonTranscoder({ services: ["a"] }).name).toBe("envoy.filters.http.grpc_json_transcoder");
  });
});

describe("what gRPC clients refuse", () => {
  it.each(soundForGrpc)("is not %s", (_, graph) => {
    const { issues } = compile(graph, { target: "grpc", external: "any" });
    expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it.each(brokenForGrpc.map((each) => [each.name, each] as const))("%s", (_, { graph, paths }) => {
    const { issues } = compile(graph, { target: "grpc", external: "any" });
    const found = issues.filter(({ rule }) => rule === "grpc_unsupported");
    expect(found.map(({ severity, path }) => `${severity} ${path}`)).toEqual(paths.map((path) => `error ${path}`));
  });
});

describe("chains are chosen", () => {
  const chain = (name: string, match: NonNullable<Parameters<typeof filterChain.tcp>[0]["match"]>) =>
    filterChain.tcp({ name, match, cluster: "a" });
  const range = (addressPrefix: string, prefixLen: number) => [{ addressPrefix, prefixLen }];
  const { snapshot } = compile(
    {
      clusters: [cluster.static({ name: "a", endpoints: [{ address: "127.0.0.1:1" }] })],
      listeners: [
        listener.of({
          name: "l",
          address: "[::]:80",
          chains: [
            chain("port", { destinationPort: 81 }),
            chain("wide", { prefixRanges: range("10.0.0.0", 8) }),
            chain("narrow", { prefixRanges: range("10.1.0.0", 16) }),
            chain("v6", { prefixRanges: range("2001:db8::", 32) }),
            chain("local", { prefixRanges: range("10.2.0.0", 16), sourceType: "SAME_IP_OR_LOOPBACK" }),
            chain("external", { prefixRanges: range("10.2.0.0", 16), sourceType: "EXTERNAL" }),
            chain("from", { prefixRanges: range("10.3.0.0", 16), sourcePrefixRanges: range("192.168.0.0", 16) }),
            chain("ports", { prefixRanges: range("10.4.0.0", 16), sourcePorts: [7] }),
            chain("direct", { prefixRanges: range("10.5.0.0", 16), directSourcePrefixRanges: range("::1", 128) }),
          ],
        }),
      ],
    },
    { severity: { unused_resource: "off" } },
  );

  it.each<[string, Partial<SimulatedRequest>, string]>([
    ["by port", { destination: "1.2.3.4:81" }, "port"],
    ["by address", { destination: "10.9.0.1:80" }, "wide"],
    ["by the longer prefix", { destination: "10.1.2.3:80" }, "narrow"],
    ["by an IPv6 prefix", { destination: "[2001:DB8:0::7]:80" }, "v6"],
    ["from the loopback device", { destination: "10.2.0.1:80", source: "127.0.0.1:5" }, "local"],
    ["from the same address", { destination: "10.2.0.1:80", source: "10.2.0.1:5" }, "local"],
    ["from elsewhere", { destination: "10.2.0.1:80", source: "9.9.9.9:5" }, "external"],
    ["by source", { destination: "10.3.0.1:80", source: "192.168.7.7:5" }, "from"],
    ["by source port", { destination: "10.4.0.1:80", source: "9.9.9.9:7" }, "ports"],
    ["by the direct source", { destination: "10.5.0.1:80", source: "[::1]:7" }, "direct"],
    ["and there is no way back", { destination: "10.3.0.1:80", source: "9.9.9.9:5" }, "no_filter_chain"],
    ["or none", { destination: "11.0.0.1:80" }, "no_filter_chain"],
  ])("%s", (_, request, want) => {
    if (snapshot === undefined) throw new Error("the graph must compile");
    const outcome = simulate(snapshot, { listener: "l", authority: "", path: "/", ...request });
    expect(
      outcome.kind === "tcp" ? outcome.filterChain : outcome.kind === "reject" ? outcome.reason : outcome.kind,
    ).toBe(want);
  });
});
