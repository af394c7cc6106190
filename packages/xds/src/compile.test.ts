import { compile, formatIssues } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { brokenClusters } from "../test/broken-clusters.js";
import { brokenListeners, brokenRoutes } from "../test/broken-routes.js";
import { withListener } from "../test/graph-parts.js";

const lines = (graph: Parameters<typeof compile>[0]): string[] =>
  compile(graph)
    .issues.filter(({ rule }) => rule !== "unused_resource")
    .map(({ rule, path }) => `${rule} ${path}`);

describe("compile", () => {
  it("finds nothing in a graph without fault", () => {
    expect(formatIssues(compile(withListener({})).issues)).toBe("");
  });

  it.each([...brokenListeners, ...brokenRoutes, ...brokenClusters].map((each) => [each.name, each] as const))(
    "finds %s",
    (_, { graph, issue, envoy }) => {
      expect(lines(graph)).toEqual([issue]);
      const refused = compile(graph).snapshot === undefined;
      expect(refused || envoy === "accepts").toBe(true);
    },
  );
});
