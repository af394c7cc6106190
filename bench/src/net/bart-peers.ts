import type { GoContender } from "../bench-case.js";

/** Both tables of Go's bart: the one for most uses, and the one that trades memory for speed. */
export function bartPeers(mode: "lookup" | "insert"): readonly GoContender[] {
  return [
    { name: "bart", note: "Go", go: { program: "bart", mode, table: "table" } },
    { name: "bart-fast", note: "Go; bart.Fast", go: { program: "bart", mode, table: "fast" } },
  ];
}
