import type { CaseResult, Figures } from "./case-result.js";

const header = ["case", "contender", "ns/op", "cpu ns/op", "bytes", "ours/peer", ""] as const;

/** The results as a table for a terminal: a row for us, then one a peer, with a mark where the peer was faster. */
export function formatTable(results: readonly CaseResult[]): string {
  const rows = results.flatMap(caseRows);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < 2 || column > 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function caseRows(result: CaseResult): readonly (readonly string[])[] {
  const peers = Object.entries(result.peers).map(([name, peer]) => [
    "",
    name,
    ...figureCells(peer),
    formatRatio(peer.ratio),
    peer.ratio > 1 ? "<< slower than this peer" : "",
  ]);
  const absent = Object.entries({ ...result.skipped, ...result.wrong }).map(([name]) => [
    "",
    name,
    "-",
    "-",
    "-",
    "-",
    "",
  ]);
  return [[result.case, "ours", ...figureCells(result), "", ""], ...peers, ...absent];
}

function figureCells({ ns, cpuNs, bytes }: Figures): readonly string[] {
  return [formatCount(ns), formatCount(cpuNs), bytes === undefined ? "?" : formatCount(bytes)];
}

/** One decimal below 1,000, thousands separated above. */
function formatCount(value: number): string {
  if (value < 1_000) return value.toFixed(1);
  return Math.round(value).toLocaleString("en-US");
}

function formatRatio(ratio: number): string {
  return ratio >= 0.01 ? `${ratio.toFixed(2)}x` : `${ratio.toPrecision(1)}x`;
}

/** What the figures alone do not say: notes, who is missing and why, whose answers were wrong, where we lose. */
export function formatFootnotes(results: readonly CaseResult[]): string {
  const lines = new Map<string, string[]>();
  const add = (text: string, benchCase: string): void => {
    lines.set(text, [...(lines.get(text) ?? []), benchCase]);
  };
  for (const result of results) {
    for (const [name, { note }] of Object.entries(result.peers)) {
      if (note !== undefined) add(`note: ${name}: ${note}`, result.case);
    }
    for (const [name, reason] of Object.entries(result.skipped)) add(`absent: ${name}: ${reason}`, result.case);
    for (const [name, reason] of Object.entries(result.wrong)) add(`WRONG: ${name}: ${reason}`, result.case);
  }
  const notes = [...lines].map(([text, cases]) => `${text} (${cases.join(", ")})`);
  return [...notes.sort(), ...losses(results)].join("\n");
}

function losses(results: readonly CaseResult[]): readonly string[] {
  const compared = results.flatMap(({ peers }) => Object.keys(peers)).length;
  const lost = results.flatMap((result) =>
    Object.entries(result.peers)
      .filter(([, { ratio }]) => ratio > 1)
      .map(([name, { ratio }]) => `${result.case} against ${name} (${formatRatio(ratio)})`),
  );
  return [`slower in ${lost.length} of ${compared} comparisons${lost.length === 0 ? "" : `: ${lost.join(", ")}`}`];
}
