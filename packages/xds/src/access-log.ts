/**
 * Access logs, and the filters that choose what is logged.
 *
 * @module accessLog
 * @category Builders
 */
import type { AccessLogFilterJson, AccessLogJson } from "@netmason/envoy-api/envoy/config/accesslog/v3";
import type { GrpcServiceJson, SubstitutionFormatStringJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { TypedAny } from "@netmason/envoy-api/type-urls";
import { parseAccessLogFormat } from "./access-log-format.js";
import { pruned } from "./internal/pruned.js";
import type { OneOf } from "./one-of.js";

/** One line a request: text with operators such as `%RESPONSE_CODE%`, or a JSON object whose texts have them. */
export type LogFormat = Partial<
  OneOf<{
    /** A line break is added where the text does not end in one. */
    readonly text: string;
    readonly json: JsonFormat;
  }>
>;

/** The shape of a JSON line. */
export interface JsonFormat {
  readonly [key: string]: string | JsonFormat;
}

/** What every access log takes. */
export type AccessLogInput = LogFormat & { readonly filter?: AccessLogFilterJson };

/**
 * Lines written to a file. Without a format Envoy's default line is written.
 *
 * @throws {@link XdsError} `invalid_format` with the column
 * @category Builders
 */
export function file(input: AccessLogInput & { readonly path: string }): AccessLogJson {
  return accessLogOf("file", input, {
    "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
    path: input.path,
    ...logFormatOf(input),
  });
}

/**
 * Lines written to standard output.
 *
 * @throws {@link XdsError} `invalid_format` with the column
 * @example
 * ```ts
 * import { accessLog } from "@netmason/xds";
 *
 * accessLog.stdout({ text: "%REQ(:METHOD)% %RESPONSE_CODE%" }).name; // => "envoy.access_loggers.stdout"
 * ```
 * @category Builders
 */
export function stdout(input: AccessLogInput = {}): AccessLogJson {
  return accessLogOf("stdout", input, {
    "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
    ...logFormatOf(input),
  });
}

/** What logs sent to a service take. */
export interface LogServiceInput {
  /** From `grpcService`. */
  readonly service: GrpcServiceJson;
  readonly logName: string;
  readonly filter?: AccessLogFilterJson;
}

/**
 * Entries sent to an access log service (ALS).
 *
 * @category Builders
 */
export function grpc(input: LogServiceInput): AccessLogJson {
  return accessLogOf("http_grpc", input, {
    "@type": "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig",
    commonConfig: { logName: input.logName, grpcService: input.service, transportApiVersion: "V3" },
  });
}

/**
 * Entries sent to an OpenTelemetry collector. The body of an entry is `text`.
 *
 * @throws {@link XdsError} `invalid_format` with the column
 * @category Builders
 */
export function openTelemetry(input: LogServiceInput & { readonly text?: string }): AccessLogJson {
  if (input.text !== undefined) parseAccessLogFormat(input.text);
  const body = input.text === undefined ? {} : { body: { stringValue: input.text } };
  return accessLogOf("open_telemetry", input, {
    "@type": "type.googleapis.com/envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig",
    grpcService: input.service,
    logName: input.logName,
    ...body,
  });
}

function accessLogOf(name: string, input: { readonly filter?: AccessLogFilterJson }, config: TypedAny): AccessLogJson {
  return pruned<AccessLogJson>({ name: `envoy.access_loggers.${name}`, filter: input.filter, typedConfig: config });
}

function logFormatOf({ text, json }: LogFormat): { readonly logFormat?: SubstitutionFormatStringJson } {
  if (text !== undefined) {
    parseAccessLogFormat(text);
    const inlineString = text.endsWith("\n") ? text : `${text}\n`;
    return { logFormat: { textFormatSource: { inlineString } } };
  }
  if (json === undefined) return {};
  checkJsonFormat(json);
  return { logFormat: { jsonFormat: json as NonNullable<SubstitutionFormatStringJson["jsonFormat"]> } };
}

function checkJsonFormat(format: JsonFormat): void {
  for (const value of Object.values(format)) {
    if (typeof value === "string") parseAccessLogFormat(value);
    else checkJsonFormat(value);
  }
}
