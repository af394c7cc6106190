// What routes ask of filters and clusters, and words in retry policies that do nothing.
import type {
  RetryPolicyJson,
  RouteActionJson,
  RouteConfigurationJson,
  RouteJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import type { RouterJson } from "@netmason/envoy-api/envoy/extensions/filters/http/router/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import { retryWords } from "../../retry.js";
import { nearestWord } from "../nearest-word.js";
import { unpacked } from "../typed-any.js";
import { type MessageRule, messageRule, type Visit } from "../visit.js";

const PACKAGE = "envoy.config.route.v3";
/** Messages with configurations for filters, those that hold others first. */
const WITH_OVERRIDES = ["RouteConfiguration", "VirtualHost", "Route", "WeightedCluster.ClusterWeight"];
/** Messages that can choose a cluster when a request comes. */
const CHOOSERS = ["RouteAction", "RouteAction.RequestMirrorPolicy", "WeightedCluster.ClusterWeight"];

function connectionManager({ httpFilters = [], upgradeConfigs = [] }: HttpConnectionManagerJson, visit: Visit): void {
  const names = new Set<string>();
  for (const { name, typedConfig } of [...httpFilters, ...upgradeConfigs.flatMap(({ filters = [] }) => filters)]) {
    const router = unpacked<RouterJson>(typedConfig, "envoy.extensions.filters.http.router.v3.Router");
    for (const each of [name, ...(router?.upstreamHttpFilters ?? []).map((upstream) => upstream.name)]) {
      if (each !== undefined) names.add(each);
    }
  }
  visit.filterNames = names;
  visit.missingRouteCluster = "error";
}

function routeConfiguration({ validateClusters }: RouteConfigurationJson, visit: Visit): void {
  if (validateClusters !== undefined) visit.missingRouteCluster = validateClusters ? "error" : "warning";
}

function overrides({ typedPerFilterConfig = {} }: RouteJson, visit: Visit): void {
  const { filterNames: filters } = visit;
  for (const name of Object.keys(typedPerFilterConfig)) {
    const path = visit.pointer(["typedPerFilterConfig", name]);
    visit.facts.overrides.push({ name, path, ...(filters !== undefined && { filters }) });
  }
}

function chooser(message: RouteActionJson, visit: Visit): void {
  const { clusterHeader, clusterSpecifierPlugin, inlineClusterSpecifierPlugin } = message;
  const chooses = clusterHeader ?? clusterSpecifierPlugin ?? inlineClusterSpecifierPlugin;
  if (chooses !== undefined && chooses !== "") visit.facts.choosesClusters = true;
}

function retryPolicy({ retryOn = "" }: RetryPolicyJson, visit: Visit): void {
  for (const word of retryOn.split(",").map((text) => text.trim())) {
    if (word === "" || (retryWords as readonly string[]).includes(word)) continue;
    const hint = nearestWord(word, retryWords) ?? `it knows ${retryWords.join(", ")}`;
    visit.error("unknown_retry_word", ["retryOn"], `Envoy ignores ${JSON.stringify(word)}`, hint);
  }
}

/** Names of filters, to choose from. */
export function filterHint(names: ReadonlySet<string>): string {
  return `the filters are named ${[...names].sort().join(", ")}`;
}

/** Of connection managers and `envoy.config.route.v3`. */
export const routeRules = (): readonly MessageRule[] => [
  messageRule<HttpConnectionManagerJson>(
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    connectionManager,
  ),
  messageRule<RouteConfigurationJson>(`${PACKAGE}.RouteConfiguration`, routeConfiguration),
  ...WITH_OVERRIDES.map((name) => messageRule<RouteJson>(`${PACKAGE}.${name}`, overrides)),
  ...CHOOSERS.map((name) => messageRule<RouteActionJson>(`${PACKAGE}.${name}`, chooser)),
  messageRule<RetryPolicyJson>(`${PACKAGE}.RetryPolicy`, retryPolicy),
];
