/**
 * Makes policies usable in the service configuration of `@grpc/grpc-js`.
 *
 * @module grpc
 */
/// <reference types="node" />
import { experimental } from "@grpc/grpc-js";
import type { Policy } from "../policy.js";
import { ChannelBalancer, type ChannelSettings, PolicyConfig } from "./grpc/channel-balancer.js";

/** Where the hash of a call comes from. */
export interface GrpcPolicyOptions {
  /**
   * The metadata key that is hashed, several values joined by ","; binary ones (`-bin`) are not. Without it, and for
   * calls that lack it, the hash is what a configuration selector left in `extraPickInfo.hash`, else chance.
   */
  readonly hashHeader?: string;
}

/**
 * Makes a policy known to grpc-js under `name`, for `loadBalancingConfig`, in the whole process. Each channel gets a
 * balancer of its own: ready endpoints are healthy, others are not, and every endpoint is kept connected. A call counts
 * from its start to its end: status 0 is `success`, 1 `cancelled`, 4 `timeout`, 14 `connect_failure`, any other `failure`.
 *
 * @param policy - makes the policy from the configuration's object under `name`; what it throws refuses the
 * configuration
 * @throws TypeError when the name is taken; grpc-js cannot forget one
 * @category Adapters
 */
export function registerGrpcPolicy(
  name: string,
  policy: (config: Readonly<Record<string, unknown>>) => Policy,
  options: GrpcPolicyOptions = {},
): void {
  if (experimental.isLoadBalancerNameRegistered(name)) {
    throw new TypeError(`name: ${JSON.stringify(name)} is registered already`);
  }
  const settings: ChannelSettings = { name, policy, hashHeader: options.hashHeader?.toLowerCase() };
  experimental.registerLoadBalancerType(
    name,
    class extends ChannelBalancer {
      constructor(helper: experimental.ChannelControlHelper) {
        super(helper, settings);
      }
    },
    class extends PolicyConfig {
      static createFromJson(json: unknown): PolicyConfig {
        const config = typeof json === "object" && json !== null ? json : {};
        // Refuses what the policy would refuse while the configuration is read, not while calls wait.
        policy({ ...config });
        return new PolicyConfig(name, { ...config });
      }
    },
  );
}
