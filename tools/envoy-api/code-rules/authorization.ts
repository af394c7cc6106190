// Of filters that let requests pass or not: JWT, OAuth2, ext_authz, ext_proc and RBAC.
import { HTTP_FILTERS, NETWORK_FILTERS } from "./names.js";
import { given, type RuleSources } from "./rule-source.js";

const JWT = `${HTTP_FILTERS}.jwt_authn.v3`;
const NETWORK_RBAC = `${NETWORK_FILTERS}.rbac.v3.RBAC`;
const AROUND = `within('${JWT}.JwtAuthentication')`;
const UNKNOWN_PROVIDER = {
  at: "providerName",
  says: "providers has no {json(it.providerName ?? '')}",
} as const;
const IS_UNKNOWN = `has(${AROUND}) && !hasKey(${AROUND}.providers, it.providerName ?? '')`;
/** A URL as Envoy reads it: with a scheme, a host of letters, digits, dots and dashes, and no space. */
const IS_URL = "/^[a-z]+:\\/\\/([^/?#\\s]*@)?([0-9a-z.-]+|\\[[0-9a-f:.]+\\])(:\\d{1,5})?([/?#][!-~]*)?$/i";
const ANOTHER_MATCHER = {
  when: "has(it.rules) && has(it.matcher)",
  at: "rules",
  says: "Envoy ignores rules where there is a matcher",
  rule: "ignored_field",
  warns: true,
} as const;
/** Connections have no headers. */
const WITHOUT_HEADER = {
  when: `has(it.header) && has(within('${NETWORK_RBAC}'))`,
  at: "header",
  says: "a connection has no headers",
} as const;

export const authorizationRules: RuleSources = {
  [`${JWT}.JwtAuthentication`]: [
    {
      each: "rules.*",
      when: "has(it.requirementName) && !hasKey(message.requirementMap, it.requirementName)",
      at: "requirementName",
      says: "requirementMap has no {json(it.requirementName)}",
    },
    {
      each: "providers.*.localJwks.inlineString",
      when: "!isKeySet(it)",
      says: 'no JSON Web Key Set: expected an object whose "keys" is a list with a key',
    },
  ],
  [`${JWT}.JwtRequirement`]: [{ ...UNKNOWN_PROVIDER, when: `has(it.providerName) && ${IS_UNKNOWN}` }],
  [`${JWT}.ProviderWithAudiences`]: [{ ...UNKNOWN_PROVIDER, when: IS_UNKNOWN }],
  [`${JWT}.JwtProvider`]: [
    {
      each: "claimToHeaders.*",
      when: "(it.claimName ? true : false) === (it.claimPath ? true : false)",
      at: "claimName",
      says: "a header takes its value from a claimName or a claimPath",
    },
    {
      each: "remoteJwks.httpUri.uri",
      when: `!${IS_URL}.test(it)`,
      says: "{json(it)} is no URL with a host",
    },
  ],
  [`${HTTP_FILTERS}.oauth2.v3.OAuth2Config`]: [
    {
      when: "has(it.credentials) && !has(it.credentials.tokenSecret) && it.authType !== 'TLS_CLIENT_AUTH'",
      at: "credentials.tokenSecret",
      says: "is required unless authType is TLS_CLIENT_AUTH",
    },
    {
      when: `it.authorizationEndpoint && !${IS_URL}.test(it.authorizationEndpoint)`,
      at: "authorizationEndpoint",
      says: "{json(it.authorizationEndpoint)} is no URL with a host",
    },
    {
      when: "it.endSessionEndpoint && !it.authScopes.includes('openid')",
      at: "endSessionEndpoint",
      says: "goes with OpenID Connect only",
      hint: "add openid to authScopes",
    },
    {
      when: "it.forwardBearerToken && it.preserveAuthorizationHeader",
      at: "preserveAuthorizationHeader",
      says: "excluded by forwardBearerToken: both want the header authorization",
    },
    {
      when: `(it.forwardBearerToken || it.preserveAuthorizationHeader)
        && it.forwardIdToken.header.toLowerCase() === 'authorization'`,
      at: "forwardIdToken.header",
      says: "authorization has another use already",
    },
    {
      each: "passThroughMatcher.*",
      when: "has(it.name) && it.name.toLowerCase() === message.forwardIdToken.header.toLowerCase()",
      at: "name",
      says: "{json(it.name)} is where the token is forwarded",
    },
  ],
  [`${HTTP_FILTERS}.ext_authz.v3.HttpService`]: [
    {
      when: "it.pathPrefix && it.pathOverride",
      at: "pathOverride",
      says: "pathPrefix and pathOverride exclude each other",
    },
    { when: "it.pathPrefix && !it.pathPrefix.startsWith('/')", at: "pathPrefix", says: "must start with /" },
    { when: "it.pathOverride && !it.pathOverride.startsWith('/')", at: "pathOverride", says: "must start with /" },
  ],
  [`${HTTP_FILTERS}.ext_proc.v3.ExternalProcessor`]: [
    {
      when: "it.disableClearRouteCache && (it.routeCacheAction ?? 'DEFAULT') !== 'DEFAULT'",
      at: "disableClearRouteCache",
      says: "excluded by routeCacheAction",
    },
    {
      when: "!has(it.grpcService) && !has(it.httpService)",
      at: "grpcService",
      says: "a processor has a grpcService or an httpService",
    },
    {
      when: "has(it.grpcService) && has(it.httpService)",
      at: "httpService",
      says: "a processor has a grpcService or an httpService",
    },
    ...(["request", "response"] as const).flatMap((side) => [
      ...given("has(it.httpService)", [
        {
          when: `(it.processingMode.${side}BodyMode ?? 'NONE') !== 'NONE'`,
          at: `processingMode.${side}BodyMode`,
          says: "over HTTP a processor sees headers only",
        },
        {
          when: `it.processingMode.${side}TrailerMode === 'SEND'`,
          at: `processingMode.${side}TrailerMode`,
          says: "over HTTP a processor sees headers only",
        },
      ]),
      {
        when: `!has(it.httpService) && it.processingMode.${side}BodyMode === 'FULL_DUPLEX_STREAMED' && it.processingMode.${side}TrailerMode !== 'SEND'`,
        at: `processingMode.${side}TrailerMode`,
        says: "must be SEND where the body is FULL_DUPLEX_STREAMED",
      },
    ]),
  ],
  [`${HTTP_FILTERS}.rbac.v3.RBAC`]: [ANOTHER_MATCHER],
  [NETWORK_RBAC]: [ANOTHER_MATCHER],
  "envoy.config.rbac.v3.Permission": [
    WITHOUT_HEADER,
    {
      each: "destinationPortRange",
      when: "(it.start ?? 0) < 0 || (it.end ?? 0) > 65536 || (it.start ?? 0) >= (it.end ?? 0)",
      says: "from {it.start ?? 0} to {it.end ?? 0}",
      hint: "end is at most 65536 and is not in the range",
    },
  ],
  "envoy.config.rbac.v3.Policy": [
    { each: "condition", when: "size(it) === 0", says: "an expression must not be empty" },
  ],
  "envoy.config.rbac.v3.Principal": [WITHOUT_HEADER],
};
