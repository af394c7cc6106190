// The limits of time of a request that is forwarded (source/common/router/router.cc, conn_manager_impl.cc). Headers by which
// a client asks for other ones are not read.
import type { RouteActionJson, VirtualHostJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";

/** Limits as texts of durations. */
export interface Timeouts {
  readonly timeout: string;
  readonly idleTimeout: string;
  readonly maxStreamDuration?: string;
  readonly perTryTimeout?: string;
}

export function timeoutsOf(
  { timeout = "15s", idleTimeout, maxStreamDuration, retryPolicy }: RouteActionJson,
  host: VirtualHostJson,
  manager: HttpConnectionManagerJson,
): Timeouts {
  const whole = maxStreamDuration?.maxStreamDuration ?? manager.commonHttpProtocolOptions?.maxStreamDuration;
  const perTry = (retryPolicy ?? host.retryPolicy)?.perTryTimeout;
  return {
    timeout,
    idleTimeout: idleTimeout ?? manager.streamIdleTimeout ?? "300s",
    ...(whole !== undefined && !isNone(whole) && { maxStreamDuration: whole }),
    ...(perTry !== undefined && !isNone(perTry) && { perTryTimeout: perTry }),
  };
}

function isNone(duration: string): boolean {
  return Number.parseFloat(duration) === 0;
}
