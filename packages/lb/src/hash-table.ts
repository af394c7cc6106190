/** One owner of a part of the hash space. */
export interface HashMember {
  /** What is hashed; not empty. */
  readonly key: string;
  /** Finite and not negative, default 1; 0 owns nothing. Only proportions matter. */
  readonly weight?: number;
}

/**
 * A ring or a Maglev table as plain data: print it, store it (`formatTable`), load it back (`parseTable`), compare two of
 * them (`compareTables`).
 */
export interface HashTable {
  /** How `lookupTable` reads it. */
  readonly kind: "ring" | "maglev";
  /** Of the members, in the order given. */
  readonly keys: readonly string[];
  /** Indices into `keys`; empty if nobody owns anything. */
  readonly owners: Uint32Array;
  /** Only of a ring: the upper words of the entries' positions, in ascending order of the positions. */
  readonly hi?: Uint32Array;
  /** Only of a ring: the lower words. */
  readonly lo?: Uint32Array;
}
