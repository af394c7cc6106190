// Of the way to the endpoints: protocols, their settings, filters towards a cluster, source addresses, health checks.
import { literalAddresses } from "./addresses.js";
import { CLUSTER, HTTP_FILTERS } from "./names.js";
import { given, inEach, type RuleSource, type RuleSources } from "./rule-source.js";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
/** Envoy goes by this name of the socket, not by its type. */
const QUIC = "envoy.transport_sockets.quic";
const PLAIN = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";
const IS_CODEC = `type(it.typedConfig) === '${HTTP_FILTERS}.upstream_codec.v3.UpstreamCodec'`;
const IS_LAST = "index === size(list) - 1";
/** Whether endpoints may be spoken to without ALPN. */
const IS_PLAIN = `(!has(message.transportSocket) || type(message.transportSocket.typedConfig) === '${PLAIN}'
  || message.transportSocketMatches.some(match => type(match.transportSocket.typedConfig) === '${PLAIN}'))`;
const AUTO = `unpack(it, '${OPTIONS}').autoConfig`;

/** Filters towards a cluster end in the codec, of which there is one. */
const filters: readonly RuleSource[] = [
  { when: "!has(type(it.typedConfig)) && !has(it.configDiscovery)", says: "has no typedConfig" },
  ...given("has(type(it.typedConfig)) && !has(it.configDiscovery)", [
    {
      when: `${IS_LAST} && !(${IS_CODEC})`,
      says: "the last filter towards a cluster must be the UpstreamCodec",
      rule: "router_not_last",
    },
    { when: `!(${IS_LAST}) && ${IS_CODEC}`, says: "must be the last filter", rule: "router_not_last" },
  ]),
];

/** One source address, and at most one of the other family. */
function furtherSources(field: string, address: string): readonly RuleSource[] {
  return [
    { when: `it.${field} && !has(it.sourceAddress)`, at: field, says: "needs a sourceAddress" },
    {
      when: `has(it.sourceAddress) && size(it.${field}) > 1 && !(it.extraSourceAddresses && it.additionalSourceAddresses)`,
      at: field,
      says: `at most one, not {size(it.${field})}`,
    },
    {
      each: `${field}.*`,
      when: `has(message.sourceAddress) && size(list) === 1
        && !(message.extraSourceAddresses && message.additionalSourceAddresses)
        && (${address}.includes(':') === message.sourceAddress.address.includes(':'))`,
      says: "must be of the other IP version than sourceAddress",
    },
  ];
}

export const upstreamRules: RuleSources = {
  [CLUSTER]: [
    {
      each: "typedExtensionProtocolOptions.*",
      when: `index !== '${OPTIONS}' && type(it) === '${OPTIONS}'`,
      says: `the key must be ${OPTIONS}`,
    },
    {
      each: "typedExtensionProtocolOptions.*",
      when: `type(it) !== '${OPTIONS}' && (!has(type(it)) || type(it).startsWith('envoy.'))
        && (index === '${OPTIONS}' || !index.startsWith('envoy.'))`,
      says: "{type(it) ?? 'what has no type'} does not belong to {index}",
    },
    {
      each: "healthChecks.*.httpHealthCheck",
      when: `it.useAlpnProtocol && ${IS_PLAIN}`,
      at: "useAlpnProtocol",
      says: "needs a TLS transportSocket, for every endpoint",
    },
    ...inEach(
      ["typedExtensionProtocolOptions.*"],
      given(`index === '${OPTIONS}'`, [
        ...["explicitHttpConfig", "useDownstreamProtocolConfig", "autoConfig"].map((field) => ({
          when: `has(unpack(it, '${OPTIONS}').${field}.http3ProtocolOptions) && message.transportSocket.name !== '${QUIC}'`,
          at: `${field}.http3ProtocolOptions`,
          says: `HTTP/3 needs a QUIC transportSocket, named ${QUIC}`,
        })),
        {
          when: `has(${AUTO}) && ${IS_PLAIN}`,
          at: "autoConfig",
          says: "autoConfig asks by ALPN, so each transportSocket of the cluster must be of TLS",
        },
        {
          when: `has(${AUTO}.http3ProtocolOptions) && !has(${AUTO}.alternateProtocolsCacheOptions)`,
          at: "autoConfig.http3ProtocolOptions",
          says: "needs alternateProtocolsCacheOptions beside it",
        },
      ]),
    ),
  ],
  [OPTIONS]: inEach(["httpFilters.*"], filters),
  [`${HTTP_FILTERS}.router.v3.Router`]: inEach(["upstreamHttpFilters.*"], filters),
  "envoy.config.core.v3.Http2ProtocolOptions": inEach(
    ["customSettingsParameters.*"],
    [
      ...Object.entries({ 1: "hpackTableSize", 3: "maxConcurrentStreams", 4: "initialStreamWindowSize" }).map(
        ([identifier, field]) => ({
          when: `it.identifier === ${identifier} && has(message.${field})`,
          says: `${field} sets this as well`,
        }),
      ),
      { when: "it.identifier === 8", says: "only allowConnect sets this" },
      { when: "it.identifier === 2 && it.value === 1", says: "Envoy does not take pushes" },
      {
        sameKey: "it.identifier ?? 0",
        when: "(it.value ?? 0) !== (first.it.value ?? 0)",
        says: "is set to something else before",
      },
    ],
  ),
  "envoy.config.core.v3.BindConfig": [
    ...literalAddresses(["sourceAddress"]),
    ...furtherSources("extraSourceAddresses", "it.address.address"),
    ...furtherSources("additionalSourceAddresses", "it.address"),
    {
      when: "has(it.sourceAddress) && it.extraSourceAddresses && it.additionalSourceAddresses",
      at: "additionalSourceAddresses",
      says: "excluded by extraSourceAddresses",
    },
  ],
  "envoy.config.core.v3.HealthCheck.HttpHealthCheck": [
    {
      when: "it.codecClientType === 'HTTP3'",
      at: "codecClientType",
      says: "Envoy 1.40 ends where a check is over HTTP/3",
    },
    {
      each: "requestHeadersToRemove.*",
      when: "!isModifiable(it)",
      says: "{json(it)} must not be removed",
    },
    ...inEach(
      ["expectedStatuses.*", "retriableStatuses.*"],
      [
        {
          when: `number(it.start ?? '0') < 100 || number(it.end ?? '0') > 600
            || number(it.start ?? '0') >= number(it.end ?? '0')`,
          says: "from {it.start ?? '0'} to {it.end ?? '0'}",
          hint: "start from 100, end after it and at most 600, which is not in it",
        },
      ],
    ),
    {
      when: "has(it.send) && !/^(POST|PUT|PATCH|OPTIONS|METHOD_UNSPECIFIED)$/.test(it.method ?? 'GET')",
      at: "send",
      says: "a {it.method ?? 'GET'} has no body",
      hint: "set the method POST, PUT, PATCH or OPTIONS",
    },
  ],
  "envoy.config.core.v3.HealthCheck.Payload": [
    {
      when: "has(it.text) && !/^([0-9A-Fa-f]{2})+$/.test(it.text)",
      at: "text",
      says: "{json(it.text)} is not hexadecimal",
    },
  ],
};
