// The rules of the house that neither the compiler nor the linter knows. Each works on texts, so that tests can plant a
// violation.
import { builtinModules } from "node:module";
import { posix } from "node:path";
import ts from "typescript";

export interface SourceText {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What each package may import of the others. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  net: [],
  ipam: ["net"],
  cni: ["net"],
  lb: [],
  "envoy-api": [],
  xds: ["envoy-api"],
};

const MOST_FILE_LINES = 400;
const MOST_TEST_LINES = 600;
const MOST_FUNCTION_LINES = 60;
const VAGUE_NAMES = /^(utils?|helpers?|common|shared|misc|types|constants)$/;
const CLOCK_MEMBERS =
  /^(Date\.now|performance\.now|Math\.random|process\.hrtime|crypto\.random\w*|crypto\.getRandomValues)$/;
const TIMERS = new Set(["setTimeout", "setInterval", "setImmediate"]);
const NODE_GLOBALS = new Set(["process", "Buffer", "require", "__dirname", "__filename", "global"]);
const BUILTINS = new Set(builtinModules);

interface Source {
  readonly path: string;
  readonly packageName: string;
  /** Inside `src`. */
  readonly inner: string;
  readonly isTest: boolean;
  readonly node: ts.SourceFile;
}

type Report = (node: ts.Node, rule: string, message: string) => void;

/** Files with `// Generated` in the first line are not read. */
export function findViolations(files: readonly SourceText[]): readonly Finding[] {
  const sources = files.filter(({ text }) => !text.startsWith("// Generated")).map(sourceOf);
  const findings: Finding[] = [];
  for (const source of sources) {
    const report: Report = (node, rule, message) => {
      const start = ts.isSourceFile(node) ? 0 : node.getStart(source.node);
      const { line } = source.node.getLineAndCharacterOfPosition(start);
      findings.push({ rule, path: source.path, line: line + 1, message });
    };
    checkName(source, report);
    checkSizes(source, report);
    if (source.isTest) continue;
    checkImports(source, report);
    checkGlobals(source, report);
  }
  return [...findings, ...findCycles(sources)];
}

function sourceOf({ path, text }: SourceText): Source {
  const [, packageName = "", inner = ""] = /^packages\/([^/]+)\/src\/(.+)$/.exec(path) ?? [];
  const node = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, packageName, inner, isTest: path.endsWith(".test.ts"), node };
}

function checkName({ path, node }: Source, report: Report): void {
  const name = posix.basename(path).replace(/(\.test|\.d)?\.ts$/, "");
  if (VAGUE_NAMES.test(name)) report(node, "file-name", `${name} says nothing of what is inside`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) report(node, "file-name", `${name} is not kebab-case`);
}

function checkSizes({ node, isTest }: Source, report: Report): void {
  const most = isTest ? MOST_TEST_LINES : MOST_FILE_LINES;
  const lines = node.getLineStarts().length - 1;
  if (lines > most) report(node, "file-lines", `${lines} lines, at most ${most}`);
  if (isTest) return;
  visit(node, (each) => {
    if (!ts.isFunctionLike(each) || !("body" in each) || each.body === undefined) return;
    const body = each.body as ts.Node;
    const lineAt = (position: number): number => node.getLineAndCharacterOfPosition(position).line;
    const size = lineAt(body.getEnd()) - lineAt(body.getStart(node)) + 1;
    if (size > MOST_FUNCTION_LINES) report(each, "function-lines", `${size} lines, at most ${MOST_FUNCTION_LINES}`);
  });
}

function checkImports(source: Source, report: Report): void {
  const { packageName, inner } = source;
  for (const { node, specifier } of importsOf(source.node)) {
    const [, other, subpath = ""] = /^@netmason\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
    if (other !== undefined && !(ALLOWED[packageName] ?? []).includes(other)) {
      report(node, "import-direction", `${packageName} must not import ${other}`);
    }
    if (subpath.includes("/internal/")) report(node, "internal", `${specifier} is not public`);
    if (isBuiltin(specifier) && !inner.startsWith("node/")) {
      report(node, "node-builtin", `${specifier} outside src/node`);
    }
    if (!specifier.startsWith(".")) continue;
    const target = posix.join(posix.dirname(inner), specifier);
    if (target.startsWith("..")) report(node, "import-direction", `${specifier} leaves the package's sources`);
    if (target === "index.js") report(node, "own-index", "a source file must not import the index of its package");
  }
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || BUILTINS.has(specifier.split("/")[0] as string);
}

function checkGlobals({ node, inner }: Source, report: Report): void {
  const isCore = inner !== "system.ts" && !inner.startsWith("node/");
  visit(node, (each) => {
    if (ts.isPropertyAccessExpression(each) && CLOCK_MEMBERS.test(each.getText(node))) {
      if (isCore) report(each, "clock-or-chance", `${each.getText(node)} must come in as an option`);
    }
    if (ts.isNewExpression(each) && each.expression.getText(node) === "Date" && (each.arguments?.length ?? 0) === 0) {
      if (isCore) report(each, "clock-or-chance", "new Date() must come in as an option");
    }
    if (!ts.isIdentifier(each) || !isReference(each)) return;
    if (TIMERS.has(each.text) && isCore) {
      report(each, "clock-or-chance", `${each.text} must come in as an option`);
    }
    if (NODE_GLOBALS.has(each.text) && !inner.startsWith("node/")) {
      report(each, "node-builtin", `${each.text} outside src/node`);
    }
  });
}

/** Not the name of a member, of a property or of something declared here. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return !("name" in parent && parent.name === node);
}

/** Modules that need each other at run time; imports of types alone do not count. */
function findCycles(sources: readonly Source[]): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      const cycle = [...trail.slice(trail.indexOf(path)), path];
      findings.push({ rule: "cycle", path, line: 1, message: cycle.join(" → ") });
    }
    const source = byPath.get(path);
    if (source === undefined || done.has(path) || trail.includes(path)) return;
    for (const { specifier, typeOnly } of importsOf(source.node)) {
      if (typeOnly || !specifier.startsWith(".")) continue;
      walk(posix.join(posix.dirname(path), specifier.replace(/\.js$/, ".ts")), [...trail, path]);
    }
    done.add(path);
  };
  for (const path of byPath.keys()) walk(path, []);
  return findings;
}

interface Import {
  readonly node: ts.Node;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: ts.SourceFile): Import[] {
  const found: Import[] = [];
  visit(file, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ node, specifier: node.moduleSpecifier.text, typeOnly: bringsTypesOnly(node.importClause) });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ node, specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) found.push({ node, specifier: argument.text, typeOnly: false });
    }
  });
  return found;
}

function bringsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = clause;
  if (clause.name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every((element) => element.isTypeOnly);
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}
