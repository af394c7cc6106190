import {
  type Balancer,
  createBalancer,
  createConcurrencyBudget,
  createOutlierDetector,
  type Endpoint,
  type Policy,
} from "@netmason/lb";
import { balance } from "@netmason/lb/undici";
import { Agent, fetch } from "undici";

/** A fetch whose requests go to the endpoints of a balancer, whatever host their URL names. */
export interface BalancedFetch {
  readonly balancer: Balancer;
  readonly fetch: (url: string) => ReturnType<typeof fetch>;
  close(): Promise<void>;
}

/** @param guarded - retry failed requests at other endpoints, and leave out endpoints that fail again and again */
export function createBalancedFetch(
  policy: Policy,
  endpoints: readonly Endpoint[],
  { guarded }: { readonly guarded: boolean },
): BalancedFetch {
  const balancer = createBalancer({
    policy,
    endpoints,
    ...(guarded && {
      detector: (clock) =>
        createOutlierDetector({ ...clock, consecutive5xx: { threshold: 3 }, ejection: { alwaysOne: true } }),
    }),
  });
  const agent = new Agent();
  const dispatcher = agent.compose(
    balance({ balancer, ...(guarded && { retry: { budget: createConcurrencyBudget() } }) }),
  );
  return { balancer, fetch: (url) => fetch(url, { dispatcher }), close: () => agent.close() };
}
