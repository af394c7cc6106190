// What is wrong between a target and the resources that name it.
import type { Issue } from "../issue.js";
import { type ResourceRef, typeUrls } from "../type-urls.js";
import { type Entry, type Judgement, judged, keyOf, type Referrer, refOf } from "./entry.js";
import { DNS_CACHE } from "./rules/dns-cache-rules.js";
import { filterHint } from "./rules/route-rules.js";
import { getEntry, type SortedChunks } from "./sorted-chunks.js";
import type { Finding, Reference } from "./visit.js";

/** Types of which a resource that nobody names serves nothing. */
const MUST_BE_NAMED: ReadonlySet<string> = new Set([
  typeUrls.route,
  typeUrls.cluster,
  typeUrls.endpoints,
  typeUrls.secret,
  typeUrls.extension,
]);

export function linkIssues(
  targetKey: string,
  entries: SortedChunks<Entry>,
  all: readonly Referrer[],
  judgement: Judgement,
): readonly Issue[] {
  const target = refOf(targetKey);
  const entry = getEntry(entries, targetKey);
  const issues: Issue[] = [];
  const report = (resource: ResourceRef, finding: Finding): void => {
    issues.push(...judged(finding, resource, judgement));
  };
  if (target.typeUrl === DNS_CACHE) {
    for (const { ref, path } of differingCaches(all)) report(ref, differingCache(target.name, path));
    return issues;
  }
  for (const { key, references } of all) {
    for (const reference of references) {
      const finding = entry === undefined ? missing(reference, target, judgement) : unmet(reference, entry);
      if (finding !== undefined) report(refOf(key), finding);
    }
  }
  if (entry === undefined) return issues;
  for (const finding of unknownOverrides(entry, all, entries)) report(entry.ref, finding);
  if (all.length === 0 && MUST_BE_NAMED.has(target.typeUrl)) report(entry.ref, UNUSED);
  return issues;
}

const UNUSED: Finding = {
  rule: "unused_resource",
  severity: "warning",
  path: "",
  message: "nothing in the graph names it",
};

function missing(reference: Reference, target: ResourceRef, judgement: Judgement): Finding | undefined {
  if (reference.missing === "none" || judgement.isExternal(target)) return undefined;
  const kind = target.typeUrl.slice(target.typeUrl.lastIndexOf(".") + 1);
  return {
    rule: "missing_reference",
    severity: judgement.anyExternal ? "warning" : reference.missing,
    path: reference.path,
    message: `no ${kind} is named ${JSON.stringify(target.name)}`,
  };
}

function unmet({ demand, path }: Reference, { ref, analysis }: Entry): Finding | undefined {
  if (demand?.kind !== "http2" || analysis.facts.http2 !== false) return undefined;
  return {
    rule: "http2_required",
    severity: "warning",
    path,
    message: `gRPC needs HTTP/2, which cluster ${JSON.stringify(ref.name)} does not speak`,
    hint: "set http2ProtocolOptions in its HttpProtocolOptions",
  };
}

/** Configurations for filters that neither the connection managers with these routes have nor the clusters behind them. */
function unknownOverrides(
  { analysis }: Entry,
  referrers: readonly Referrer[],
  entries: SortedChunks<Entry>,
): readonly Finding[] {
  const { overrides, choosesClusters } = analysis.facts;
  if (overrides.length === 0) return [];
  const byRds = filtersOf(referrers);
  const upstream = new Set<string>();
  for (const reference of analysis.references) {
    if (reference.typeUrl !== typeUrls.cluster) continue;
    for (const name of getEntry(entries, keyOf(reference))?.analysis.facts.upstreamFilters ?? []) upstream.add(name);
  }
  return overrides.flatMap(({ name, path, filters = byRds }): readonly Finding[] => {
    if (filters === undefined || filters.has(name) || upstream.has(name)) return [];
    const message = `no HTTP filter is named ${JSON.stringify(name)}, so Envoy ignores this`;
    const severity = choosesClusters ? "warning" : "error";
    return [{ rule: "unknown_filter_override", severity, path, message, hint: filterHint(filters) }];
  });
}

/** Filters of the connection managers that ask for the routes; `undefined` where there are none. */
function filtersOf(referrers: readonly Referrer[]): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (const { references } of referrers) {
    for (const { demand } of references) {
      if (demand?.kind === "filters") names = new Set([...(names ?? []), ...demand.names]);
    }
  }
  return names;
}

function differingCaches(
  referrers: readonly Referrer[],
): readonly { readonly ref: ResourceRef; readonly path: string }[] {
  const all = referrers.flatMap(({ key, references }) =>
    references.flatMap(({ demand, path }) =>
      demand?.kind === "same" ? [{ ref: refOf(key), path, as: demand.as }] : [],
    ),
  );
  const [first] = all;
  return first === undefined ? [] : all.filter(({ as }) => as !== first.as);
}

function differingCache(name: string, path: string): Finding {
  return {
    rule: "envoy_refuses",
    severity: "error",
    path,
    message: `the DNS cache ${JSON.stringify(name)} is configured otherwise elsewhere`,
    hint: "give httpFilter.dynamicForwardProxy and cluster.dynamicForwardProxy the same dnsCache",
  };
}
