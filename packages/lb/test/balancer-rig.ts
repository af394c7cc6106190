import { type BalancerOptions, createBalancer, type Endpoint, type EndpointView, type Policy } from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";

/** Endpoints with nothing but an address. */
export const plain = (...addresses: readonly string[]): readonly Endpoint[] =>
  addresses.map((address) => ({ address }));

/** Takes the first endpoint of the view; `seen` keeps every view it was built on. */
export function firstOf(seen: EndpointView[] = [], word: Policy["word"] = "split", rest: Partial<Policy> = {}): Policy {
  return {
    ...{ name: "first", word, ...rest },
    create: () => ({
      build(view) {
        seen.push(view);
        return { pick: () => 0, explain: () => ({ next: view.endpoints[0]?.address }) };
      },
    }),
  };
}

/** A balancer that takes the first endpoint, unless the options say otherwise. */
export const make = (options: Partial<BalancerOptions> = {}): ReturnType<typeof createBalancer> =>
  createBalancer({ policy: firstOf(), random: seededRandom(1), ...options });
