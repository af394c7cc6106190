// All graphs with one fault, by what the fault is in.
import { brokenAddresses } from "./broken-addresses.js";
import { brokenBootstraps } from "./broken-bootstraps.js";
import { brokenClusters } from "./broken-clusters.js";
import { brokenExtensions } from "./broken-extensions.js";
import { brokenFilters } from "./broken-filters.js";
import { brokenListeners } from "./broken-listeners.js";
import { brokenOverrides } from "./broken-overrides.js";
import { brokenRoutes } from "./broken-routes.js";
import { brokenSettings } from "./broken-settings.js";
import { brokenSources } from "./broken-sources.js";
import { brokenTls } from "./broken-tls.js";
import { brokenUpstreams } from "./broken-upstreams.js";
import { brokenDurations } from "./durations.js";
import type { BrokenGraph } from "./graph-parts.js";

export const brokenTables: Readonly<Record<string, readonly BrokenGraph[]>> = {
  listeners: brokenListeners,
  filters: brokenFilters,
  routes: brokenRoutes,
  clusters: brokenClusters,
  upstreams: brokenUpstreams,
  TLS: brokenTls,
  sources: brokenSources,
  bootstraps: brokenBootstraps,
  addresses: brokenAddresses,
  extensions: brokenExtensions,
  overrides: brokenOverrides,
  settings: brokenSettings,
  durations: brokenDurations,
};
