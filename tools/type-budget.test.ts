// What a program that uses all builders costs the compiler: numbers of types and instantiations do not depend on the
// machine, so they are held; the time is only told.
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { ROOT } from "./workspaces.js";

const MOST_TYPES = 8_000;
const MOST_INSTANTIATIONS = 3_000;

it("a file that imports all builders stays within its budget of types", () => {
  const file = join(ROOT, "packages/xds/test/builder-graphs.ts");
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const begun = performance.now();
  const program = ts.createProgram([file], { ...options, noEmit: true });
  const errors = program.getSemanticDiagnostics(program.getSourceFile(file));
  const ms = Math.round(performance.now() - begun);
  expect(errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  const counts = `${program.getTypeCount()} types, ${program.getInstantiationCount()} instantiations, ${ms} ms`;
  expect(program.getTypeCount(), counts).toBeLessThan(MOST_TYPES);
  expect(program.getInstantiationCount(), counts).toBeLessThan(MOST_INSTANTIATIONS);
  console.log(`builders: ${counts}`);
});
