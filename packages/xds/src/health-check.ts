/**
 * Active health checks of a cluster.
 *
 * @module healthCheck
 * @category Builders
 */
import type { HealthCheckJson } from "@netmason/envoy-api/envoy/config/core/v3";
import { pruned } from "./internal/pruned.js";
import type { Seconds } from "./one-of.js";

/** The four that Envoy requires of every health check, with no defaults. */
export interface HealthCheckInput {
  /** Needed where a cluster has several. */
  readonly name?: string;
  readonly interval: Seconds;
  readonly timeout: Seconds;
  /** Failures in a row that make an endpoint unhealthy. */
  readonly unhealthyThreshold: number;
  /** Successes in a row that make it healthy again. */
  readonly healthyThreshold: number;
  readonly overrides?: { readonly healthCheck?: HealthCheckJson };
}

/**
 * A health check by an HTTP request; 200 is healthy.
 *
 * @category Builders
 */
export function http(input: HealthCheckInput & { readonly path: string; readonly host?: string }): HealthCheckJson {
  return healthCheckOf(input, { httpHealthCheck: pruned({ host: input.host, path: input.path }) });
}

/**
 * A health check by a connection and, where given, bytes that are sent and expected, both as hexadecimal text.
 *
 * @throws TypeError when `send` or `receive` is no hexadecimal text
 * @category Builders
 */
export function tcp(
  input: HealthCheckInput & { readonly send?: string; readonly receive?: readonly string[] },
): HealthCheckJson {
  for (const text of [input.send ?? "", ...(input.receive ?? [])]) {
    if (!/^([0-9A-Fa-f]{2})*$/.test(text))
      throw new TypeError(`send, receive: ${JSON.stringify(text)} is not hexadecimal`);
  }
  const send = input.send === undefined ? undefined : { text: input.send };
  const receive = input.receive?.map((text) => ({ text }));
  return healthCheckOf(input, { tcpHealthCheck: pruned({ send, receive }) });
}

/**
 * A health check by `grpc.health.v1.Health`; the cluster must speak HTTP/2.
 *
 * @category Builders
 */
export function grpc(input: HealthCheckInput & { readonly serviceName?: string }): HealthCheckJson {
  return healthCheckOf(input, { grpcHealthCheck: pruned({ serviceName: input.serviceName }) });
}

function healthCheckOf(input: HealthCheckInput, checker: HealthCheckJson): HealthCheckJson {
  const { name, timeout, interval, unhealthyThreshold, healthyThreshold, overrides } = input;
  return {
    ...(name !== undefined && { name }),
    timeout,
    interval,
    unhealthyThreshold,
    healthyThreshold,
    ...checker,
    ...overrides?.healthCheck,
  };
}
