import {
  type Balancer,
  type BalancerOptions,
  createBalancer,
  createConcurrencyBudget,
  createOutlierDetector,
  type Policy,
} from "@netmason/lb";
import { type DnsWatchOptions, watchServices } from "@netmason/lb/dns";
import { balance } from "@netmason/lb/undici";
import { Agent, fetch } from "undici";

/** A fetch whose requests go to the endpoints of a service, whatever host their URL names. */
export interface BalancedFetch {
  readonly balancer: Balancer;
  readonly fetch: (url: string) => ReturnType<typeof fetch>;
  /** Settles when nothing is under way any more. */
  close(): Promise<void>;
}

/** What there is to choose. */
export interface BalancedFetchOptions extends Pick<BalancerOptions, "now" | "random"> {
  readonly policy: Policy;
  /** The name of the SRV records to follow, such as `_http._tcp.orders.internal`. */
  readonly service: string;
  /** Whom to ask for them, and how often; default: the system's servers, every 30 seconds. */
  readonly dns?: Pick<DnsWatchOptions, "resolver" | "refreshMs">;
  /** Retry failed requests at other endpoints, and leave out endpoints that fail again and again. */
  readonly guarded: boolean;
}

/** Requests wait until DNS has answered for the first time. */
export function createBalancedFetch({ policy, service, dns, guarded, ...chance }: BalancedFetchOptions): BalancedFetch {
  const balancer = createBalancer({
    ...{ policy, ...chance },
    ...(guarded && {
      detector: (clock) =>
        createOutlierDetector({ ...clock, consecutive5xx: { threshold: 3 }, ejection: { alwaysOne: true } }),
    }),
  });
  const controller = new AbortController();
  const following = follow(balancer, watchServices(service, { ...dns, families: [4], signal: controller.signal }));
  const agent = new Agent();
  const dispatcher = agent.compose(
    balance({ balancer, ...(guarded && { retry: { budget: createConcurrencyBudget() } }) }),
  );
  return {
    balancer,
    fetch: (url) => fetch(url, { dispatcher }),
    async close() {
      controller.abort();
      await following;
      await agent.close();
    },
  };
}

async function follow(balancer: Balancer, sets: ReturnType<typeof watchServices>): Promise<void> {
  for await (const set of sets) balancer.update(set);
}
