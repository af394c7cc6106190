// Of listeners, filter chains and connection managers.
import { literalAddresses } from "./addresses.js";
import { HTTP_CONNECTION_MANAGER, HTTP_FILTERS, LISTENER, NETWORK_FILTERS, SCOPE_HEADER, typeList } from "./names.js";
import { given, inEach, type RuleSource, type RuleSources } from "./rule-source.js";

const NAME = "{json(it.name ?? '')}";
const IS_LAST = "index === size(list) - 1";
/** HTTP filters that answer or forward, so that nothing may stand behind them. */
const TERMINAL_HTTP = typeList(HTTP_FILTERS, ["router.v3.Router", "mcp_router.v3.McpRouter"]);
/** Network filters that end a chain, as far as known. */
const TERMINAL = typeList(NETWORK_FILTERS, [
  "http_connection_manager.v3.HttpConnectionManager",
  "tcp_proxy.v3.TcpProxy",
  "redis_proxy.v3.RedisProxy",
  "thrift_proxy.v3.ThriftProxy",
  "dubbo_proxy.v3.DubboProxy",
  "generic_proxy.v3.GenericProxy",
  "echo.v3.Echo",
  "direct_response.v3.Config",
]);
/** Network filters that must not end a chain, as far as known. */
const PASSING = typeList(NETWORK_FILTERS, [
  "rbac.v3.RBAC",
  "ext_authz.v3.ExtAuthz",
  "ratelimit.v3.RateLimit",
  "local_ratelimit.v3.LocalRateLimit",
  "connection_limit.v3.ConnectionLimit",
  "sni_cluster.v3.SniCluster",
]);
const ENDS = `${TERMINAL_HTTP}.includes(type(it.typedConfig))`;

const httpFilters: readonly RuleSource[] = [
  {
    sameKey: "it.name ?? ''",
    at: "name",
    says: `a second filter ${NAME}: routes configure both`,
    rule: "duplicate_name",
    warns: true,
  },
  {
    when: "!has(type(it.typedConfig)) && !has(it.configDiscovery)",
    says: `${NAME} has no typedConfig`,
    hint: "Envoy finds filters by the type of their configuration",
  },
  { when: `${ENDS} && !(${IS_LAST})`, says: `${NAME} must be the last HTTP filter`, rule: "router_not_last" },
  {
    when: `it.disabled && ${IS_LAST} && ${ENDS}`,
    at: "disabled",
    says: `the last filter ${NAME} must not be disabled`,
  },
  {
    when: `${IS_LAST} && type(it.typedConfig).startsWith('${HTTP_FILTERS}.')
      && !list.some(filter => ${TERMINAL_HTTP}.includes(type(filter.typedConfig)))`,
    says: `${NAME} is the last HTTP filter, which must be the router`,
    rule: "router_not_last",
  },
];

/** A protocol is upgraded to at most once, in any case of its letters. */
export const upgradesOnce: RuleSource = {
  each: "upgradeConfigs.*",
  sameKey: "(it.upgradeType ?? '').toLowerCase()",
  at: "upgradeType",
  says: "a second {it.upgradeType ?? ''}",
};

const tcpListener = given("(message.address.socketAddress.protocol ?? 'TCP') !== 'UDP'", [
  {
    each: "filterChains.*.filters.*",
    when: `unpack(it.typedConfig, '${HTTP_CONNECTION_MANAGER}').codecType === 'HTTP3'`,
    at: "typedConfig.codecType",
    says: "HTTP/3 needs a UDP listener",
  },
  {
    when: "!it.filterChains && !has(it.defaultFilterChain)",
    at: "filterChains",
    says: "a listener needs a filter chain",
  },
  {
    each: "listenerFilters.*",
    when: "!has(it.typedConfig) && !has(it.configDiscovery)",
    says: `${NAME} has no typedConfig`,
    hint: "an empty one will do: it says which filter it is",
  },
  ...given("!has(message.filterChainMatcher)", [
    {
      each: "filterChains.*.filterChainMatch.serverNames.*",
      when: "/^(\\*\\..*|(?!\\*\\.).*)\\*/.test(it)",
      says: "{json(it)}: a * stands for the first label only, as in *.example.com",
    },
    ...["addressSuffix", "suffixLen"].map((field) => ({
      each: `filterChains.*.filterChainMatch.${field}`,
      says: "Envoy does not implement this",
    })),
  ]),
]);

export const connectionRules: RuleSources = {
  [HTTP_CONNECTION_MANAGER]: [
    {
      when: "!it.httpFilters",
      at: "httpFilters",
      says: "no HTTP filter, so no request is forwarded",
      hint: "add the router",
      rule: "router_not_last",
      warns: true,
    },
    ...inEach(["httpFilters.*", "upgradeConfigs.*.filters.*"], httpFilters),
    {
      when: "it.originalIpDetectionExtensions && it.useRemoteAddress",
      at: "originalIpDetectionExtensions",
      says: "excluded by useRemoteAddress",
    },
    {
      when: "it.originalIpDetectionExtensions && it.xffNumTrustedHops",
      at: "originalIpDetectionExtensions",
      says: "excluded by xffNumTrustedHops",
    },
    {
      when: "it.stripMatchingHostPort && it.stripAnyHostPort",
      at: "stripAnyHostPort",
      says: "excluded by stripMatchingHostPort",
    },
    upgradesOnce,
  ],
  "envoy.config.listener.v3.FilterChain": inEach(
    ["filters.*"],
    [
      { when: "!has(type(it.typedConfig)) && !has(it.configDiscovery)", says: `${NAME} has no typedConfig` },
      {
        when: `!(${IS_LAST}) && ${TERMINAL}.includes(type(it.typedConfig))`,
        says: `${NAME} must be the last filter of the chain`,
      },
      {
        when: `${IS_LAST} && ${PASSING}.includes(type(it.typedConfig))`,
        says: `${NAME} ends the chain but forwards nothing`,
      },
    ],
  ),
  [LISTENER]: [
    {
      when: "has(it.apiListener) && !type(it.apiListener.apiListener).endsWith('HttpConnectionManager')",
      at: "apiListener.apiListener",
      says: "an API listener holds an HttpConnectionManager",
    },
    ...given("!has(message.apiListener) && !has(message.internalListener)", [
      { when: "!has(it.address)", at: "address", says: "a listener needs an address" },
      ...literalAddresses(["address.socketAddress", "additionalAddresses.*.address.socketAddress"]),
      {
        when: `it.address.socketAddress.protocol === 'UDP' && it.filterChains
          && !has(it.udpListenerConfig.quicOptions)`,
        at: "filterChains",
        says: "chains of a UDP listener need udpListenerConfig.quicOptions",
      },
      ...tcpListener,
    ]),
  ],
  /** Those of XFF are read when a request comes. */
  "envoy.config.core.v3.CidrRange": [
    {
      when: "it.addressPrefix && !isIp(it.addressPrefix) && !under('xffTrustedCidrs')",
      at: "addressPrefix",
      says: "{json(it.addressPrefix)} is no IP address",
    },
  ],
  [SCOPE_HEADER]: [{ when: "!has(it.element) && !has(it.index)", at: "element", says: "needs an element or an index" }],
  "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig": [
    {
      when: "it.xffNumTrustedHops && has(it.xffTrustedCidrs)",
      at: "xffTrustedCidrs",
      says: "excluded by xffNumTrustedHops",
    },
  ],
  [`${NETWORK_FILTERS}.tcp_proxy.v3.TcpProxy.TunnelingConfig`]: [
    { when: "it.postPath && !it.usePost", at: "postPath", says: "goes with usePost only" },
  ],
};
