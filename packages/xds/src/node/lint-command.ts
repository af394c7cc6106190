import { compile } from "../compile.js";
import type { Issue } from "../issue.js";
import type { Terminal } from "./command-line.js";
import { type Collected, collect, placeOf } from "./configuration-files.js";
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
  const issues = issuesOf(collected, options.target);
  for (const issue of issues) terminal.print(formatIssue(issue, collected));
  const errorCount = faultCount + issues.filter(({ severity }) => severity === "error").length;
  const warningCount = issues.length + faultCount - errorCount;
  terminal.print(
    `${counted(errorCount, "error")}, ${counted(warningCount, "warning")} in ${counted(files.length, "file")}`,
  );
  return errorCount > 0 ? 1 : 0;
}

/** Reads files into one graph; prints faults of syntax and documents that are nothing known. */
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
  for (const { file, placeOf: place } of collected.unknown) {
    const { line, column } = place("");
    terminal.print(`${file}:${line}:${column}: error: neither a bootstrap nor a resource (unknown_type_url)`);
    terminal.print('  hint: say what it is by "@type"');
    faultCount++;
  }
  return { collected, faultCount };
}

/** Where files are only a part, nobody can say what is unused. */
export function issuesOf({ graph, external, isWhole }: Collected, target: "envoy" | "grpc"): readonly Issue[] {
  return compile(graph, { external, target, severity: isWhole ? {} : { unused_resource: "off" } }).issues;
}

/** `gateway.yaml:12:9: error: … (rule)`, and an indented line for a hint. */
export function formatIssue({ severity, rule, resource, path, message, hint }: Issue, collected: Collected): string {
  const origin = collected.originOf(resource);
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
