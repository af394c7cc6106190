// What a compilation knows, in immutable sorted maps, so that the next one costs what changed: the entries, who refers to
// whom, what is wrong inside an entry, and what is wrong between a target and those that name it.
import type { Issue } from "../issue.js";
import type { Resource } from "../resource.js";
import { createSnapshot, type Snapshot, updateSnapshot } from "../snapshot.js";
import { type ResourceRef, typeUrls } from "../type-urls.js";
import { inDocumentOrder } from "./analysis.js";
import { type Entry, type Judgement, judged, keyOf, type Referrer } from "./entry.js";
import { linkIssues } from "./link-issues.js";
import { addTo } from "./lists-by-key.js";
import { emptyChunks, getEntry, type SortedChunks, valuesOf, visitPrefix, withChanges } from "./sorted-chunks.js";
import type { Reference } from "./visit.js";

export interface CompileState {
  readonly entries: SortedChunks<Entry>;
  /** From `target key, referrer key` to the references of the one to the other. */
  readonly edges: SortedChunks<readonly Reference[]>;
  /** By entry. */
  readonly own: SortedChunks<readonly Issue[]>;
  /** By target. */
  readonly links: SortedChunks<readonly Issue[]>;
  readonly errorCount: number;
  /** Entries that choose clusters by request. */
  readonly chooserCount: number;
  /** What can be encoded, whether or not errors stand. */
  readonly candidate: Snapshot;
}

export const emptyState = (): CompileState => ({
  entries: emptyChunks(),
  edges: emptyChunks(),
  own: emptyChunks(),
  links: emptyChunks(),
  errorCount: 0,
  chooserCount: 0,
  candidate: createSnapshot([]),
});

const BETWEEN = "\u0000";

/** The state after entries were put, or taken out where the value is `undefined`. */
export function withEntries(
  state: CompileState,
  changes: ReadonlyMap<string, Entry | undefined>,
  judgement: Judgement,
): CompileState {
  const entries = withChanges(state.entries, changes);
  const edgeChanges = new Map<string, readonly Reference[] | undefined>();
  const touched = new Set<string>(changes.keys());
  const ownChanges = new Map<string, readonly Issue[] | undefined>();
  let { errorCount, chooserCount } = state;
  for (const [key, entry] of changes) {
    const before = getEntry(state.entries, key);
    for (const reference of before?.analysis.references ?? [])
      edgeChanges.set(`${keyOf(reference)}${BETWEEN}${key}`, undefined);
    for (const [target, references] of grouped(entry?.analysis.references ?? [])) {
      edgeChanges.set(`${target}${BETWEEN}${key}`, references);
    }
    const issues = entry === undefined ? [] : ownIssues(entry, judgement);
    ownChanges.set(key, issues.length === 0 ? undefined : issues);
    errorCount += errorsIn(issues) - errorsIn(getEntry(state.own, key) ?? []);
    chooserCount += Number(entry?.analysis.facts.choosesClusters === true);
    chooserCount -= Number(before?.analysis.facts.choosesClusters === true);
  }
  const edges = withChanges(state.edges, edgeChanges);
  for (const edge of edgeChanges.keys()) touched.add(edge.slice(0, edge.indexOf(BETWEEN)));
  for (const [key, entry] of changes) {
    if (!changesFilters(getEntry(state.entries, key), entry)) continue;
    for (const referrer of referrersOf(edges, key)) touched.add(referrer.key);
  }
  const linkChanges = new Map<string, readonly Issue[] | undefined>();
  for (const target of touched) {
    const issues = linkIssues(target, entries, referrersOf(edges, target), judgement);
    linkChanges.set(target, issues.length === 0 ? undefined : issues);
    errorCount += errorsIn(issues) - errorsIn(getEntry(state.links, target) ?? []);
  }
  const own = withChanges(state.own, ownChanges);
  const links = withChanges(state.links, linkChanges);
  return {
    entries,
    edges,
    own,
    links,
    errorCount,
    chooserCount,
    candidate: withResources(state.candidate, state, changes),
  };
}

/** Whether routes to it may name other filters than before. */
function changesFilters(before: Entry | undefined, after: Entry | undefined): boolean {
  const names = [before, after].map((entry) => entry?.analysis.facts.upstreamFilters.size ?? 0);
  return names.some((count) => count > 0);
}

function withResources(
  candidate: Snapshot,
  before: CompileState,
  changes: ReadonlyMap<string, Entry | undefined>,
): Snapshot {
  const put: Resource[] = [];
  const remove: ResourceRef[] = [];
  for (const [key, entry] of changes) {
    const resource = entry?.analysis.resource;
    const previous = getEntry(before.entries, key);
    if (resource !== undefined) put.push(resource);
    else if (previous !== undefined) remove.push(previous.ref);
  }
  return updateSnapshot(candidate, { put, remove });
}

function grouped(references: readonly Reference[]): ReadonlyMap<string, readonly Reference[]> {
  const byTarget = new Map<string, Reference[]>();
  for (const reference of references) {
    addTo(byTarget, keyOf(reference), reference);
  }
  return byTarget;
}

function referrersOf(edges: SortedChunks<readonly Reference[]>, target: string): readonly Referrer[] {
  const prefix = `${target}${BETWEEN}`;
  const referrers: Referrer[] = [];
  visitPrefix(edges, prefix, (edge, references) => {
    referrers.push({ key: edge.slice(prefix.length), references });
  });
  return referrers;
}

function ownIssues({ ref, analysis, extra }: Entry, judgement: Judgement): readonly Issue[] {
  return [...extra, ...analysis.findings].flatMap((finding) => judged(finding, ref, judgement));
}

function errorsIn(issues: readonly Issue[]): number {
  let count = 0;
  for (const { severity } of issues) if (severity === "error") count++;
  return count;
}

/** All issues: by type, name and place. */
export function issuesOf(state: CompileState): readonly Issue[] {
  const byKey = new Map<string, Issue[]>();
  const add = (issue: Issue): void => addTo(byKey, keyOf(issue.resource), issue);
  for (const issues of valuesOf(state.own)) issues.forEach(add);
  for (const issues of valuesOf(state.links)) {
    for (const issue of issues) {
      const hidden =
        issue.rule === "unused_resource" && issue.resource.typeUrl === typeUrls.cluster && state.chooserCount > 0;
      if (!hidden) add(issue);
    }
  }
  return [...byKey.keys()].sort().flatMap((key) => inOrder(byKey.get(key) ?? [], getEntry(state.entries, key)));
}

function inOrder(issues: readonly Issue[], entry: Entry | undefined): readonly Issue[] {
  if (issues.length < 2 || entry === undefined) return issues;
  const { json, references } = entry.analysis;
  if (json !== undefined) return inDocumentOrder(issues, json);
  const places = new Map(references.map(({ path }, index) => [path, index]));
  return issues.toSorted((a, b) => (places.get(a.path) ?? -1) - (places.get(b.path) ?? -1));
}
