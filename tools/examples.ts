/** A `ts` fence of a document or of a documentation comment. */
export interface Fence {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** What follows `ts` on that line: `no-run` compiles it only, `ignore` leaves it out. */
  readonly mode: string;
  readonly code: readonly string[];
}

const OPENING = /^```ts(?:\s+(\S+))?\s*$/;
const ASSERTION = /^(\s*)(.+);\s*\/\/ => (.+)$/;
const REFUSAL = /^(\s*)(.+);\s*\/\/ throws (\w+)$/;

/** The fences of a text; in TypeScript those inside comments, without the asterisks. */
export function findFences(text: string, isTypeScript: boolean): readonly Fence[] {
  const found: Fence[] = [];
  let open: { line: number; mode: string; code: string[] } | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = isTypeScript ? commentText(raw) : raw;
    const opening = OPENING.exec(line.trim());
    if (open === undefined) {
      if (opening !== null) open = { line: index + 1, mode: opening[1] ?? "", code: [] };
    } else if (line.trim() === "```") {
      found.push(open);
      open = undefined;
    } else {
      open.code.push(line);
    }
  }
  if (open !== undefined) throw new RangeError(`fence: opened at line ${open.line} and never closed`);
  return found.filter(({ mode }) => mode !== "ignore");
}

/** The text behind a comment line's asterisk; what stands outside comments opens no fence. */
function commentText(line: string): string {
  return /^\s*\* ?(.*)$/.exec(line)?.[1] ?? "";
}

/**
 * A fence as a module: a test that holds each `expression; // => value` and `expression; // throws code`, or for
 * `no-run` a function that is only compiled.
 */
export function moduleOf(fence: Fence, name: string): string {
  const { imports, body } = splitImports(fence.code);
  const lines = body.map(assertLine);
  const head = fence.mode === "no-run" ? [] : ['import { expect, test } from "vitest";'];
  const opening =
    fence.mode === "no-run"
      ? "export async function example(): Promise<void> {"
      : `test(${JSON.stringify(name)}, async () => {\n  expect.assertions(${lines.filter(isAssertion).length});`;
  const closing = fence.mode === "no-run" ? "}" : "});";
  return `${[...head, ...imports, "", opening, ...lines, closing].join("\n")}\n`;
}

function splitImports(code: readonly string[]): {
  readonly imports: readonly string[];
  readonly body: readonly string[];
} {
  const imports: string[] = [];
  const body: string[] = [];
  let inImport = false;
  for (const line of code) {
    inImport ||= line.startsWith("import ");
    (inImport ? imports : body).push(line);
    if (inImport && line.trimEnd().endsWith(";")) inImport = false;
  }
  return { imports, body };
}

function assertLine(line: string): string {
  const [, indent, expression, value] = ASSERTION.exec(line) ?? [];
  if (expression !== undefined) return `${indent}expect(${expression}).toEqual(${value});`;
  const [, margin, call, code] = REFUSAL.exec(line) ?? [];
  return call === undefined ? line : `${margin}expect(() => ${call}).toThrow("[${code}]");`;
}

function isAssertion(line: string): boolean {
  return line.trimStart().startsWith("expect(");
}
