// All graphs with one fault, by what the fault is in.
import { brokenBootstraps } from "./broken-bootstraps.js";
import { brokenClusters } from "./broken-clusters.js";
import { brokenCombinations } from "./broken-combinations.js";
import { brokenFilters } from "./broken-filters.js";
import { brokenListeners } from "./broken-listeners.js";
import { brokenMutants } from "./broken-mutants.js";
import { brokenPlaces } from "./broken-places.js";
import { brokenRoutes } from "./broken-routes.js";
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
  durations: brokenDurations,
  mutants: brokenMutants,
  combinations: brokenCombinations,
  places: brokenPlaces,
};
