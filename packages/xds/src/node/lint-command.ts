import { compile } from "../compile.js";
import type { Issue } from "../issue.js";
import type { Terminal } from "./command-line.js";
import { type Collected, collect, type Origin, placeOf } from "./configuration-files.js";
import { readDocuments, type SourceDocument } from "./source-document.js";

/** Files read, and how many faults of syntax were printed. */
export interface ReadFiles {
  readonly collected: Collected;
  readonly faultCount: number;
}

/** Prints the issues of some files, each with file, line and hint. */
export function lint(
  files: readonly string[],
  options: { readonly target: "envoy" | "grpc" },
  terminal: Terminal,
): number {
  const { collected, faultCount } = readFiles(files, terminal);
  if (collected.isEmpty && faultCount === 0) {
    terminal.print(`nothing found: no resource in ${counted(files.length, "file")}`);
    return 0;
  }
  const issues = issuesOf(collected, options.target).map((issue) => ({
    issue,
    origin: collected.originOf(issue.resource),
  }));
  for (const { graph, origin } of collected.repeated) {
    const alone = compile(graph, { external: "any", target: options.target, severity: { unused_resource: "off" } });
    issues.push(...alone.issues.map((issue) => ({ issue, origin })));
  }
  for (const { issue, origin } of issues) terminal.print(formatIssue(issue, origin));
  const errorCount = faultCount + issues.filter(({ issue }) => issue.severity === "error").length;
  const warningCount = issues.length + faultCount - errorCount;
  terminal.print(
    `${counted(errorCount, "error")}, ${counted(warningCount, "warning")} in ${counted(files.length, "file")}`,
  );
  return errorCount > 0 ? 1 : 0;
}

/** Reads files into one graph; prints faults of syntax, what is nothing known, and second resources of a name. */
export function readFiles(files: readonly string[], terminal: Terminal): ReadFiles {
  const documents: SourceDocument[] = [];
  let faultCount = 0;
  for (const file of files) {
    const read = readDocuments(file, terminal.readFile(file));
    documents.push(...read.documents);
    for (const { line, column, message } of read.faults) {
      terminal.print(`${file}:${line}:${column}: error: ${message} (syntax)`);
      faultCount++;
    }
  }
  const collected = collect(documents);
  for (const origin of collected.unknown) {
    terminal.print(`${whereIs(origin)}: error: neither a bootstrap nor a resource (unknown_type_url)`);
    terminal.print('  hint: say what it is by "@type"');
  }
  for (const { ref, origin, first } of collected.repeated) {
    const kind = ref.typeUrl.slice(ref.typeUrl.lastIndexOf(".") + 1);
    terminal.print(`${whereIs(origin)}: error: a second ${kind} ${JSON.stringify(ref.name)} (duplicate_name)`);
    terminal.print(`  hint: the first is at ${whereIs(first)}`);
  }
  faultCount += collected.unknown.length + collected.repeated.length;
  return { collected, faultCount };
}

/** Where files are only a part, nobody can say what is unused. */
export function issuesOf({ graph, external, isWhole }: Collected, target: "envoy" | "grpc"): readonly Issue[] {
  return compile(graph, { external, target, severity: isWhole ? {} : { unused_resource: "off" } }).issues;
}

function whereIs(origin: Origin): string {
  const { line, column } = placeOf(origin, "");
  return `${origin.document.file}:${line}:${column}`;
}

/** `gateway.yaml:12:9: error: … (rule)`, and an indented line for a hint. */
export function formatIssue(issue: Issue, origin: Origin | undefined): string {
  const { severity, rule, resource, path, message, hint } = issue;
  const place = origin && placeOf(origin, path);
  const where = origin === undefined ? resource.name : `${origin.document.file}:${place?.line}:${place?.column}`;
  const field =
    place?.name ??
    path
      .slice(path.lastIndexOf("/") + 1)
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
  const about = /^\d*$/.test(field) ? "" : `${field}: `;
  const line = `${where}: ${severity}: ${about}${message} (${rule})`;
  return hint === undefined ? line : `${line}\n  hint: ${hint}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
