import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { camelCase } from "../internal/camel-case.js";

/** A place in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** The name of the part as it is spelled there; absent for items of lists and for what is missing. */
  readonly name?: string;
}

/** A syntax error in a file. */
export interface SyntaxFault extends Place {
  readonly message: string;
}

/** One document of a YAML or JSON file, with the places of its parts. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /**
   * Where the part of a JSON Pointer stands; the nearest part above it for what is missing. Names go in camelCase or
   * snake_case.
   */
  readonly placeOf: (pointer: string) => Place;
}

/** Reads the documents of a file; JSON is read as the YAML that it is. */
export function readDocuments(
  file: string,
  text: string,
): { readonly documents: readonly SourceDocument[]; readonly faults: readonly SyntaxFault[] } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true });
  const documents: SourceDocument[] = [];
  const faults: SyntaxFault[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const { message, pos } of document.errors) {
      const { line, col } = lines.linePos(pos[0]);
      faults.push({ line, column: col, message: message.split("\n")[0] ?? "" });
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const value: unknown = document.toJS();
    documents.push({ file, value, placeOf: (pointer) => placeIn(document, lines, pointer) });
  }
  return { documents, faults };
}

function placeIn(document: Document.Parsed, lines: LineCounter, pointer: string): Place {
  let node: unknown = document.contents;
  let at: Node | undefined = isNode(node) ? node : undefined;
  let name: string | undefined;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const found = stepInto(document, node, key);
    name = found?.name;
    if (found === undefined) break;
    node = found.value;
    at = found.at ?? at;
  }
  const { line, col } = lines.linePos(at?.range?.[0] ?? 0);
  return { line: Math.max(1, line), column: Math.max(1, col), ...(name !== undefined && { name }) };
}

interface Stepped {
  readonly value: unknown;
  readonly at: Node | undefined;
  readonly name?: string;
}

function stepInto(document: Document.Parsed, node: unknown, key: string): Stepped | undefined {
  const target = isNode(node) && "resolve" in node ? node.resolve(document) : node;
  if (isSeq(target)) {
    const item = target.items[Number(key)];
    return item === undefined ? undefined : { value: item, at: isNode(item) ? item : undefined };
  }
  if (!isMap(target)) return undefined;
  for (const pair of target.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : "";
    if (name !== key && camelCase(name) !== key) continue;
    return { value: pair.value, at: isNode(pair.key) ? pair.key : undefined, name };
  }
  return undefined;
}
