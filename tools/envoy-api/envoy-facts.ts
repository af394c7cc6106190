// What Envoy's code knows and its descriptors do not say, found by asking Envoy 1.40 and in its sources. It is data, so
// it is generated into a module of its own, which is loaded apart from the code that reads it.
import type { EnvoyFacts, OperatorSyntax } from "../../packages/envoy-api/src/facts.js";
import type { ApiModel } from "./api-model.js";
import { authorizationRules } from "./code-rules/authorization.js";
import { clusterRules } from "./code-rules/clusters.js";
import { compileReferences, compileRules } from "./code-rules/code-rules.js";
import { connectionRules } from "./code-rules/connections.js";
import { durationRules } from "./code-rules/durations.js";
import { extensionRules } from "./code-rules/extensions.js";
import { formatRules } from "./code-rules/formats.js";
import { grpcRules } from "./code-rules/grpc.js";
import { httpFilterRules } from "./code-rules/http-filters.js";
import { limitRules } from "./code-rules/limits.js";
import { clusterReferences, references } from "./code-rules/references.js";
import { routeRules } from "./code-rules/routes.js";
import { envoySourceRules, sourceRules } from "./code-rules/sources.js";
import { tlsRules } from "./code-rules/tls.js";
import { upstreamRules } from "./code-rules/upstreams.js";

/** Operators without a parameter. Each name in Envoy's documentation and binary was asked about. */
const plainOperators = `
  ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT CONNECTION_ID CONNECTION_TERMINATION_DETAILS
  CUSTOM_FLAGS DOWNSTREAM_CX_RTT DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
  DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT DOWNSTREAM_DETECTED_CLOSE_TYPE DOWNSTREAM_DIRECT_LOCAL_ADDRESS
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS
  DOWNSTREAM_DIRECT_REMOTE_PORT DOWNSTREAM_HANDSHAKE_DURATION DOWNSTREAM_HEADER_BYTES_RECEIVED
  DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID
  DOWNSTREAM_LOCAL_CLOSE_REASON DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_EMAIL_SAN DOWNSTREAM_LOCAL_IP_SAN
  DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_PORT DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN
  DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256
  DOWNSTREAM_PEER_CHAIN_SERIALS DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1
  DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_PEER_ISSUER
  DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256 DOWNSTREAM_PEER_ISSUER_SERIAL DOWNSTREAM_PEER_OTHERNAME_SAN
  DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_REMOTE_ADDRESS
  DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP DOWNSTREAM_TLS_SESSION_ID
  DOWNSTREAM_TLS_VERSION DOWNSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_WIRE_BYTES_RECEIVED
  DOWNSTREAM_WIRE_BYTES_SENT DURATION FILTER_CHAIN_NAME GRPC_STATUS_NUMBER HOSTNAME LISTENER_NAME LOCAL_REPLY_BODY
  PROTOCOL REQUEST_DURATION REQUEST_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_CODE RESPONSE_DURATION
  RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES RESPONSE_TX_DURATION
  ROUNDTRIP_DURATION ROUTE_NAME ROUTE_RESOLUTION_COUNT ROUTE_RESOLUTION_TIME_US SPAN_ID STREAM_ID
  TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW
  UPSTREAM_CONNECTION_ID UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_DETECTED_CLOSE_TYPE
  UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HOST UPSTREAM_HOSTS_ATTEMPTED
  UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME UPSTREAM_HOST_NAMES_ATTEMPTED
  UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS
  UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_PORT
  UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER
  UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS
  UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_SERVER_NAME
  UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION
  UPSTREAM_TRANSPORT_FAILURE_REASON UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME
`
  .trim()
  .split(/\s+/);

const headerName = "(:?[!#$%&'*+.^_`|~0-9A-Za-z-]+)?";
const header: OperatorSyntax = {
  parameter: "required",
  length: true,
  pattern: `^${headerName}(\\?${headerName})?$`,
  expected: "the name of a header, or two with a ? between them",
};
const time: OperatorSyntax = {
  parameter: "optional",
  pattern: "^(?![^]*%[-_0^#]*[1-9]*[EO]?n)",
  expected: "a time format that does not break the line (%n)",
};
const text: OperatorSyntax = { parameter: "required", length: true };
const masked: OperatorSyntax = { parameter: "optional" };
const state: OperatorSyntax = {
  parameter: "required",
  length: true,
  pattern: "^[^:]*(:(PLAIN|TYPED|FIELD:[^]*))?$",
  expected: "KEY, KEY:PLAIN, KEY:TYPED or KEY:FIELD:NAME",
};
const metadataKinds = "DYNAMIC|CLUSTER|ROUTE|UPSTREAM_HOST|LISTENER|LISTENER_FILTER_CHAIN|VIRTUAL_HOST";

/** A parameter of words, of which the second may be left out. */
function words(first: string, second?: string): Pick<OperatorSyntax, "pattern" | "expected"> {
  const [one, other] = [first, second].map((each) => each?.replaceAll("|", ", "));
  return second === undefined
    ? { pattern: `^(${first})$`, expected: `one of ${one}` }
    : {
        pattern: `^(${first})(:(${second}))?$`,
        expected: `one of ${one}, with or without one of ${other} behind a colon`,
      };
}

const accessLogOperators: EnvoyFacts["accessLogOperators"] = {
  REQ: header,
  RESP: header,
  TRAILER: header,
  REQUEST_HEADER: header,
  RESPONSE_HEADER: header,
  RESPONSE_TRAILER: header,
  STREAM_INFO_REQ: header,
  START_TIME: time,
  START_TIME_LOCAL: time,
  EMIT_TIME: time,
  EMIT_TIME_LOCAL: time,
  DOWNSTREAM_PEER_CERT_V_START: time,
  DOWNSTREAM_PEER_CERT_V_END: time,
  UPSTREAM_PEER_CERT_V_START: time,
  UPSTREAM_PEER_CERT_V_END: time,
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT: masked,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: masked,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: masked,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: masked,
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: masked,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: masked,
  RESPONSE_CODE_DETAILS: masked,
  DYNAMIC_METADATA: text,
  ENVIRONMENT: text,
  QUERY_PARAM: text,
  CEL: text,
  TYPED_CEL: text,
  CLUSTER_METADATA: { parameter: "required" },
  UPSTREAM_METADATA: { parameter: "required" },
  METADATA: {
    parameter: "required",
    length: true,
    pattern: `^(${metadataKinds})(:|$)`,
    expected: `one of ${metadataKinds.replaceAll("|", ", ")} at the beginning`,
  },
  FILTER_STATE: state,
  UPSTREAM_FILTER_STATE: state,
  COMMON_DURATION: {
    parameter: "required",
    pattern: "^[^:]*:[^:]*(:(ms|us|ns))?$",
    expected: "FROM:TO or FROM:TO:PRECISION, which is ms, us or ns",
  },
  COALESCE: { parameter: "required", length: true, operators: true },
  GRPC_STATUS: { parameter: "optional", ...words("CAMEL_STRING|SNAKE_STRING|NUMBER") },
  PATH: { parameter: "optional", length: true, ...words("WQ|NQ", "ORIG|PATH|ORIG_OR_PATH") },
  QUERY_PARAMS: { parameter: "optional", length: true, ...words("ORIG|DECODED") },
  REQUESTED_SERVER_NAME: { parameter: "optional", ...words("SNI_ONLY|SNI_FIRST|HOST_FIRST", "ORIG_OR_HOST|HOST|ORIG") },
  ...Object.fromEntries(plainOperators.map((name) => [name, {}])),
};

/** All facts, rules included. */
export function collectFacts(api: ApiModel): EnvoyFacts {
  return {
    accessLogOperators,
    references: compileReferences([clusterReferences, references], api),
    rules: compileRules(
      [
        connectionRules,
        routeRules,
        clusterRules,
        upstreamRules,
        tlsRules,
        authorizationRules,
        limitRules,
        extensionRules,
        durationRules,
        httpFilterRules,
        formatRules,
        sourceRules,
      ],
      api,
    ),
    envoyRules: compileRules([envoySourceRules], api),
    grpcRules: compileRules([grpcRules], api),
  };
}
