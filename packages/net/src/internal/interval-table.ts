import { lastAddress, type Prefix } from "../prefix.js";
import { addPower, compareWords, equalBits, type MutableWords, SIGN, type Words } from "./words.js";

/**
 * Prefixes flattened to disjoint intervals: interval `i` reaches from start `i` to just before start `i + 1`, and all
 * its addresses have one answer. Start 0 is `::`.
 */
export interface IntervalTable {
  readonly count: number;
  /**
   * `CELL` words an interval: those of its start, most significant first, each with `SIGN` flipped, so that signed order
   * is unsigned order; then its answer, beside the words that were just read.
   */
  readonly cells: Int32Array;
}

/** Words of an interval in `cells`; the last one is the answer. */
export const CELL = 5;

/** Builds from prefixes in `comparePrefixes` order; prefix `i` answers `i + 1`, and 0 means no match. */
export function createIntervalTable(prefixes: readonly Prefix[]): IntervalTable {
  const writer = createWriter(2 * prefixes.length + 1);
  writer.begin({ w0: 0, w1: 0, w2: 0, w3: 0 }, 0);
  const open: number[] = [];
  for (const [index, prefix] of prefixes.entries()) {
    closeUntil(prefixes, open, prefix, writer);
    writer.begin(prefix, index + 1);
    open.push(index);
  }
  closeUntil(prefixes, open, undefined, writer);
  return writer.finish();
}

/** Ends the open prefixes that do not hold the next one; behind each the answer is that of the one around it. */
function closeUntil(prefixes: readonly Prefix[], open: number[], next: Prefix | undefined, writer: Writer): void {
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const prefix = prefixes[top] as Prefix;
    if (next !== undefined && equalBits(prefix, next, prefix.length)) return;
    open.pop();
    const { w0, w1, w2, w3 } = lastAddress(prefix);
    const behind: MutableWords = { w0, w1, w2, w3 };
    addPower(behind, 0);
    const wraps = (behind.w0 | behind.w1 | behind.w2 | behind.w3) === 0;
    if (!wraps) writer.begin(behind, (open.at(-1) ?? -1) + 1);
  }
}

interface Writer {
  /** From here on the answer is another. Calls come in ascending order; the last one at a point counts. */
  begin(start: Words, answer: number): void;
  finish(): IntervalTable;
}

function createWriter(most: number): Writer {
  const cells = new Int32Array(CELL * most);
  const last: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  let count = 0;
  return {
    begin(start, answer) {
      if (count > 0 && compareWords(start, last) === 0) count--;
      const at = CELL * count;
      cells[at] = start.w0 ^ SIGN;
      cells[at + 1] = start.w1 ^ SIGN;
      cells[at + 2] = start.w2 ^ SIGN;
      cells[at + 3] = start.w3 ^ SIGN;
      cells[at + 4] = answer;
      count++;
      last.w0 = start.w0;
      last.w1 = start.w1;
      last.w2 = start.w2;
      last.w3 = start.w3;
    },
    finish() {
      return { count, cells: cells.slice(0, CELL * count) };
    },
  };
}
