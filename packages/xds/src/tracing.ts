/**
 * Tracing of requests.
 *
 * @module tracing
 * @category Builders
 */
import type { GrpcServiceJson, HttpServiceJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { OpenTelemetryConfigJson } from "@netmason/envoy-api/envoy/config/trace/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import { pruned } from "./internal/pruned.js";
import type { OneOf } from "./one-of.js";

/** What `openTelemetry` takes. */
export type OpenTelemetryInput = OneOf<{ readonly grpc: GrpcServiceJson; readonly http: HttpServiceJson }> & {
  readonly serviceName: string;
  /** How many of the requests are traced by chance, 0 to 100. Default 100. */
  readonly samplePercent?: number;
  readonly overrides?: { readonly config?: OpenTelemetryConfigJson };
};

/**
 * Traces sent to an OpenTelemetry collector.
 *
 * @throws RangeError when `samplePercent` is not 0 to 100
 * @category Builders
 */
export function openTelemetry(input: OpenTelemetryInput): NonNullable<HttpConnectionManagerJson["tracing"]> {
  const { samplePercent } = input;
  if (samplePercent !== undefined && !(samplePercent >= 0 && samplePercent <= 100)) {
    throw new RangeError(`samplePercent must be 0 to 100, not ${samplePercent}`);
  }
  const config = pruned<OpenTelemetryConfigJson>({
    grpcService: input.grpc,
    httpService: input.http,
    serviceName: input.serviceName,
    ...input.overrides?.config,
  });
  return pruned({
    randomSampling: samplePercent === undefined ? undefined : { value: samplePercent },
    provider: {
      name: "envoy.tracers.opentelemetry",
      typedConfig: { "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig", ...config },
    },
  });
}
