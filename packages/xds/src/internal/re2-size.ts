// How large the program is that RE2 makes of an expression, at least: Envoy refuses one of more than 100 instructions.
// RE2 has one for each range of bytes, two for each capture and one for each way past something optional; alternatives
// share common beginnings, and repetitions of the same class next to each other are put together (re2/parse.cc,
// re2/simplify.cc, re2/compile.cc and Prog::Flatten in re2/prog.cc).
import { byteClassOf } from "./byte-class.js";

/** To fail and to match. */
const ENDS = 2;
/** To pass over what is before a match. */
const PASSING = 2;
/** Groups in groups. */
const DEEPEST = 200;

/** A part of an expression, that is there `least` to `most` times. */
interface Part {
  /** Of what is there once. */
  readonly size: number;
  /** The same for classes of the same bytes; `undefined` for groups. */
  readonly key: string | undefined;
  readonly least: number;
  readonly most: number;
  /** What is there once can be empty. */
  readonly isNullable: boolean;
}

const TOKEN = /\((?:\?:|\?<\w+>)?|[)|^$]|\\[bB]|\[(?:\\.|[^\]\\])*\]|\\u\{[0-9a-f]+\}|\\[pP]\{[^}]*\}|\\.|[\s\S]/uy;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y;

/** A lower bound of the program's size; the expression is one in JavaScript that stands for RE2's. */
export function leastProgramSize(source: string, flags: string): number {
  return new SizeReader(source, flags).read();
}

class SizeReader {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;
  #isAnchored = false;
  /** After `^` the text that must come is looked for without the program. */
  #isPrefix = false;
  #depth = 0;
  /** Of a class of no bytes RE2 makes no program, and what is nested deeper than this reads is not judged. */
  #isUnknown = false;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): number {
    const size = sizeOf(this.#alternatives());
    return this.#isUnknown ? 0 : ENDS + (this.#isAnchored ? 0 : PASSING) + size;
  }

  /** Up to the end or the closing bracket. */
  #alternatives(): readonly Part[] {
    const start = this.#at;
    const branches = [this.#sequence()];
    while (this.#source[this.#at] === "|") {
      this.#at++;
      branches.push(this.#sequence());
    }
    const [only = []] = branches;
    if (branches.length === 1) return only;
    if (branches.every((branch) => isCharacter(branch)))
      return [this.#class(`(?:${this.#source.slice(start, this.#at)})`)];
    const isNullable = branches.some(areNullable);
    return [{ size: sizeOfBranches(branches), key: undefined, least: 1, most: 1, isNullable }];
  }

  #sequence(): readonly Part[] {
    const parts: Part[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? "")) parts.push(...this.#item());
    return parts;
  }

  #item(): readonly Part[] {
    const token = this.#take(TOKEN)?.[0] ?? "";
    if (/^([$]|\\[bB])$/.test(token)) return this.#repeated([]);
    if (token === "^") {
      this.#isAnchored = true;
      this.#isPrefix = true;
      return this.#repeated([]);
    }
    if (token.startsWith("(")) return this.#group(token === "(?:");
    const part = this.#class(token);
    this.#isPrefix &&= part.size === 1 && !/[*+?{]/.test(this.#source[this.#at] ?? "");
    return this.#isPrefix ? [] : this.#repeated([part]);
  }

  #class(source: string): Part {
    const { key, rangeCount: size } = byteClassOf(source, this.#flags);
    if (size === 0) this.#isUnknown = true;
    return { size, key, least: 1, most: 1, isNullable: false };
  }

  #group(isPlain: boolean): readonly Part[] {
    if (!isPlain) this.#isPrefix = false;
    if (this.#depth === DEEPEST) {
      this.#isUnknown = true;
      this.#at = this.#source.length;
    }
    this.#depth++;
    const inner = this.#alternatives();
    this.#depth--;
    this.#at++;
    if (isPlain) return this.#repeated(inner);
    const size = sizeOf(inner) + 2;
    return this.#repeated([{ size, key: undefined, least: 1, most: 1, isNullable: areNullable(inner) }]);
  }

  /** Parts with the quantifier that follows. */
  #repeated(all: readonly Part[]): readonly Part[] {
    const found = this.#take(QUANTIFIER);
    if (found === undefined) return all;
    const parts = merged(all);
    const { least, most } = boundsOf(found);
    if (most === 0) return [];
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      if (only.least === 1 && only.most === 1) return [{ ...only, least, most }];
      // Of two of *, + and ? one is left.
      if (isSimple(least, most) && isSimple(only.least, only.most)) {
        const isSame = least === only.least && most === only.most;
        return [isSame ? only : { ...only, least: 0, most: Infinity }];
      }
    }
    return [{ size: sizeOf(parts), key: undefined, least, most, isNullable: areNullable(parts) }];
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}

function boundsOf([text, from, comma, to]: RegExpExecArray): Pick<Part, "least" | "most"> {
  if (from === undefined) return { least: Number(text.startsWith("+")), most: text.startsWith("?") ? 1 : Infinity };
  const least = Number(from);
  if (comma === undefined) return { least, most: least };
  return { least, most: to === "" ? Infinity : Number(to) };
}

function isSimple(least: number, most: number): boolean {
  return least <= 1 && (most === Infinity || (least === 0 && most === 1));
}

function areNullable(parts: readonly Part[]): boolean {
  return parts.every(({ least, isNullable }) => least === 0 || isNullable);
}

function isCharacter([part, ...rest]: readonly Part[]): boolean {
  return rest.length === 0 && part?.key !== undefined && part.least === 1 && part.most === 1;
}

/** Repetitions of the same class become one. */
function merged(parts: readonly Part[]): readonly Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.key === undefined || last.key !== part.key) result.push(part);
    else result.splice(-1, 1, { ...part, least: last.least + part.least, most: last.most + part.most });
  }
  return result;
}

function sizeOf(parts: readonly Part[]): number {
  return merged(parts).reduce((total, part) => total + sizeOfPart(part), 0);
}

/** Each way past a part counts, but for those that others may share: past what can be empty, and back to a group. */
function sizeOfPart({ size, key, least, most, isNullable }: Part): number {
  if (size === 0) return 0;
  if (isNullable) return (size - 1) * (most === Infinity ? Math.max(least, 1) : most);
  if (most !== Infinity) return size * most + most - least;
  return size * Math.max(least, 1) + (key === undefined ? 0 : Math.min(least, 1));
}

/** Those with a common beginning count as the largest of them, its classes as one range each. */
function sizeOfBranches(branches: readonly (readonly Part[])[]): number {
  const isAnyUnknown = branches.some(([first]) => first?.key === undefined);
  const keys = branches.map(([first]) => (isAnyUnknown ? undefined : first?.key));
  const shared = new Set(keys.filter((key, index) => key === undefined || keys.indexOf(key) !== index));
  const sizes = new Map<string | undefined, number>();
  for (const [index, branch] of branches.entries()) {
    const key = keys[index];
    const parts = shared.has(key)
      ? branch.map((part) => (part.key === undefined ? part : { ...part, size: 1 }))
      : branch;
    const size = isCharacter(branch) ? 0 : sizeOf(parts) - Number(areNullable(branch));
    sizes.set(key, Math.max(size, sizes.get(key) ?? 0));
  }
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}
