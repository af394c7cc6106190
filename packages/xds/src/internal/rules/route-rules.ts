// What Envoy checks of routes in code (source/common/router), beside the rules of fields.

import type {
  FilterConfigJson,
  RetryPolicyJson,
  RouteAction_RequestMirrorPolicyJson,
  RouteAction_UpgradeConfigJson,
  RouteActionJson,
  RouteConfigurationJson,
  RouteJson,
  VirtualClusterJson,
  VirtualHostJson,
  WeightedCluster_ClusterWeightJson,
  WeightedClusterJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import type { RegexMatcherJson } from "@netmason/envoy-api/envoy/type/matcher/v3";
import type { TypedAny } from "@netmason/envoy-api/type-urls";
import { retryWords } from "../../retry.js";
import { nearestWord } from "../nearest-word.js";
import { translateRe2 } from "../re2.js";
import { utf8Length } from "../utf8.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { isModifiable } from "./header-rules.js";
import { quoted, seconds } from "./rule-text.js";

const PACKAGE = "envoy.config.route.v3";
const MOST_WEIGHT = 0xffffffff;

function routeConfiguration(message: RouteConfigurationJson, visit: Visit): void {
  if (message.validateClusters !== undefined)
    visit.missingRouteCluster = message.validateClusters ? "error" : "warning";
  const domains = new Map<string, string>();
  const names = new Set<string>();
  for (const [index, host] of (message.virtualHosts ?? []).entries()) {
    const name = host.name ?? "";
    if (names.has(name))
      visit.warn("duplicate_name", ["virtualHosts", index, "name"], `a second virtual host ${quoted(name)}`);
    names.add(name);
    for (const [at, text] of (host.domains ?? []).entries()) {
      const domain = text.toLowerCase();
      const other = domains.get(domain);
      const parts = ["virtualHosts", index, "domains", at];
      if (other !== undefined)
        visit.error("duplicate_domain", parts, `${quoted(text)} is a domain of ${other} already`);
      else domains.set(domain, quoted(name));
      checkWildcard(text, parts, visit);
    }
  }
  overrides(message.typedPerFilterConfig, [], visit);
  const most = message.maxDirectResponseBodySizeBytes ?? 4_096;
  for (const { path, size } of longBodies(message)) {
    if (size > most) {
      visit.refuse(path, `a body of ${size} bytes, at most ${most}`, "raise maxDirectResponseBodySizeBytes");
    }
  }
}

function checkWildcard(domain: string, parts: readonly PathPart[], visit: Visit): void {
  const star = domain.indexOf("*", domain.startsWith("*") ? 1 : 0);
  if (star < 0 || (star === domain.length - 1 && !domain.startsWith("*"))) return;
  visit.warn(
    "ignored_field",
    parts,
    `${quoted(domain)} matches only a host with a * in it`,
    "a * counts at the start or at the end, once",
  );
}

function* longBodies(message: RouteConfigurationJson): Generator<{ path: PathPart[]; size: number }, undefined> {
  for (const [host, { routes = [] }] of (message.virtualHosts ?? []).entries()) {
    for (const [index, { directResponse }] of routes.entries()) {
      const { inlineString, inlineBytes } = directResponse?.body ?? {};
      const size = inlineString === undefined ? base64Size(inlineBytes ?? "") : utf8Length(inlineString);
      if (size > 0) yield { path: ["virtualHosts", host, "routes", index, "directResponse", "body"], size };
    }
  }
}

/** How many bytes a base64 text stands for; its padding stands for none. */
function base64Size(text: string): number {
  return Math.floor((text.replace(/=+$/, "").length * 3) / 4);
}

function virtualHost(message: VirtualHostJson, visit: Visit): void {
  overrides(message.typedPerFilterConfig, [], visit);
  if (message.matcher !== undefined && (message.routes ?? []).length > 0) {
    visit.refuse(["matcher"], "a virtual host has routes or a matcher, not both");
  }
  headerRemovals(message, visit);
}

function route(message: RouteJson, visit: Visit): void {
  overrides(message.typedPerFilterConfig, [], visit);
  headerRemovals(message, visit);
}

function clusterWeight(message: WeightedCluster_ClusterWeightJson, visit: Visit): void {
  overrides(message.typedPerFilterConfig, [], visit);
  headerRemovals(message, visit);
  const named = (message.name ?? "") !== "";
  const byHeader = (message.clusterHeader ?? "") !== "";
  if (byHeader) visit.facts.choosesClusters = true;
  if (named && byHeader) visit.refuse(["clusterHeader"], "a share has a name or a clusterHeader, not both");
  if (!named && !byHeader) visit.refuse(["name"], "a share needs a name or a clusterHeader");
  if (message.weight === undefined) visit.refuse(["weight"], "a share needs a weight");
}

function weightedCluster({ clusters = [] }: WeightedClusterJson, visit: Visit): void {
  if (clusters.length === 0 || clusters.some(({ weight }) => weight === undefined)) return;
  const sum = clusters.reduce((total, { weight = 0 }) => total + weight, 0);
  if (sum === 0) visit.refuse(["clusters"], "the weights sum to 0");
  if (sum > MOST_WEIGHT) visit.refuse(["clusters"], `the weights sum to ${sum}, at most ${MOST_WEIGHT}`);
}

function routeAction(message: RouteActionJson, visit: Visit): void {
  const rewrites = ["prefixRewrite", "regexRewrite", "pathRewritePolicy", "pathRewrite"] as const;
  const given = rewrites.filter((name) => message[name] !== undefined && message[name] !== "");
  if (given[1] !== undefined) visit.refuse([given[1]], `only one of ${given.join(", ")}`);
  if (message.clusterHeader !== undefined || message.clusterSpecifierPlugin !== undefined)
    visit.facts.choosesClusters = true;
  if (message.inlineClusterSpecifierPlugin !== undefined) visit.facts.choosesClusters = true;
  upgrades(message.upgradeConfigs ?? [], visit);
  for (const [index, name] of (message.internalRedirectPolicy?.responseHeadersToCopy ?? []).entries()) {
    if (!isModifiable(name)) {
      const parts = ["internalRedirectPolicy", "responseHeadersToCopy", index];
      visit.refuse(parts, `${quoted(name)} must not be copied`);
    }
  }
}

function upgrades(configs: readonly RouteAction_UpgradeConfigJson[], visit: Visit): void {
  uniqueUpgrades(configs, visit);
  for (const [index, { upgradeType = "", connectConfig }] of configs.entries()) {
    if (connectConfig === undefined || /^connect(-udp)?$/i.test(upgradeType)) continue;
    const parts = ["upgradeConfigs", index, "connectConfig"];
    visit.refuse(parts, `only CONNECT takes it, not ${upgradeType}`);
  }
}

/** A protocol is upgraded to at most once, in any case of its letters. */
export function uniqueUpgrades(configs: readonly { readonly upgradeType?: string }[], visit: Visit): void {
  const seen = new Set<string>();
  for (const [index, { upgradeType = "" }] of configs.entries()) {
    const type = upgradeType.toLowerCase();
    if (seen.has(type)) visit.refuse(["upgradeConfigs", index, "upgradeType"], `a second ${upgradeType}`);
    seen.add(type);
  }
}

function mirror(message: RouteAction_RequestMirrorPolicyJson, visit: Visit): void {
  const named = (message.cluster ?? "") !== "";
  const byHeader = (message.clusterHeader ?? "") !== "";
  if (byHeader) visit.facts.choosesClusters = true;
  if (named && byHeader) visit.refuse(["clusterHeader"], "a mirror has a cluster or a clusterHeader, not both");
  if (!named && !byHeader) visit.refuse(["cluster"], "a mirror needs a cluster or a clusterHeader");
}

function retryPolicy(message: RetryPolicyJson, visit: Visit): void {
  for (const word of (message.retryOn ?? "").split(",").map((text) => text.trim())) {
    if (word === "" || (retryWords as readonly string[]).includes(word)) continue;
    const nearest = nearestWord(word, retryWords);
    const hint = nearest === undefined ? `it knows ${retryWords.join(", ")}` : nearest;
    visit.error("unknown_retry_word", ["retryOn"], `Envoy ignores ${quoted(word)}`, hint);
  }
  const { baseInterval, maxInterval } = message.retryBackOff ?? {};
  if (baseInterval !== undefined && maxInterval !== undefined && seconds(maxInterval) < seconds(baseInterval)) {
    visit.refuse(["retryBackOff", "maxInterval"], `${maxInterval} is less than baseInterval ${baseInterval}`);
  }
}

function filterConfig({ config, disabled }: FilterConfigJson, visit: Visit): void {
  if (config === undefined && disabled !== true) visit.refuse(["config"], "is required unless disabled is true");
}

function virtualCluster({ headers = [] }: VirtualClusterJson, visit: Visit): void {
  if (headers.length === 0) visit.refuse(["headers"], "a virtual cluster needs headers");
}

function regexMatcher({ regex = "" }: RegexMatcherJson, visit: Visit): void {
  const translation = translateRe2(regex);
  if (translation.kind === "fault") visit.refuse(["regex"], `no RE2: ${translation.message}`);
}

interface HeaderRemovals {
  readonly requestHeadersToRemove?: readonly string[];
  readonly responseHeadersToRemove?: readonly string[];
}

function headerRemovals(message: HeaderRemovals, visit: Visit): void {
  for (const side of ["requestHeadersToRemove", "responseHeadersToRemove"] as const) {
    for (const [index, key] of (message[side] ?? []).entries()) {
      if (!isModifiable(key)) visit.refuse([side, index], `${quoted(key)} must not be removed`);
    }
  }
}

function overrides(
  configs: Readonly<Record<string, TypedAny>> | undefined,
  parts: readonly PathPart[],
  visit: Visit,
): void {
  const { filterNames: filters } = visit;
  for (const name of Object.keys(configs ?? {})) {
    const path = visit.pointer([...parts, "typedPerFilterConfig", name]);
    visit.facts.overrides.push({ name, path, ...(filters !== undefined && { filters }) });
  }
}

/** Names of filters, to choose from. */
export function filterHint(names: ReadonlySet<string>): string {
  return `the filters are named ${[...names].sort().join(", ")}`;
}

/** Of `envoy.config.route.v3` and of regular expressions anywhere. */
export const routeRules = (): readonly MessageRule[] => [
  messageRule<RouteConfigurationJson>(`${PACKAGE}.RouteConfiguration`, routeConfiguration),
  messageRule<RouteConfigurationJson>(`${PACKAGE}.RouteConfiguration`, headerRemovals),
  messageRule<VirtualHostJson>(`${PACKAGE}.VirtualHost`, virtualHost),
  messageRule<RouteJson>(`${PACKAGE}.Route`, route),
  messageRule<WeightedClusterJson>(`${PACKAGE}.WeightedCluster`, weightedCluster),
  messageRule<WeightedCluster_ClusterWeightJson>(`${PACKAGE}.WeightedCluster.ClusterWeight`, clusterWeight),
  messageRule<RouteActionJson>(`${PACKAGE}.RouteAction`, routeAction),
  messageRule<RouteAction_RequestMirrorPolicyJson>(`${PACKAGE}.RouteAction.RequestMirrorPolicy`, mirror),
  messageRule<RetryPolicyJson>(`${PACKAGE}.RetryPolicy`, retryPolicy),
  messageRule<FilterConfigJson>(`${PACKAGE}.FilterConfig`, filterConfig),
  messageRule<VirtualClusterJson>(`${PACKAGE}.VirtualCluster`, virtualCluster),
  messageRule<RegexMatcherJson>("envoy.type.matcher.v3.RegexMatcher", regexMatcher),
];
