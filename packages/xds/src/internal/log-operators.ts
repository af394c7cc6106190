// The operators of Envoy's access-log formats and what each takes, found by asking Envoy 1.40 about every name in its
// documentation and its binary.
import { nearestWord } from "./nearest-word.js";

const PLAIN = new Set(
  `
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
    DOWNSTREAM_WIRE_BYTES_SENT DURATION FILTER_CHAIN_NAME GRPC_STATUS_NUMBER HOSTNAME LISTENER_NAME
    LOCAL_REPLY_BODY PROTOCOL REQUEST_DURATION REQUEST_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_CODE
    RESPONSE_DURATION RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES
    RESPONSE_TX_DURATION ROUNDTRIP_DURATION ROUTE_NAME ROUTE_RESOLUTION_COUNT ROUTE_RESOLUTION_TIME_US SPAN_ID
    STREAM_ID TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW
    UPSTREAM_CONNECTION_ID UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION
    UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT
    UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HOST
    UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME
    UPSTREAM_HOST_NAMES_ATTEMPTED UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME_WITHOUT_PORT
    UPSTREAM_LOCAL_ADDRESS UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN
    UPSTREAM_LOCAL_PORT UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN
    UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS
    UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_SERVER_NAME
    UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION
    UPSTREAM_TRANSPORT_FAILURE_REASON UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME
  `
    .trim()
    .split(/\s+/),
);
/** What stands behind an operator's name. */
export interface OperatorUse {
  /** Text between the brackets; empty brackets count as none. */
  readonly parameter: string | undefined;
  readonly hasLength: boolean;
}

interface OperatorSyntax {
  readonly parameter: "none" | "optional" | "required";
  readonly length: boolean;
  /** What is wrong with the parameter. */
  readonly fault?: (parameter: string) => string | undefined;
}

const HEADER: OperatorSyntax = { parameter: "required", length: true, fault: headerFault };
const TIME: OperatorSyntax = { parameter: "optional", length: false, fault: timeFault };
const TEXT: OperatorSyntax = { parameter: "required", length: true };
const MASKED: OperatorSyntax = { parameter: "optional", length: false };

const SYNTAX: Readonly<Record<string, OperatorSyntax>> = {
  REQ: HEADER,
  RESP: HEADER,
  TRAILER: HEADER,
  REQUEST_HEADER: HEADER,
  RESPONSE_HEADER: HEADER,
  RESPONSE_TRAILER: HEADER,
  STREAM_INFO_REQ: HEADER,
  START_TIME: TIME,
  START_TIME_LOCAL: TIME,
  EMIT_TIME: TIME,
  EMIT_TIME_LOCAL: TIME,
  DOWNSTREAM_PEER_CERT_V_START: TIME,
  DOWNSTREAM_PEER_CERT_V_END: TIME,
  UPSTREAM_PEER_CERT_V_START: TIME,
  UPSTREAM_PEER_CERT_V_END: TIME,
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT: MASKED,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: MASKED,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: MASKED,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: MASKED,
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: MASKED,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: MASKED,
  RESPONSE_CODE_DETAILS: MASKED,
  DYNAMIC_METADATA: TEXT,
  ENVIRONMENT: TEXT,
  QUERY_PARAM: TEXT,
  CEL: TEXT,
  TYPED_CEL: TEXT,
  CLUSTER_METADATA: { parameter: "required", length: false },
  UPSTREAM_METADATA: { parameter: "required", length: false },
  METADATA: { parameter: "required", length: true, fault: metadataFault },
  FILTER_STATE: { parameter: "required", length: true, fault: filterStateFault },
  UPSTREAM_FILTER_STATE: { parameter: "required", length: true, fault: filterStateFault },
  COMMON_DURATION: { parameter: "required", length: false, fault: durationFault },
  COALESCE: { parameter: "required", length: true, fault: coalesceFault },
  GRPC_STATUS: {
    parameter: "optional",
    length: false,
    fault: (text) => choiceFault([["CAMEL_STRING", "SNAKE_STRING", "NUMBER"]], text),
  },
  PATH: {
    parameter: "optional",
    length: true,
    fault: (text) =>
      choiceFault(
        [
          ["WQ", "NQ"],
          ["ORIG", "PATH", "ORIG_OR_PATH"],
        ],
        text,
      ),
  },
  QUERY_PARAMS: {
    parameter: "optional",
    length: true,
    fault: (text) => choiceFault([["ORIG", "DECODED"]], text),
  },
  REQUESTED_SERVER_NAME: {
    parameter: "optional",
    length: false,
    fault: (text) =>
      choiceFault(
        [
          ["SNI_ONLY", "SNI_FIRST", "HOST_FIRST"],
          ["ORIG_OR_HOST", "HOST", "ORIG"],
        ],
        text,
      ),
  },
};
const NO_PARAMETER: OperatorSyntax = { parameter: "none", length: false };

/** What is wrong with an operator; `undefined` where Envoy takes it. */
export function operatorFault(name: string, { parameter, hasLength }: OperatorUse): string | undefined {
  const syntax = Object.hasOwn(SYNTAX, name) ? SYNTAX[name] : PLAIN.has(name) ? NO_PARAMETER : undefined;
  if (syntax === undefined) return `unknown operator ${name}`;
  if (parameter === undefined && syntax.parameter === "required") return `${name} needs a parameter: %${name}(…)%`;
  if (parameter !== undefined && syntax.parameter === "none") return `${name} takes no parameter`;
  if (hasLength && !syntax.length) return `${name} takes no length`;
  return parameter === undefined ? undefined : syntax.fault?.(parameter);
}

/** The operator's name that is nearest to an unknown one, by letters changed; for hints. */
export function nearestOperator(name: string): string | undefined {
  return nearestWord(name, [...Object.keys(SYNTAX), ...PLAIN]);
}

function headerFault(parameter: string): string | undefined {
  const names = parameter.split("?");
  if (names.length > 2) return "at most one alternative header";
  const wrong = names.find((name) => name !== "" && !/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is no header name`;
}

function timeFault(parameter: string): string | undefined {
  return /%[-_0^#]*[1-9]*[EO]?n/.test(parameter) ? "a time format must not break the line (%n)" : undefined;
}

const METADATA_KINDS = [
  "DYNAMIC",
  "CLUSTER",
  "ROUTE",
  "UPSTREAM_HOST",
  "LISTENER",
  "LISTENER_FILTER_CHAIN",
  "VIRTUAL_HOST",
];

function metadataFault(parameter: string): string | undefined {
  return choiceFault([METADATA_KINDS], parameter.split(":")[0] ?? "");
}

function filterStateFault(parameter: string): string | undefined {
  const [, kind, field, ...rest] = parameter.split(":");
  if (kind === undefined) return undefined;
  if (kind === "FIELD") return field === undefined ? "FIELD needs the name of a field" : undefined;
  return field === undefined && rest.length === 0
    ? choiceFault([["PLAIN", "TYPED", "FIELD"]], kind)
    : "only FIELD takes a name";
}

function durationFault(parameter: string): string | undefined {
  const parts = parameter.split(":");
  if (parts.length !== 2 && parts.length !== 3) return "expected FROM:TO or FROM:TO:PRECISION";
  return parts[2] === undefined ? undefined : choiceFault([["ms", "us", "ns"]], parts[2]);
}

function coalesceFault(parameter: string): string | undefined {
  const { operators } = parsedObject(parameter) ?? {};
  if (!Array.isArray(operators) || operators.length === 0) return 'expected {"operators":[…]} with an operator';
  for (const operator of operators) {
    const { command, param }: { command?: unknown; param?: unknown } =
      typeof operator === "string" ? { command: operator } : Object(operator);
    if (typeof command !== "string") return "an operator is a name or an object with a command";
    const inner = typeof param === "string" && param !== "" ? param : undefined;
    const fault = operatorFault(command, { parameter: inner, hasLength: false });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function parsedObject(text: string): { readonly operators?: unknown } | undefined {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether each part between colons is one of its words. */
function choiceFault(choices: readonly (readonly string[])[], text: string): string | undefined {
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const words = choices[index];
    if (words === undefined) return `expected at most ${choices.length} parts`;
    if (!words.includes(part)) return `expected ${words.join(", ")}, not ${JSON.stringify(part)}`;
  }
  return undefined;
}
