import { XdsError } from "./errors.js";
import { formatHash, type HashWords, hashText } from "./internal/content-hash.js";
import {
  differences,
  emptyChunks,
  getEntry,
  type SortedChunks,
  valuesOf,
  withChanges,
} from "./internal/sorted-chunks.js";
import type { Resource } from "./resource.js";
import type { ResourceRef, TypeUrl } from "./type-urls.js";

/** An immutable set of encoded resources, one a type and name. Two that follow from each other share what is equal. */
export interface Snapshot {
  /** Of the whole content: equal content has an equal version, in any order of insertion and after a restart. */
  readonly version: string;
  /** Sorted. */
  readonly typeUrls: readonly TypeUrl[];
  /** Of the resources of one type; that of no resources too. */
  typeVersion(typeUrl: TypeUrl): string;
  /** The resource of this type and name. */
  get<U extends TypeUrl>(typeUrl: U, name: string): Resource<U> | undefined;
  /** By name. */
  list<U extends TypeUrl>(typeUrl: U): Iterable<Resource<U>>;
  /** How many resources of a type there are. */
  count(typeUrl: TypeUrl): number;
}

/** What differs between two snapshots in one type. */
export interface ResourceChanges<U extends TypeUrl = TypeUrl> {
  readonly changed: readonly Resource<U>[];
  readonly removed: readonly string[];
}

/**
 * Makes a snapshot of resources.
 *
 * @throws {@link XdsError} `duplicate_name`
 * @category Snapshots
 */
export function createSnapshot(resources: Iterable<Resource>): Snapshot {
  const put = [...resources];
  const seen = new Set<string>();
  for (const { typeUrl, name } of put) {
    const key = `${typeUrl}\n${name}`;
    if (seen.has(key)) {
      throw new XdsError("duplicate_name", `${JSON.stringify(name)} twice for ${typeUrl}`, { ref: { typeUrl, name } });
    }
    seen.add(key);
  }
  return updateSnapshot(new ResourceSnapshot(new Map()), { put });
}

/**
 * The snapshot after some changes; it costs as much as they, not as the snapshot. A name that is both put and removed is
 * put.
 *
 * @category Snapshots
 */
export function updateSnapshot(
  previous: Snapshot,
  changes: { readonly put?: Iterable<Resource>; readonly remove?: Iterable<ResourceRef> },
): Snapshot {
  const byType = new Map<TypeUrl, Map<string, Resource | undefined>>();
  const set = (typeUrl: TypeUrl, name: string, resource: Resource | undefined): void => {
    const ofType = byType.get(typeUrl);
    if (ofType === undefined) byType.set(typeUrl, new Map([[name, resource]]));
    else ofType.set(name, resource);
  };
  for (const { typeUrl, name } of changes.remove ?? []) set(typeUrl, name, undefined);
  for (const resource of changes.put ?? []) set(resource.typeUrl, resource.name, resource);
  const types = new Map(sharedTypes(previous));
  for (const [typeUrl, ofType] of byType) {
    const next = withResources(types.get(typeUrl) ?? NOTHING, ofType);
    if (next.resources.size === 0) types.delete(typeUrl);
    else types.set(typeUrl, next);
  }
  return new ResourceSnapshot(types);
}

/**
 * What a client that has `previous` lacks in one type. Where the one snapshot was made from the other, only what differs
 * is looked at.
 *
 * @category Snapshots
 */
export function diffSnapshots<U extends TypeUrl>(
  previous: Snapshot | undefined,
  next: Snapshot,
  typeUrl: U,
): ResourceChanges<U> {
  const before = previous && sharedTypes(previous).get(typeUrl)?.resources;
  const after = sharedTypes(next).get(typeUrl)?.resources ?? emptyChunks<Resource>();
  const { changed, removed } = differences(before ?? emptyChunks<Resource>(), after);
  const isNew = ({ name, version }: Resource): boolean =>
    before === undefined || getEntry(before, name)?.version !== version;
  return { changed: changed.filter((resource): resource is Resource<U> => isNew(resource)), removed };
}

/** The resources of a type and the sum, word by word, of their hashes, which no order changes. */
interface TypeState {
  readonly resources: SortedChunks<Resource>;
  readonly sum: HashWords;
}

const NOTHING: TypeState = { resources: /* @__PURE__ */ emptyChunks(), sum: [0, 0, 0, 0] };

function withResources({ resources, sum }: TypeState, changes: ReadonlyMap<string, Resource | undefined>): TypeState {
  const words: [number, number, number, number] = [...sum];
  for (const [name, next] of changes) {
    const previous = getEntry(resources, name);
    if (previous !== undefined) addHash(words, previous, -1);
    if (next !== undefined) addHash(words, next, 1);
  }
  return { resources: withChanges(resources, changes), sum: words };
}

function addHash(words: [number, number, number, number], { name, version }: Resource, sign: 1 | -1): void {
  const hash = hashText(`${version}\n${name}`);
  words[0] = (words[0] + sign * hash[0]) | 0;
  words[1] = (words[1] + sign * hash[1]) | 0;
  words[2] = (words[2] + sign * hash[2]) | 0;
  words[3] = (words[3] + sign * hash[3]) | 0;
}

const states = new WeakMap<Snapshot, ReadonlyMap<TypeUrl, TypeState>>();

function sharedTypes(snapshot: Snapshot): ReadonlyMap<TypeUrl, TypeState> {
  const known = states.get(snapshot);
  if (known !== undefined) return known;
  const read = new Map<TypeUrl, TypeState>();
  for (const typeUrl of snapshot.typeUrls) {
    const all = new Map<string, Resource>();
    for (const resource of snapshot.list(typeUrl)) all.set(resource.name, resource);
    read.set(typeUrl, withResources(NOTHING, all));
  }
  return read;
}

class ResourceSnapshot implements Snapshot {
  readonly typeUrls: readonly TypeUrl[];
  readonly #types: ReadonlyMap<TypeUrl, TypeState>;
  #version: string | undefined;

  constructor(types: ReadonlyMap<TypeUrl, TypeState>) {
    this.typeUrls = Object.freeze([...types.keys()].sort());
    this.#types = types;
    states.set(this, types);
  }

  get version(): string {
    this.#version ??= formatHash(hashText(this.typeUrls.map((url) => `${url} ${this.typeVersion(url)}`).join("\n")));
    return this.#version;
  }

  typeVersion(typeUrl: TypeUrl): string {
    return formatHash((this.#types.get(typeUrl) ?? NOTHING).sum);
  }

  get<U extends TypeUrl>(typeUrl: U, name: string): Resource<U> | undefined {
    const state = this.#types.get(typeUrl);
    return state && (getEntry(state.resources, name) as Resource<U> | undefined);
  }

  list<U extends TypeUrl>(typeUrl: U): Iterable<Resource<U>> {
    const { resources } = this.#types.get(typeUrl) ?? NOTHING;
    return { [Symbol.iterator]: () => valuesOf(resources) as Generator<Resource<U>, undefined> };
  }

  count(typeUrl: TypeUrl): number {
    return this.#types.get(typeUrl)?.resources.size ?? 0;
  }
}
