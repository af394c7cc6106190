import type { FieldShape, MessageShape } from "../schema.js";
import { refuse } from "./refusal.js";
import type { Put } from "./scalar-encoding.js";

/** What to write of an object whose keys come in one certain order. */
export interface Plan {
  /** Positions among the object's keys, by falling field number. */
  readonly positions: readonly number[];
  /** Writers of the fields at `positions`. */
  readonly puts: readonly Put[];
  /** Whether `null` is a value of the field at each position rather than its absence. */
  readonly takesNull: readonly boolean[];
  /** Positions of members of one oneof, where an object has several. */
  readonly rivals: readonly (readonly number[])[];
  readonly hasTypeKey: boolean;
}

/** A key after the keys above it. Objects of one shape follow one path from the root. */
export interface KeyNode {
  readonly key: string;
  readonly parent: KeyNode | undefined;
  child: KeyNode | undefined;
  sibling: KeyNode | undefined;
  plan: Plan | undefined;
}

export interface FieldWriter {
  readonly field: FieldShape;
  readonly put: Put;
  readonly takesNull: boolean;
}

/** Shapes whose plans are kept, about; many more mean that objects come in any order. */
const mostNodes = 1_024;

/** Plans of a message type, each made when its first object comes. */
export class KeyPlans {
  root: KeyNode = emptyNode("", undefined);
  readonly #writers = new Map<string, FieldWriter>();
  #nodeCount = 0;

  constructor(shape: MessageShape, writers: readonly FieldWriter[]) {
    shape.fields.forEach((field, index) => {
      const writer = writers[index];
      if (writer === undefined) return;
      this.#writers.set(field.jsonName, writer).set(field.name, writer);
    });
  }

  /** The node below `node` for a key met there for the first time. */
  extend(node: KeyNode, key: string): KeyNode {
    if (key !== "@type" && !this.#writers.has(key)) refuse();
    const made = emptyNode(key, node);
    made.sibling = node.child;
    node.child = made;
    if (++this.#nodeCount > mostNodes) {
      this.root = emptyNode("", undefined);
      this.#nodeCount = 0;
    }
    return made;
  }

  planAt(node: KeyNode): Plan {
    node.plan = this.#planFor(keysTo(node));
    return node.plan;
  }

  #planFor(keys: readonly string[]): Plan {
    const members: { readonly position: number; readonly writer: FieldWriter }[] = [];
    keys.forEach((key, position) => {
      const writer = this.#writers.get(key);
      if (writer === undefined) return;
      if (members.some((member) => member.writer === writer)) refuse();
      members.push({ position, writer });
    });
    members.sort((a, b) => b.writer.field.number - a.writer.field.number);
    const oneofs = new Set(members.map(({ writer }) => writer.field.oneof).filter((name) => name !== undefined));
    const rivals = [...oneofs].map((oneof) => members.filter(({ writer }) => writer.field.oneof === oneof));
    return {
      positions: members.map(({ position }) => position),
      puts: members.map(({ writer }) => writer.put),
      takesNull: members.map(({ writer }) => writer.takesNull),
      rivals: rivals.filter((group) => group.length > 1).map((group) => group.map((each) => members.indexOf(each))),
      hasTypeKey: keys.includes("@type"),
    };
  }
}

function emptyNode(key: string, parent: KeyNode | undefined): KeyNode {
  return { key, parent, child: undefined, sibling: undefined, plan: undefined };
}

function keysTo(node: KeyNode): readonly string[] {
  const keys: string[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) keys.push(at.key);
  return keys.reverse();
}
