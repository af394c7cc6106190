// Of routes, and of headers and query parameters that configuration sets or removes.
import { upgradesOnce } from "./connections.js";
import { HTTP_FILTERS, ROUTE } from "./names.js";
import { inEach, type RuleSource, type RuleSources } from "./rule-source.js";
import { readWithSecret } from "./secrets.js";

const MOST_WEIGHT = 0xffffffff;
const BODY_SIZE = "(has(it.inlineString) ? utf8Size(it.inlineString) : base64Size(it.inlineBytes))";
const MOST_BODY = "(message.maxDirectResponseBodySizeBytes ?? 4096)";
const REWRITES = ["prefixRewrite", "regexRewrite", "pathRewritePolicy", "pathRewrite"];
/** A static layer of the runtime can allow larger programs. */
const SETS_RE2 = `within('envoy.config.bootstrap.v3.Bootstrap').layeredRuntime.layers.some(layer =>
  has(layer.staticLayer['re2.max_program_size.error_level']) || has(layer.staticLayer['re2']))`;
const WEIGHTS = "sum(it.clusters.map(share => share.weight))";

const headerRemovals: readonly RuleSource[] = inEach(
  ["requestHeadersToRemove.*", "responseHeadersToRemove.*"],
  [{ when: "!isModifiable(it)", says: "{json(it)} must not be removed" }],
);

/** Either a name or a header that has it. */
function nameOrHeader(what: string, name: string): readonly RuleSource[] {
  return [
    {
      when: `it.${name} && it.clusterHeader`,
      at: "clusterHeader",
      says: `a ${what} has a ${name} or a clusterHeader, not both`,
    },
    { when: `!it.${name} && !it.clusterHeader`, at: name, says: `a ${what} needs a ${name} or a clusterHeader` },
  ];
}

export const routeRules: RuleSources = {
  [`${ROUTE}.RouteConfiguration`]: [
    {
      each: "virtualHosts.*",
      sameKey: "it.name ?? ''",
      at: "name",
      says: "a second virtual host {json(it.name ?? '')}",
      rule: "duplicate_name",
      warns: true,
    },
    {
      each: "virtualHosts.*.domains.*",
      sameKey: "it.toLowerCase()",
      says: "{json(it)} is a domain of {json(first.owner.name ?? '')} already",
      rule: "duplicate_domain",
    },
    {
      each: "virtualHosts.*.domains.*",
      when: "!/^(\\*[^*]*|[^*]*\\*?)$/.test(it)",
      says: "{json(it)} matches only a host with a * in it",
      hint: "a * counts at the start or at the end, once",
      rule: "ignored_field",
      warns: true,
    },
    {
      each: "virtualHosts.*.routes.*.directResponse.body",
      when: `${BODY_SIZE} > ${MOST_BODY}`,
      says: `a body of {${BODY_SIZE}} bytes, at most {${MOST_BODY}}`,
      hint: "raise maxDirectResponseBodySizeBytes",
    },
    {
      each: "vhds.configSource",
      when: "!has(it.ads) && it.apiConfigSource.apiType !== 'DELTA_GRPC'",
      says: "virtual hosts come by delta only",
      hint: "set ads or the apiType DELTA_GRPC",
    },
    ...headerRemovals,
  ],
  [`${ROUTE}.VirtualHost`]: [
    { when: "has(it.matcher) && it.routes", at: "matcher", says: "a virtual host has routes or a matcher, not both" },
    ...headerRemovals,
  ],
  [`${ROUTE}.Route`]: headerRemovals,
  [`${ROUTE}.WeightedCluster`]: [
    {
      when: `it.clusters && it.clusters.every(share => has(share.weight)) && ${WEIGHTS} === 0`,
      at: "clusters",
      says: "the weights sum to 0",
    },
    {
      when: `it.clusters.every(share => has(share.weight)) && ${WEIGHTS} > ${MOST_WEIGHT}`,
      at: "clusters",
      says: `the weights sum to {${WEIGHTS}}, at most ${MOST_WEIGHT}`,
    },
  ],
  [`${ROUTE}.WeightedCluster.ClusterWeight`]: [
    ...nameOrHeader("share", "name"),
    { when: "!has(it.weight)", at: "weight", says: "a share needs a weight" },
    ...headerRemovals,
  ],
  [`${ROUTE}.RouteAction`]: [
    {
      when: `has(it.clusterSpecifierPlugin) && has(within('${ROUTE}.RouteConfiguration'))
        && !within('${ROUTE}.RouteConfiguration').clusterSpecifierPlugins.some(plugin =>
          plugin.extension.name === it.clusterSpecifierPlugin)`,
      at: "clusterSpecifierPlugin",
      says: "clusterSpecifierPlugins has no {json(it.clusterSpecifierPlugin)}",
    },
    ...REWRITES.slice(1).map((later, index) => {
      const earlier = REWRITES.slice(0, index + 1);
      return {
        when: `it.${later} && (${earlier.map((field) => `it.${field}`).join(" || ")})`,
        at: later,
        says: `only one of ${[...earlier, later].join(", ")}`,
      };
    }),
    upgradesOnce,
    {
      each: "upgradeConfigs.*",
      when: "has(it.connectConfig) && !/^connect(-udp)?$/i.test(it.upgradeType)",
      at: "connectConfig",
      says: "only CONNECT takes it, not {it.upgradeType ?? ''}",
    },
    {
      each: "internalRedirectPolicy.responseHeadersToCopy.*",
      when: "!isModifiable(it)",
      says: "{json(it)} must not be copied",
    },
  ],
  [`${ROUTE}.RouteAction.RequestMirrorPolicy`]: nameOrHeader("mirror", "cluster"),
  [`${ROUTE}.FilterConfig`]: [
    { when: "!has(it.config) && !it.disabled", at: "config", says: "is required unless disabled is true" },
  ],
  [`${ROUTE}.VirtualCluster`]: [{ when: "!it.headers", at: "headers", says: "a virtual cluster needs headers" }],
  "envoy.type.matcher.v3.RegexMatcher": readWithSecret([
    { when: "re2Fault(it.regex ?? '')", at: "regex", says: "no RE2: {re2Fault(it.regex ?? '')}" },
    {
      when: `re2Size(it.regex) > (it.googleRe2.maxProgramSize ?? 100) && !(${SETS_RE2})`,
      at: "regex",
      says: "RE2 makes at least {re2Size(it.regex)} instructions of it, Envoy takes {it.googleRe2.maxProgramSize ?? 100}",
      hint: "repeat less often in it, or raise re2.max_program_size.error_level in the runtime of Envoy",
      rule: "regex_too_large",
    },
  ]),
  /** Of an HTTP service that Envoy itself calls the headers are free. */
  "envoy.config.core.v3.HeaderValueOption": [
    {
      when: "!isModifiable(it.header.key ?? '') && !isWithin('envoy.config.core.v3.HttpService')",
      at: "header.key",
      says: "{json(it.header.key ?? '')} must not be set",
    },
    {
      when: `has(it.append) && (it.appendAction ?? 'APPEND_IF_EXISTS_OR_ADD') !== 'APPEND_IF_EXISTS_OR_ADD'
        && !isWithin('envoy.config.core.v3.HttpService')`,
      at: "append",
      says: "append and appendAction exclude each other",
    },
  ],
  [`${HTTP_FILTERS}.header_mutation.v3.Mutations`]: [
    {
      each: "queryParameterMutations.*",
      when: "!has(it.append) && !it.remove",
      says: "a mutation appends or removes",
    },
    {
      each: "queryParameterMutations.*.append.record",
      when: "!isText(it.value)",
      at: "value",
      says: "the value must be a text",
    },
  ],
};
