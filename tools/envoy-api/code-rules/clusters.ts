// Of clusters, load balancing policies and endpoints.
import { literalAddresses } from "./addresses.js";
import { CLUSTER, typeList } from "./names.js";
import { given, inEach, type RuleSource, type RuleSources } from "./rule-source.js";

const POLICIES = "envoy.extensions.load_balancing_policies";
const CLUSTER_PROVIDED = `${POLICIES}.cluster_provided.v3.ClusterProvided`;
const EXTENSIONS = "envoy.extensions.clusters";
const DNS = `${EXTENSIONS}.dns.v3.DnsCluster`;
/** `type` with its default; empty where an extension finds the endpoints. */
const TYPE = "(!has(message.clusterType) ? message.type ?? 'STATIC' : '')";
const CLUSTER_TYPE = "type(message.clusterType.typedConfig)";
/** Extensions that balance by themselves. */
const SELF_BALANCED = typeList(EXTENSIONS, [
  "aggregate.v3.ClusterConfig",
  "composite.v3.ClusterConfig",
  "dynamic_forward_proxy.v3.ClusterConfig",
  "mcp_multicluster.v3.ClusterConfig",
  "reverse_connection.v3.ReverseConnectionClusterConfig",
  "original_dst.v3.OriginalDstCluster",
]);
/** These look at `lbPolicy`, whatever `loadBalancingPolicy` says, and have no endpoints. */
const FINDS_BY_ITSELF = `(${TYPE} === 'ORIGINAL_DST'
  || ${CLUSTER_TYPE} === '${EXTENSIONS}.reverse_connection.v3.ReverseConnectionClusterConfig')`;
const BALANCES_ITSELF = `(${TYPE} === 'ORIGINAL_DST' || ${SELF_BALANCED}.includes(${CLUSTER_TYPE}))`;
const PROVIDES_NOTHING = `(!['', 'ORIGINAL_DST'].includes(${TYPE}) || ${CLUSTER_TYPE} === '${DNS}')`;
const KIND = "{has(message.clusterType) ? 'this clusterType' : 'a ' + (message.type ?? 'STATIC') + ' cluster'}";
const POLICY_TYPE = "type(it.typedExtensionConfig.typedConfig)";
const IS_LOGICAL = `(${TYPE} === 'LOGICAL_DNS' || unpack(message.clusterType.typedConfig, '${DNS}').allAddressesInSingleEndpoint)`;
const ENDPOINT_COUNT = "sum(it.loadAssignment.endpoints.map(group => size(group.lbEndpoints)))";
/** The cluster around an endpoint. */
const AROUND = `within('${CLUSTER}')`;
const IS_STATIC = `!has(${AROUND}.clusterType) && (${AROUND}.type ?? 'STATIC') === 'STATIC'`;
const ASKS_DNS = `(!has(${AROUND}.clusterType) && ['STRICT_DNS', 'LOGICAL_DNS'].includes(${AROUND}.type)
  || type(${AROUND}.clusterType.typedConfig) === '${DNS}')`;
const READS_ADDRESSES = `!has(${AROUND}.clusterType) && !${ASKS_DNS}`;

const subsets: readonly RuleSource[] = [
  {
    when: "it.fallbackPolicy !== 'KEYS_SUBSET' && it.fallbackKeysSubset",
    at: "fallbackKeysSubset",
    says: "goes with the fallbackPolicy KEYS_SUBSET only",
  },
  {
    when: `it.fallbackPolicy === 'KEYS_SUBSET' && (!it.fallbackKeysSubset
      || size(unique(it.fallbackKeysSubset)) === size(unique(it.keys))
      || it.fallbackKeysSubset.some(key => !it.keys.includes(key)))`,
    at: "fallbackKeysSubset",
    says: "must be some of {it.keys.join(', ')}, not all of them",
  },
];

const discovery: readonly RuleSource[] = [
  {
    when: `${TYPE} === 'EDS' && !has(it.edsClusterConfig.edsConfig)`,
    at: "edsClusterConfig",
    says: "an EDS cluster needs an edsConfig",
  },
  {
    when: `${TYPE} !== 'EDS' && has(it.edsClusterConfig)`,
    at: "edsClusterConfig",
    says: "only an EDS cluster takes this, not {has(it.clusterType) ? 'a clusterType' : it.type ?? 'STATIC'}",
  },
  ...given(IS_LOGICAL, [
    {
      when: "!has(it.loadAssignment)",
      at: "loadAssignment",
      says: "a LOGICAL_DNS cluster needs one endpoint, not 0",
      hint: "STRICT_DNS takes several",
    },
    {
      when: `has(it.loadAssignment) && (size(it.loadAssignment.endpoints) !== 1 || ${ENDPOINT_COUNT} !== 1)`,
      at: "loadAssignment.endpoints",
      says: `a LOGICAL_DNS cluster needs one endpoint, not {${ENDPOINT_COUNT}}`,
      hint: "STRICT_DNS takes several",
    },
  ]),
  {
    when: `${FINDS_BY_ITSELF} && has(it.loadAssignment)`,
    at: "loadAssignment",
    says: `${KIND} takes no endpoints`,
  },
  {
    when: `['STATIC', 'STRICT_DNS'].includes(${TYPE}) && !has(it.loadAssignment)`,
    at: "loadAssignment",
    says: "a {it.type ?? 'STATIC'} cluster without endpoints answers every request with 503",
    rule: "ignored_field",
    warns: true,
  },
  {
    when: "it.clusterType.name === 'envoy.clusters.aggregate' && !has(it.clusterType.typedConfig)",
    at: "clusterType.typedConfig",
    says: "an aggregate needs its clusters",
  },
  {
    when: "has(it.clusterType.typedConfig) && !has(type(it.clusterType.typedConfig))",
    at: "clusterType.typedConfig",
    says: "{json(it.clusterType.name ?? '')} has no typedConfig",
  },
  {
    each: "loadAssignment.endpoints.*.lbEndpoints.*.endpoint.address.socketAddress.resolverName",
    when: `it && (['STRICT_DNS', 'LOGICAL_DNS'].includes(${TYPE}) || ${CLUSTER_TYPE} === '${DNS}')`,
    says: `${KIND} resolves by itself`,
  },
];

/** Servers of DNS, in the older place; they are not read where no DNS is asked. */
const resolvers = given(
  "['STRICT_DNS', 'LOGICAL_DNS'].includes(message.type) && !has(message.clusterType)",
  literalAddresses(["dnsResolvers.*.socketAddress"]),
);

/** A STATIC cluster resolves nothing. */
const staticAddresses = given("!has(message.clusterType) && (message.type ?? 'STATIC') === 'STATIC'", [
  ...literalAddresses(
    ["loadAssignment.endpoints.*.lbEndpoints.*.endpoint.address.socketAddress"],
    "a STATIC cluster resolves nothing: use STRICT_DNS",
  ),
  ...literalAddresses([
    "loadAssignment.endpoints.*.lbEndpoints.*.endpoint.additionalAddresses.*.address.socketAddress",
  ]),
]);

const balancing: readonly RuleSource[] = [
  {
    when: `${BALANCES_ITSELF} && it.lbPolicy !== 'CLUSTER_PROVIDED' && (!has(it.loadBalancingPolicy) || ${FINDS_BY_ITSELF})`,
    at: "lbPolicy",
    says: `${KIND} balances by itself`,
    hint: "set lbPolicy to CLUSTER_PROVIDED",
  },
  {
    when: `it.lbPolicy === 'CLUSTER_PROVIDED' && !has(it.loadBalancingPolicy) && ${PROVIDES_NOTHING}`,
    at: "lbPolicy",
    says: `${KIND} provides no balancing`,
  },
  {
    when: `has(it.httpProtocolOptions) && has(it.http2ProtocolOptions)
      && (it.protocolSelection ?? 'USE_CONFIGURED_PROTOCOL') === 'USE_CONFIGURED_PROTOCOL'`,
    at: "httpProtocolOptions",
    says: "excluded by http2ProtocolOptions",
    hint: "a cluster speaks both where protocolSelection is USE_DOWNSTREAM_PROTOCOL",
  },
  {
    when: "it.lbPolicy === 'LOAD_BALANCING_POLICY_CONFIG' && !has(it.loadBalancingPolicy)",
    at: "loadBalancingPolicy",
    says: "LOAD_BALANCING_POLICY_CONFIG needs this",
  },
  ...inEach(
    ["loadBalancingPolicy.policies.*"],
    given("index === 0", [
      {
        when: `${BALANCES_ITSELF} && ${POLICY_TYPE}.startsWith('${POLICIES}.') && ${POLICY_TYPE} !== '${CLUSTER_PROVIDED}'`,
        at: "typedExtensionConfig.typedConfig.@type",
        says: `${KIND} balances by itself`,
        hint: "set ClusterProvided",
      },
      {
        when: `${PROVIDES_NOTHING} && ${POLICY_TYPE} === '${CLUSTER_PROVIDED}'`,
        at: "typedExtensionConfig.typedConfig.@type",
        says: `${KIND} provides no balancing`,
      },
    ]),
  ),
  ...["zoneAwareLbConfig", "localityWeightedLbConfig", "consistentHashingLbConfig"].map((field) => ({
    when: `has(it.loadBalancingPolicy) && has(it.commonLbConfig.${field})`,
    at: `commonLbConfig.${field}`,
    says: "excluded by loadBalancingPolicy, which has its own",
  })),
];

const ringSizes: readonly RuleSource[] = [
  {
    when: "number(it.minimumRingSize ?? '1024') > number(it.maximumRingSize ?? '8388608')",
    at: "minimumRingSize",
    says: "minimumRingSize {it.minimumRingSize ?? '1024'} is over maximumRingSize {it.maximumRingSize ?? '8388608'}",
  },
];

const tableSize: readonly RuleSource[] = [
  { each: "tableSize", when: "!isPrime(number(it))", says: "{it} is no prime" },
];

export const clusterRules: RuleSources = {
  [CLUSTER]: [
    ...discovery,
    ...staticAddresses,
    ...resolvers,
    ...balancing,
    ...inEach(["ringHashLbConfig"], ringSizes),
    ...inEach(["maglevLbConfig"], tableSize),
    ...inEach(["lbSubsetConfig.subsetSelectors.*"], subsets),
    {
      each: "healthChecks.*",
      when: "size(list) > 1 && !it.name",
      at: "name",
      says: "one of several health checks needs a name",
    },
    {
      each: "healthChecks.*",
      sameKey: "it.name ?? ''",
      when: "it.name",
      at: "name",
      says: "a second health check {json(it.name)}",
    },
  ],
  "envoy.config.cluster.v3.CircuitBreakers": [
    {
      each: "thresholds.*",
      sameKey: "it.priority ?? 'DEFAULT'",
      says: "a second threshold for {it.priority ?? 'DEFAULT'}: Envoy uses the first",
      rule: "duplicate_priority",
    },
  ],
  "envoy.config.cluster.v3.OutlierDetection": [
    {
      when: "seconds(it.maxEjectionTime) < seconds(it.baseEjectionTime ?? '30s')",
      at: "maxEjectionTime",
      says: "{it.maxEjectionTime} is less than baseEjectionTime {it.baseEjectionTime ?? '30s'}",
    },
  ],
  "envoy.config.cluster.v3.LoadBalancingPolicy": [
    {
      when: `!it.policies.some(policy =>
        /^(envoy\\.extensions\\.load_balancing_policies\\.(?!common\\.)|(?!envoy\\.|google\\.))/.test(type(policy.typedExtensionConfig.typedConfig)))`,
      at: "policies",
      says: "a load balancing policy needs one policy that Envoy knows",
    },
  ],
  [`${POLICIES}.ring_hash.v3.RingHash`]: ringSizes,
  [`${POLICIES}.subset.v3.Subset`]: inEach(["subsetSelectors.*"], subsets),
  [`${POLICIES}.wrr_locality.v3.WrrLocality`]: [
    {
      each: "endpointPickingPolicy.policies.*",
      when: `index === 0 && has(type(it.typedExtensionConfig.typedConfig))
        && !type(it.typedExtensionConfig.typedConfig).endsWith('.ClientSideWeightedRoundRobin')`,
      at: "typedExtensionConfig.typedConfig.@type",
      says: "Envoy takes only ClientSideWeightedRoundRobin below a locality",
    },
  ],
  [`${POLICIES}.maglev.v3.Maglev`]: tableSize,
  [`${POLICIES}.override_host.v3.OverrideHost.OverrideHostSource`]: [
    {
      when: "(it.header ? true : false) === has(it.metadata)",
      at: "header",
      says: "a source needs a header or metadata, not both",
    },
  ],
  "envoy.config.endpoint.v3.ClusterLoadAssignment": [
    {
      each: "endpoints.*",
      sameKey: "json([it.priority ?? 0, it.locality.region, it.locality.zone, it.locality.subZone])",
      at: "locality",
      says: "a second group of this locality and priority",
      rule: "duplicate_name",
      warns: true,
    },
  ],
  "envoy.config.endpoint.v3.LocalityLbEndpoints": [
    {
      when: `has(it.ledsClusterLocalityConfig) && has(within('${CLUSTER}')) && ${IS_STATIC}`,
      at: "ledsClusterLocalityConfig",
      says: "a STATIC cluster takes none",
    },
  ],
  /** Of clusters that ask no DNS it is not read. */
  "envoy.config.core.v3.DnsResolutionConfig": given(
    `!isWithin('${CLUSTER}') || under('clusterType') || ${ASKS_DNS}`,
    literalAddresses(["resolvers.*.socketAddress"]),
  ),
  "envoy.config.endpoint.v3.Endpoint": [
    {
      when: `it.address.socketAddress.networkNamespaceFilepath && !(${ASKS_DNS})`,
      at: "address.socketAddress.networkNamespaceFilepath",
      says: "an endpoint is reached from Envoy's own network namespace",
    },
    {
      each: "additionalAddresses.*",
      when: `!has(it.address) && ${READS_ADDRESSES}`,
      at: "address",
      says: "is required",
    },
  ],
  "envoy.config.endpoint.v3.LbEndpoint": [
    ...[
      {
        when: `has(it.endpointName) && has(${AROUND})`,
        at: "endpointName",
        says: "Envoy knows no endpoints by their names",
      },
      { when: "!has(it.endpointName) && !has(it.endpoint)", at: "endpoint", says: "an endpoint needs an address" },
      {
        when: "has(it.endpoint) && !has(it.endpoint.address)",
        at: "endpoint.address",
        says: "an endpoint needs an address",
      },
    ].flatMap(({ when, at, says }) => [
      { when: `${when} && ${READS_ADDRESSES}`, at, says },
      {
        when: `${when} && ${ASKS_DNS}`,
        at,
        says: "an endpoint without an address is none",
        rule: "ignored_field" as const,
        warns: true as const,
      },
    ]),
  ],
};
