import {
  accessLog,
  cluster,
  compile,
  endpoints,
  formatIssues,
  type Graph,
  grpcService,
  healthCheck,
  httpFilter,
  listener,
  loadBalancing,
  retry,
  route,
  simulate,
  tls,
  tracing,
  typeUrls,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { nearestWord } from "./internal/nearest-word.js";
import { isPrime } from "./internal/prime.js";

const anything = { match: { prefix: "/" } } as const;
const issuesOf = (graph: object): string =>
  formatIssues(compile(graph as Graph, { severity: { unused_resource: "off", tls_unverified: "off" } }).issues);

describe("bounds", () => {
  it("of a body in base64, whose padding is no byte", () => {
    const issues = (size: number): string => {
      const body = { inlineBytes: Buffer.alloc(size).toString("base64") };
      const routes = [{ match: { prefix: "/" }, directResponse: { status: 200, body } }];
      return issuesOf({ routes: [{ name: "r", virtualHosts: [{ name: "v", domains: ["*"], routes }] }] });
    };
    expect(issues(4_096)).not.toContain("a body of");
    expect(issues(4_097)).toContain("a body of 4097 bytes, at most 4096");
  });

  it("of primes", () => {
    expect([-3, 0, 1, 2, 3, 4, 9, 25, 65_537, 2.5].filter(isPrime)).toEqual([2, 3, 65_537]);
    expect(loadBalancing.maglev({ tableSize: "5000011" }).policies?.length).toBe(1);
  });

  it("of ports, rings, intervals, samples and weights are taken", () => {
    expect(
      endpoints({ cluster: "a", endpoints: [{ address: "h:65535" }, { address: "h:0" }] }).endpoints?.[0]?.lbEndpoints
        ?.length,
    ).toBe(2);
    expect(loadBalancing.ringHash({ minimumRingSize: "8388608", maximumRingSize: "8388608" }).policies?.length).toBe(1);
    expect(loadBalancing.ringHash({ minimumRingSize: "1", maximumRingSize: "1" }).policies?.length).toBe(1);
    expect(() => loadBalancing.ringHash({ minimumRingSize: "0" })).toThrow(
      "minimumRingSize must be 1 to 8388608, not 0",
    );
    expect(httpFilter.localRateLimit({ maxTokens: 1, fillInterval: "0.05s" }).typedConfig).toMatchObject({
      tokenBucket: { maxTokens: 1, tokensPerFill: 1, fillInterval: "0.05s" },
    });
    expect(tracing.openTelemetry({ grpc: {}, serviceName: "s", samplePercent: 0 }).randomSampling).toEqual({
      value: 0,
    });
    expect(tracing.openTelemetry({ grpc: {}, serviceName: "s", samplePercent: 100 }).randomSampling).toEqual({
      value: 100,
    });
    expect(
      route.split([{ name: "a", weight: 4_294_967_295 }], anything).route?.weightedClusters?.clusters?.length,
    ).toBe(1);
    expect(() =>
      route.split(
        [
          { name: "a", weight: 4_294_967_295 },
          { name: "b", weight: 1 },
        ],
        anything,
      ),
    ).toThrow("not 4294967296");
    expect(retry({ on: ["5xx"], backoff: { base: "1s", max: "1s" } }).retryBackOff).toEqual({
      baseInterval: "1s",
      maxInterval: "1s",
    });
    expect(
      healthCheck.tcp({ send: "00fF", interval: "1s", timeout: "1s", unhealthyThreshold: 1, healthyThreshold: 1 })
        .tcpHealthCheck?.send,
    ).toEqual({ text: "00fF" });
  });

  it.each<[string, string | undefined]>([
    ["5x", "5xx"],
    ["ab", undefined],
    ["rset", "reset"],
    ["reseting", undefined],
    ["gatway-eror", "gateway-error"],
    ["gtway-eror", undefined],
    ["reset", "reset"],
  ])("of likeness: %s is meant as %s", (text, want) => {
    expect(nearestWord(text, ["5xx", "reset", "gateway-error"])).toBe(want);
  });

  it.each<[string, object, string]>([
    [
      "a body of 4096 bytes, of which some are not ASCII",
      {
        routes: [
          {
            name: "r",
            virtualHosts: [
              {
                name: "v",
                domains: ["*"],
                routes: [
                  {
                    match: { prefix: "/" },
                    directResponse: { status: 200, body: { inlineString: "é".repeat(2_048) } },
                  },
                ],
              },
            ],
          },
        ],
      },
      "",
    ],
    [
      "a rise of the bound",
      {
        routes: [
          {
            name: "r",
            maxDirectResponseBodySizeBytes: 4_097,
            virtualHosts: [
              {
                name: "v",
                domains: ["*"],
                routes: [
                  {
                    match: { prefix: "/" },
                    directResponse: { status: 200, body: { inlineString: "x".repeat(4_097) } },
                  },
                ],
              },
            ],
          },
        ],
      },
      "",
    ],
    [
      "an ejection as long as its base",
      {
        clusters: [
          {
            ...cluster.static({ name: "a", endpoints: [] }),
            outlierDetection: { baseEjectionTime: "5s", maxEjectionTime: "5s" },
          },
        ],
      },
      "",
    ],
    [
      "an ejection less than the default",
      { clusters: [{ ...cluster.static({ name: "a", endpoints: [] }), outlierDetection: { maxEjectionTime: "29s" } }] },
      'error Cluster "a" /outlierDetection/maxEjectionTime: 29s is less than baseEjectionTime 30s (envoy_refuses)',
    ],
    [
      "an issue of the whole, and a hint",
      {
        clusters: [
          cluster.static({ name: "a", endpoints: [] }),
          { ...cluster.static({ name: "a", endpoints: [] }), lbPolicy: "CLUSTER_PROVIDED" },
        ],
      },
      'error Cluster "a" /: "a" is given twice (duplicate_name)\nerror Cluster "a" /lbPolicy: in the second: a STATIC cluster provides no balancing (envoy_refuses)',
    ],
    [
      "a hint",
      { clusters: [cluster.static({ name: "b", endpoints: [{ address: "name:1" }] })] },
      'error Cluster "b" /loadAssignment/endpoints/0/lbEndpoints/0/endpoint/address/socketAddress/address: "name" is no IP address (envoy_refuses)\n  hint: a STATIC cluster resolves nothing: use STRICT_DNS',
    ],
  ])("in issues: %s", (_, graph, want) => {
    expect(issuesOf(graph)).toBe(want);
  });
});

describe("defaults", () => {
  it("are left out or said as documented", () => {
    const chain = listener.http({ name: "web", address: "0.0.0.0:1", routes: { rds: "r" } });
    expect(JSON.stringify(chain)).toContain('"statPrefix":"web"');
    expect(
      JSON.stringify(listener.http({ name: "web", address: "0.0.0.0:1", routes: { rds: "r" }, statPrefix: "edge" })),
    ).toContain('"statPrefix":"edge"');
    expect(grpcService({ cluster: "a" })).toEqual({ envoyGrpc: { clusterName: "a" } });
    expect(route.redirect({ ...anything, to: {} }).redirect).toEqual({});
    expect(route.redirect({ ...anything, to: { scheme: "https", status: 307 } }).redirect).toEqual({
      httpsRedirect: true,
      responseCode: "TEMPORARY_REDIRECT",
    });
    expect(accessLog.stdout({ text: "a" }).typedConfig).toMatchObject({
      logFormat: { textFormatSource: { inlineString: "a\n" } },
    });
    expect(accessLog.stdout({ text: "a\n" }).typedConfig).toMatchObject({
      logFormat: { textFormatSource: { inlineString: "a\n" } },
    });
    expect(accessLog.stdout()).toEqual({
      name: "envoy.access_loggers.stdout",
      typedConfig: { "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog" },
    });
    expect(tls.upstream({ trust: "insecure" }).typedConfig).toEqual({
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      commonTlsContext: {},
    });
    expect(cluster.eds({ name: "a" })).toEqual({
      name: "a",
      type: "EDS",
      edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: "V3" } },
    });
  });

  it("of simulate: the listener of the port, the draw 0", () => {
    const two = (["0.0.0.0:80", "10.0.0.1:80"] as const).map((address, index) =>
      listener.http({
        name: `l${index}`,
        address,
        routes: {
          virtualHosts: [
            {
              name: "v",
              domains: ["*"],
              routes: [{ match: { prefix: "/" }, directResponse: { status: 200 + index } }],
            },
          ],
        },
      }),
    );
    const { snapshot } = compile({ listeners: two });
    if (snapshot === undefined) throw new Error("the graph must compile");
    const status = (destination?: string): unknown => {
      const outcome = simulate(snapshot, {
        authority: "a",
        path: "/",
        ...(destination !== undefined && { destination }),
      });
      return outcome.kind === "respond" ? outcome.status : outcome.kind === "reject" && outcome.reason;
    };
    expect([status("10.0.0.1:80"), status("10.0.0.2:80"), status("10.0.0.1:81"), status()]).toEqual([
      201,
      200,
      "no_listener",
      "no_listener",
    ]);
    expect(snapshot.count(typeUrls.listener)).toBe(2);
  });
});
