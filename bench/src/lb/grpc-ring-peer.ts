import type { NodeContender } from "../bench-case.js";

interface RingPicker {
  findIndexForHash(hash: bigint): number;
  readonly ring: readonly object[];
}

/** What is used of a module that is not public. */
interface BalancerModule {
  createLoadBalancer(
    config: object,
    helper: object,
  ): { updateAddressList(...args: readonly unknown[]): boolean } | undefined;
  parseLoadBalancingConfig(config: object): object;
}

const sink = { index: 0 };

/** The search in the ring of gRPC's ring_hash policy, without parsing the hash and without the pick of a connection. */
export const grpcRingSearch: NodeContender = {
  name: "grpc-js-xds",
  package: "@grpc/grpc-js-xds",
  note: "the search alone, by a hash that is a bigint already",
  prepare: async ({ endpoints = [], hashes = [], questions = [] }) => {
    const picker = await ringPicker(endpoints);
    const values = hashes.map(BigInt);
    return {
      run: (iterations) => {
        let sum = 0;
        for (let i = 0, at = 0; i < iterations; i++) {
          sum += picker.findIndexForHash(values[at] as bigint);
          at = at + 1 === values.length ? 0 : at + 1;
        }
        sink.index = sum;
      },
      answers: () =>
        questions.map((_, i) => String(picker.ring[picker.findIndexForHash(values[i] ?? 0n)] !== undefined)),
    };
  },
};

/** Its policy is not exported: this is what a channel does with it, up to the first picker. */
async function ringPicker(endpoints: readonly string[]): Promise<RingPicker> {
  // The whole package brings the common message definitions that its parts need.
  await import("@grpc/grpc-js-xds");
  const ring = await import("@grpc/grpc-js-xds/build/src/load-balancer-ring-hash.js");
  const balancers = (await import("@grpc/grpc-js/build/src/load-balancer.js")) as object as BalancerModule;
  ring.setup();
  const config = balancers.parseLoadBalancingConfig({ ring_hash: { min_ring_size: 1024, max_ring_size: 4096 } });
  return new Promise((resolve) => {
    const balancer = balancers.createLoadBalancer(config, {
      updateState: (_state: number, picker: RingPicker) => resolve(picker),
      createSubchannel: () => {
        throw new Error("nothing is connected here");
      },
      requestReresolution: () => {},
      addChannelzChild: () => {},
      removeChannelzChild: () => {},
    });
    const list = endpoints.map((address) => {
      const [host = "", port = ""] = address.split(":");
      return { addresses: [{ host, port: Number(port) }] };
    });
    balancer?.updateAddressList({ ok: true, value: list }, config, {}, "");
  });
}
