// Graphs with one change at random: compile finds an error exactly where Envoy refuses, but for a list with a reason each.
import { compile, type Graph, type Issue } from "@netmason/xds";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { builderGraphs } from "../packages/xds/test/builder-graphs.js";
import { describeWith } from "./components.js";
import { EnvoyValidator } from "./xds/envoy-process.js";
import { KNOWN_DISAGREEMENTS } from "./xds/known-disagreements.js";
import { mutate } from "./xds/mutations.js";
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

  it(
    `judges ${COUNT} graphs as Envoy does`,
    () => {
      const graphs = Object.values(builderGraphs);
      const choices = fc.sample(fc.tuple(fc.nat(graphs.length - 1), fc.nat(1_000_000)), COUNT);
      const unexplained: unknown[] = [];
      const seen = new Map<RegExp, { agreed: number; disagreed: number }>();
      let refusedCount = 0;
      for (const [index, choice] of choices) {
        const { graph, signature } = mutate(graphs[index] as Graph, choice);
        const { accepted, message } = envoy.validate(staticBootstrap(graph));
        const errors = refusals(graph);
        const agrees = accepted === (errors.length === 0);
        if (!accepted) refusedCount++;
        const known = KNOWN_DISAGREEMENTS.find(([pattern]) => pattern.test(`${signature} ${errors[0] ?? ""}`));
        if (known === undefined && !agrees)
          unexplained.push({ signature, envoy: accepted ? "accepts" : message, compile: errors });
        if (known !== undefined) {
          const counts = seen.get(known[0]) ?? { agreed: 0, disagreed: 0 };
          seen.set(
            known[0],
            agrees ? { ...counts, agreed: counts.agreed + 1 } : { ...counts, disagreed: counts.disagreed + 1 },
          );
        }
      }
      expect(unexplained).toEqual([]);
      expect([...seen].filter(([, { disagreed }]) => disagreed === 0).map(([pattern]) => String(pattern))).toEqual([]);
      expect(refusedCount).toBeGreaterThan(COUNT / 4);
      expect(refusedCount).toBeLessThan((COUNT * 3) / 4);
    },
    TIMEOUT_MS,
  );
});

/** Errors of the classes that a static bootstrap decides: of references only those of routes written into a listener. */
function refusals(graph: Graph): readonly string[] {
  return compile(graph)
    .issues.filter(
      ({ severity, rule, path }) =>
        severity === "error" && !OURS.has(rule) && (rule !== "missing_reference" || path.includes("/routeConfig/")),
    )
    .map(({ rule, path, message }) => `${rule} ${path}: ${message}`);
}
