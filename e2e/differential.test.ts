// Graphs with one change at random: compile finds an error exactly where Envoy refuses, but for a list with a reason each.
import { compile, type Graph, type Issue } from "@netmason/xds";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { builderGraphs } from "../packages/xds/test/builder-graphs.js";
import { describeWith } from "./components.js";
import { EnvoyValidator } from "./xds/envoy-process.js";
import { judge, KNOWN_DISAGREEMENTS } from "./xds/known-disagreements.js";
import { type Mutant, mutate } from "./xds/mutations.js";
import { staticBootstrap } from "./xds/static-bootstrap.js";

const isSoak = process.env.SOAK === "1";
const COUNT = isSoak ? 5_000 : 400;
/** 15 to 20 s on two idle cores. */
const TIMEOUT_MS = isSoak ? 3_600_000 : 240_000;

/** Mistakes that Envoy accepts in silence. */
const OURS: ReadonlySet<Issue["rule"]> = new Set([
  "unknown_retry_word",
  "unknown_filter_override",
  "duplicate_priority",
]);

describeWith("envoy", "compile", (program) => {
  const envoy = new EnvoyValidator(program);
  afterAll(() => envoy[Symbol.dispose]());

  it.each(KNOWN_DISAGREEMENTS)("%s is still a disagreement: %s", (pattern) => {
    const example = exampleOf(pattern);
    expect(example).toBeDefined();
    const { graph, signature } = example ?? { graph: {}, signature: "" };
    const errors = refusals(graph);
    const { accepted } = envoy.validate(staticBootstrap(graph));
    expect(judge(textOf(signature, errors), accepted, errors.length > 0)).toBe("known");
  });

  it("fails on a disagreement without a reason, and on a reason without a disagreement", () => {
    const listed = "remove envoy.config.listener.v3.Listener.name ";
    expect([judge(listed, true, true), judge(listed, false, false)]).toEqual(["known", "known"]);
    expect([judge(listed, true, false), judge(listed, false, true)]).toEqual(["outdated", "outdated"]);
    expect([judge("empty x.Y.z ", true, true), judge("empty x.Y.z ", false, false)]).toEqual([
      "unexplained",
      "unexplained",
    ]);
    expect([judge("empty x.Y.z ", true, false), judge("empty x.Y.z ", false, true)]).toEqual(["agreed", "agreed"]);
  });

  it(
    `judges ${COUNT} graphs as Envoy does`,
    () => {
      const choices = fc.sample(fc.tuple(fc.nat(graphs.length - 1), fc.nat(1_000_000)), COUNT);
      const wrong: unknown[] = [];
      let refusedCount = 0;
      for (const [index, choice] of choices) {
        const { graph, signature } = mutate(graphs[index] as Graph, choice);
        const { accepted, message } = envoy.validate(staticBootstrap(graph));
        const errors = refusals(graph);
        if (!accepted) refusedCount++;
        const agreement = judge(textOf(signature, errors), accepted, errors.length > 0);
        if (agreement === "unexplained" || agreement === "outdated")
          wrong.push({ agreement, signature, envoy: accepted ? "accepts" : message, compile: errors });
      }
      expect(wrong).toEqual([]);
      expect(refusedCount).toBeGreaterThan(COUNT / 4);
      expect(refusedCount).toBeLessThan((COUNT * 3) / 4);
    },
    TIMEOUT_MS,
  );
});

const graphs = Object.values(builderGraphs);

function textOf(signature: string, errors: readonly string[]): string {
  return `${signature} ${errors[0] ?? ""}`;
}

/** The first mutant that a pattern speaks of. */
function exampleOf(pattern: RegExp): Mutant | undefined {
  for (const graph of graphs) {
    for (let choice = 0; choice < 400; choice++) {
      const mutant = mutate(graph, choice);
      if (pattern.test(textOf(mutant.signature, refusals(mutant.graph)))) return mutant;
    }
  }
  return undefined;
}

/** Errors of the classes that a static bootstrap decides: of references only those of routes written into a listener. */
function refusals(graph: Graph): readonly string[] {
  return compile(graph)
    .issues.filter(
      ({ severity, rule, path }) =>
        severity === "error" && !OURS.has(rule) && (rule !== "missing_reference" || path.includes("/routeConfig/")),
    )
    .map(({ rule, path, message }) => `${rule} ${path}: ${message}`);
}
