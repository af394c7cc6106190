import { compile, formatIssues } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { soundBootstraps } from "../test/broken-bootstraps.js";
import { brokenTables } from "../test/broken-tables.js";
import { longestDurations } from "../test/durations.js";
import { url, withListener, withManager, withTransportSocket } from "../test/graph-parts.js";
import { nearMisses } from "../test/near-misses.js";
import { nearMissesUpstream } from "../test/near-misses-upstream.js";
import { soundGraphs } from "../test/sound-graphs.js";

const lines = (graph: Parameters<typeof compile>[0]): string[] =>
  compile(graph)
    .issues.filter(({ rule }) => rule !== "unused_resource" && rule !== "deprecated_field")
    .map(({ rule, path }) => `${rule} ${path}`);

/** What Envoy takes and does nothing with, and nobody can mean. */
const STRICTER = ["duplicate_priority", "unknown_filter_override", "unknown_retry_word"];

describe("compile", () => {
  it("finds nothing in a graph without fault", () => {
    expect(formatIssues(compile(withListener({})).issues)).toBe("");
  });

  it.each([...nearMisses, ...nearMissesUpstream, ...longestDurations])(
    "finds nothing in what comes near to a fault: %s",
    (_, graph) => {
      expect(lines(graph)).toEqual([]);
    },
  );

  it.each(soundBootstraps)("finds nothing in a bootstrap that %s", (_, graph) => {
    expect(lines(graph)).toEqual([]);
  });

  describe.each(Object.entries(brokenTables))("in %s", (_, rows) => {
    it.each(rows.map((each) => [each.name, each] as const))("finds %s", (_name, { graph, issue, envoy }) => {
      expect(lines(graph)).toEqual([issue]);
      const isStricter = STRICTER.some((rule) => issue.startsWith(`${rule} `));
      expect(compile(graph).snapshot === undefined).toBe(envoy === "refuses" || isStricter);
    });
  });

  it.each(Object.entries(soundGraphs))("finds no error in %s", (_, graph) => {
    expect(compile(graph).issues.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it.each([
    { verifyCertificateHash: ["a".repeat(64)] },
    { verifyCertificateSpki: ["NvqYIYSbgK2vCJpQhObf77vv+bQWtc5ek5RIOwPiC9A="] },
  ])("takes a pinned certificate for verified: %j", (validationContext) => {
    expect(lines(withTransportSocket("UpstreamTlsContext", { commonTlsContext: { validationContext } }))).toEqual([]);
  });

  it("lets the headers of a service that Envoy calls be anything", () => {
    const httpUri = { uri: "http://a", cluster: "a", timeout: "1s" };
    const httpService = { httpUri, requestHeadersToAdd: [{ header: { key: "host", value: "x" } }] };
    const typedConfig = { "@type": url("config.trace.v3.OpenTelemetryConfig"), serviceName: "s", httpService };
    expect(lines(withManager({ tracing: { provider: { name: "o", typedConfig } } }))).toEqual([]);
  });
});
