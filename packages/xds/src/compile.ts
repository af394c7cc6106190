import { defaultCodec } from "@netmason/envoy-api/codec";
import { XdsError } from "./errors.js";
import type { Compilation, CompileOptions, Graph } from "./graph.js";
import { type Analysis, analyzerOf } from "./internal/analysis.js";
import { type CompileState, emptyState, issuesOf, withEntries } from "./internal/compile-state.js";
import { type Entry, type Judgement, keyOf, refOf } from "./internal/entry.js";
import { getEntry } from "./internal/sorted-chunks.js";
import type { Finding } from "./internal/visit.js";
import { formatIssues, type Issue } from "./issue.js";
import type { Snapshot } from "./snapshot.js";
import { type ResourceRef, type TypeUrl, typeUrls } from "./type-urls.js";

/**
 * Checks a graph as a whole and encodes it: fields and their rules, what Envoy checks in code, references in all their
 * forms, and what Envoy accepts in silence though it does nothing. All issues come at once; sensitive values are in none.
 * The resources given are frozen, because what was found is remembered with them.
 *
 * Linear in the size of the graph, less for resources that were compiled before.
 *
 * @example
 * ```ts
 * import { cluster, compile } from "@netmason/xds";
 *
 * const { issues } = compile({ clusters: [cluster.eds({ name: "shop" })] });
 * issues.map(({ severity, rule }) => `${severity} ${rule}`); // => ["warning unused_resource", "error missing_reference"]
 * ```
 * @category Compile
 */
export function compile(graph: Graph, options: CompileOptions = {}): Compilation {
  return proceed(emptyState(), readGraph(graph, options), options);
}

/** What changes in a compiled graph. */
export interface GraphChanges {
  /** New resources, and new versions of those that are there. */
  readonly put?: Graph;
  readonly remove?: readonly ResourceRef[];
}

/**
 * Compiles what changed, with the options of `previous`; it costs as much as the changed resources and those that name
 * them. `previous` stays as it is.
 *
 * @throws TypeError when `previous` is no result of `compile` of this package
 * @category Compile
 */
export function recompile(previous: Compilation, changes: GraphChanges): Compilation {
  const known = states.get(previous);
  if (known === undefined) throw new TypeError("previous: expected what compile or recompile returned");
  const { state, options } = known;
  const put = readGraph(changes.put ?? {}, options);
  const all = new Map<string, Entry | undefined>((changes.remove ?? []).map((ref) => [keyOf(ref), undefined]));
  for (const [key, entry] of put) all.set(key, entry);
  return proceed(state, all, options);
}

/**
 * The snapshot of a graph without errors; warnings pass.
 *
 * @throws {@link XdsError} `invalid_resources` with all issues
 * @category Compile
 */
export function assertCompile(graph: Graph, options: CompileOptions = {}): Snapshot {
  const { snapshot, issues } = compile(graph, options);
  if (snapshot !== undefined) return snapshot;
  const errors = issues.filter(({ severity }) => severity === "error");
  throw new XdsError("invalid_resources", `${errors.length} errors:\n${formatIssues(errors)}`, { issues });
}

const states = new WeakMap<Compilation, { readonly state: CompileState; readonly options: CompileOptions }>();

function proceed(
  before: CompileState,
  changes: ReadonlyMap<string, Entry | undefined>,
  options: CompileOptions,
): Compilation {
  const judgement = judgementOf(options);
  const after = withEntries(before, changes, judgement);
  if (options.onError !== "keepPrevious") return compilationOf(after, [], [], options);
  let state = after;
  const kept = new Map<string, ResourceRef>();
  const refused: Issue[] = [];
  while (state.errorCount > 0) {
    const bad = badChanges(state, changes, kept);
    if (bad.length === 0) break;
    const undo = new Map<string, Entry | undefined>();
    for (const { key, ref, issues } of bad) {
      refused.push(...issues);
      kept.set(key, ref);
      undo.set(key, getEntry(before.entries, key));
    }
    state = withEntries(state, undo, judgement);
  }
  return compilationOf(
    state,
    refused,
    [...kept.keys()].sort().flatMap((key) => kept.get(key) ?? []),
    options,
  );
}

interface BadChange {
  readonly key: string;
  readonly ref: ResourceRef;
  /** Its errors, or for a removal those it made in others. */
  readonly issues: readonly Issue[];
}

/**
 * Changed resources with an error; when there are none, the changes whose links have one; when there are none either (what a
 * change took away was needed by a resource that stayed), all changes, the first of them with the errors.
 */
function badChanges(
  state: CompileState,
  changes: ReadonlyMap<string, Entry | undefined>,
  kept: ReadonlyMap<string, ResourceRef>,
): readonly BadChange[] {
  const open = [...changes.keys()].filter((key) => !kept.has(key)).sort();
  const errors = issuesOf(state).filter(({ severity }) => severity === "error");
  const own = open.map((key) =>
    badChange(
      key,
      errors.filter(({ resource }) => keyOf(resource) === key),
    ),
  );
  const bad = own.filter(({ issues }) => issues.length > 0);
  if (bad.length > 0) return bad;
  const linked = open.map((key) =>
    badChange(
      key,
      (getEntry(state.links, key) ?? []).filter(({ severity }) => severity === "error"),
    ),
  );
  const made = linked.filter(({ issues }) => issues.length > 0);
  return made.length > 0 ? made : open.map((key, index) => badChange(key, index === 0 ? errors : []));
}

function badChange(key: string, issues: readonly Issue[]): BadChange {
  return { key, ref: refOf(key), issues };
}

function compilationOf(
  state: CompileState,
  refused: readonly Issue[],
  kept: readonly ResourceRef[],
  options: CompileOptions,
): Compilation {
  let issues: readonly Issue[] | undefined;
  const compilation: Compilation = Object.freeze({
    snapshot: state.errorCount === 0 ? state.candidate : undefined,
    get issues(): readonly Issue[] {
      issues ??= Object.freeze([...refused, ...issuesOf(state)]);
      return issues;
    },
    kept: Object.freeze(kept),
  });
  states.set(compilation, { state, options });
  return compilation;
}

function judgementOf({ external = [], severity = {} }: CompileOptions): Judgement {
  const anyExternal = external === "any";
  const names = new Set(anyExternal ? [] : external.map(keyOf));
  return {
    severityOf: (finding) => severity[finding.rule] ?? finding.severity,
    isExternal: (ref) => names.has(keyOf(ref)),
    anyExternal,
  };
}

const KINDS = {
  listeners: typeUrls.listener,
  routes: typeUrls.route,
  scopedRoutes: typeUrls.scopedRoute,
  clusters: typeUrls.cluster,
  endpoints: typeUrls.endpoints,
  secrets: typeUrls.secret,
  runtimes: typeUrls.runtime,
  extensions: typeUrls.extension,
} as const;

function readGraph(graph: Graph, options: CompileOptions): ReadonlyMap<string, Entry> {
  const analyzer = analyzerOf(options.codec ?? defaultCodec(), options.target ?? "envoy");
  const entries = new Map<string, Entry>();
  const add = (ref: ResourceRef, analysis: Analysis, extra: readonly Finding[] = []): void => {
    const key = keyOf(ref);
    const first = entries.get(key);
    if (first === undefined) entries.set(key, { ref, analysis, extra });
    else entries.set(key, { ...first, extra: [...first.extra, duplicate(ref), ...extra, ...againFindings(analysis)] });
  };
  for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const typeUrl = KINDS[kind];
    for (const json of graph[kind] ?? []) {
      const name = nameOf(json);
      add({ typeUrl, name }, analyzer.analyze(typeUrl, name, json), name === "" ? [nameless(typeUrl)] : []);
    }
  }
  for (const named of graph.others ?? []) {
    add({ typeUrl: named.typeUrl, name: named.name }, analyzer.analyzeNamed(named));
  }
  return entries;
}

/** What is wrong with a second resource of a name; their paths alone would not say in which of the two. */
function againFindings({ findings }: Analysis): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, message: `in the second: ${finding.message}` }));
}

function nameOf(json: { readonly name?: string; readonly clusterName?: string }): string {
  const name = json.name ?? json.clusterName;
  return typeof name === "string" ? name : "";
}

function nameless(typeUrl: TypeUrl): Finding {
  const path = typeUrl === typeUrls.endpoints ? "/clusterName" : "/name";
  return { rule: "envoy_refuses", severity: "error", path, message: "a resource needs a name" };
}

function duplicate({ name }: ResourceRef): Finding {
  return { rule: "duplicate_name", severity: "error", path: "", message: `${JSON.stringify(name)} is given twice` };
}
