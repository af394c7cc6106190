// Of listeners, filter chains and connection managers.
import { literalAddresses } from "./addresses.js";
import { NO_LOCATOR } from "./locators.js";
import {
  HTTP_CONNECTION_MANAGER,
  HTTP_FILTERS,
  LISTENER,
  NETWORK_FILTERS,
  SCOPE_HEADER,
  SCOPED_RDS,
  SCOPES,
  typeList,
} from "./names.js";
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
  "reverse_tunnel.v3.ReverseTunnel",
  "reverse_tunnel.v3.DrainAwareHttpConnectionManager",
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

/** Settings of logs in the older place. */
function excludedByLogOptions(fields: readonly string[]): readonly RuleSource[] {
  return fields.map((at) => ({
    when: `it.${at} && has(it.accessLogOptions)`,
    at,
    says: "excluded by accessLogOptions, which has its own",
  }));
}

/** What cannot be bound to. */
const reachable: readonly RuleSource[] = [
  {
    when: "has(it.envoyInternalAddress)",
    at: "envoyInternalAddress",
    says: "a listener inside Envoy has internalListener instead of an address",
  },
  {
    each: "socketAddress",
    when: "it.ipv4Compat && it.address !== '::' && !/^::ffff:/i.test(it.address)",
    at: "ipv4Compat",
    says: "goes with the address :: or an IPv4 address in IPv6, not with {json(it.address)}",
  },
];

const IS_UDP = "message.address.socketAddress.protocol === 'UDP'";
const HAS_QUIC = "has(message.udpListenerConfig.quicOptions)";
const OVER_QUIC = `${IS_UDP} && ${HAS_QUIC}`;
const QUIC = "envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport";
const MANAGER = `unpack(it.typedConfig, '${HTTP_CONNECTION_MANAGER}')`;

const chains: readonly RuleSource[] = [
  {
    each: "filters.*",
    when: `!(${IS_UDP}) && !${HAS_QUIC} && ${MANAGER}.codecType === 'HTTP3'`,
    at: "typedConfig.codecType",
    says: "HTTP/3 needs a listener with udpListenerConfig.quicOptions",
  },
  {
    each: "filters.*",
    when: `${HAS_QUIC} && has(${MANAGER}) && (${MANAGER}.codecType ?? 'AUTO') !== 'HTTP3'`,
    at: "typedConfig.codecType",
    says: "must be HTTP3 where the listener has udpListenerConfig.quicOptions",
  },
  {
    each: "filters.*",
    when: `${OVER_QUIC} && ${IS_LAST} && type(it.typedConfig).startsWith('${NETWORK_FILTERS}.') && !has(${MANAGER})`,
    says: "a chain of QUIC ends in an HttpConnectionManager",
  },
  { when: `${OVER_QUIC} && !has(it.transportSocket)`, at: "transportSocket", says: "QUIC needs a transportSocket" },
  {
    when: `${OVER_QUIC} && has(type(it.transportSocket.typedConfig)) && type(it.transportSocket.typedConfig) !== '${QUIC}'`,
    at: "transportSocket.typedConfig.@type",
    says: "QUIC needs a QuicDownstreamTransport",
  },
];

/** Of connections, which go through chains; those over UDP are of QUIC. */
const connected: readonly RuleSource[] = [
  {
    when: `(!(${IS_UDP}) || ${HAS_QUIC}) && !it.filterChains && !has(it.defaultFilterChain)`,
    at: "filterChains",
    says: "a listener needs a filter chain",
  },
  {
    when: `${IS_UDP} && it.filterChains && !${HAS_QUIC}`,
    at: "filterChains",
    says: "chains of a UDP listener need udpListenerConfig.quicOptions",
  },
  ...inEach(["filterChains.*", "defaultFilterChain"], chains),
  {
    each: "filterChains.*.filterChainMatch.serverNames.*",
    when: "!has(message.filterChainMatcher) && /^(\\*\\.[^]*|(?!\\*\\.)[^]*)\\*/.test(it)",
    says: "{json(it)}: a * stands for the first label only, as in *.example.com",
  },
  {
    each: "filterChains.*.filterChainMatch.addressSuffix",
    when: "it",
    says: "Envoy does not implement this",
  },
  { each: "filterChains.*.filterChainMatch.suffixLen", says: "Envoy does not implement this" },
];

const listenerFilters: readonly RuleSource[] = [
  {
    when: "!has(type(it.typedConfig)) && !has(it.configDiscovery)",
    says: `${NAME} has no typedConfig`,
    hint: "an empty one with its @type will do: it says which filter it is",
  },
  {
    when: `!(${IS_UDP}) && type(it.typedConfig).startsWith('envoy.extensions.filters.udp.')`,
    at: "typedConfig.@type",
    says: "needs a UDP listener",
  },
];

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
    ...inEach(["httpFilters.*"], httpFilters),
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
    ...excludedByLogOptions(["accessLogFlushInterval", "flushAccessLogOnNewRequest"]),
  ],
  [`${HTTP_CONNECTION_MANAGER}.UpgradeConfig`]: inEach(["filters.*"], httpFilters),
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
    {
      when: "has(it.internalListener) && has(it.address)",
      at: "address",
      says: "excluded by internalListener",
    },
    {
      when: "has(it.fcdsConfig) && !has(it.filterChainMatcher)",
      at: "fcdsConfig",
      says: "filter chains come by discovery only beside a filterChainMatcher",
    },
    ...given("!has(message.apiListener)", [
      ...given("!has(message.internalListener)", [
        { when: "!has(it.address)", at: "address", says: "a listener needs an address" },
        { each: "additionalAddresses.*", when: "!has(it.address)", at: "address", says: "is required" },
        ...inEach(["address", "additionalAddresses.*.address"], reachable),
        ...literalAddresses(["address.socketAddress", "additionalAddresses.*.address.socketAddress"]),
      ]),
      ...connected,
      ...inEach(["listenerFilters.*"], listenerFilters),
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
  [SCOPE_HEADER]: [
    { when: "!has(it.element) && !has(it.index)", at: "element", says: "needs an element or an index" },
    { when: "it.index && !it.elementSeparator", at: "index", says: "must be 0 without an elementSeparator" },
  ],
  [SCOPES]: [
    {
      each: "scopedRouteConfigurations.*",
      when: "!has(it.routeConfiguration)",
      at: "routeConfiguration",
      says: "a scope that is written into a listener has its routes with it",
    },
  ],
  [SCOPED_RDS]: [{ each: "srdsResourcesLocator", ...NO_LOCATOR }],
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
  [`${NETWORK_FILTERS}.tcp_proxy.v3.TcpProxy`]: [
    {
      when: "(it.upstreamConnectMode ?? 'IMMEDIATE') !== 'IMMEDIATE' && !has(it.maxEarlyDataBytes)",
      at: "maxEarlyDataBytes",
      says: "is required unless upstreamConnectMode is IMMEDIATE",
    },
    ...excludedByLogOptions(["accessLogFlushInterval", "flushAccessLogOnConnected"]),
    {
      each: "proxyProtocolTlvs.*",
      when: "(it.value ? true : false) === has(it.formatString)",
      at: "value",
      says: "a TLV has a value or a formatString",
    },
  ],
  "envoy.config.core.v3.Pipe": [
    { when: "utf8Size(it.path) > 107", at: "path", says: "{utf8Size(it.path)} bytes, at most 107" },
  ],
};
