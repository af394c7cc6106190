import {
  type Balancer,
  createBalancer,
  type Endpoint,
  leastRequest,
  type Policy,
  roundRobin,
  staticStride,
} from "@netmason/lb";
import type { BenchCase, Inputs, NodeContender, Task } from "../bench-case.js";
import { anyEndpoint, balancingInputs } from "./balancing-inputs.js";
import { ours } from "./ours.js";

interface PickCase {
  readonly name: string;
  readonly operation: string;
  readonly policy: () => Policy;
  readonly endpointCount: number;
  /** From 1 to 10, or all 1. */
  readonly weighted?: boolean;
  readonly peers?: readonly NodeContender[];
}

/** Picks of a balancer without a hash. */
export function pickCases({ quick }: { readonly quick: boolean }): readonly BenchCase[] {
  const many = quick ? 20 : 1_000;
  return [
    pickCase({
      name: "round-robin",
      operation: "a pick in turn of 10 endpoints",
      policy: roundRobin,
      endpointCount: 10,
      peers: [loadBalancers("RandomBalancer", "by chance; it has no round robin")],
    }),
    pickCase({
      name: "least-request-1000",
      operation: `the better of two of ${many} endpoints`,
      policy: leastRequest,
      endpointCount: many,
      peers: [loadBalancers("P2cBalancer", "counts picks and never the end of a request")],
    }),
    pickCase({
      name: "edf-10",
      operation: "a weighted pick in turn of 10 endpoints",
      policy: roundRobin,
      endpointCount: 10,
      weighted: true,
    }),
    pickCase({
      name: "edf-1000",
      operation: `a weighted pick in turn of ${many} endpoints`,
      policy: roundRobin,
      endpointCount: many,
      weighted: true,
    }),
    pickCase({
      name: "static-stride",
      operation: `a pick by static stride of ${many} endpoints`,
      policy: staticStride,
      endpointCount: many,
      weighted: true,
    }),
    pickBeginEndCase,
  ];
}

function pickCase({ name, operation, policy, endpointCount, weighted = false, peers = [] }: PickCase): BenchCase {
  return {
    name,
    operation,
    ours: ours((inputs) =>
      pickTask(inputs, createBalancer({ policy: policy(), endpoints: endpointsOf(inputs, weighted) })),
    ),
    peers,
    inputs: () => balancingInputs(endpointCount),
    expected: anyEndpoint,
  };
}

/** The endpoints of a case, of weight 1 or 1 to 10. */
export function endpointsOf({ endpoints = [] }: Inputs, weighted = false): Endpoint[] {
  return endpoints.map((address, i) => (weighted ? { address, weight: 1 + (i % 10) } : { address }));
}

const sink = { sum: 0 };

function pickTask({ questions = [] }: Inputs, balancer: Balancer): Task {
  return {
    run: (iterations) => {
      let sum = 0;
      for (let i = 0; i < iterations; i++) {
        const result = balancer.pick();
        if (result.kind === "complete") sum = (sum + result.slot) | 0;
      }
      sink.sum = sum;
    },
    answers: () => questions.map(() => String(balancer.pick().kind === "complete")),
  };
}

const pickBeginEndCase: BenchCase = {
  name: "pick-begin-end",
  operation: "the better of two of 10 endpoints, a request begun and ended",
  ours: ours((inputs) => {
    const balancer = createBalancer({ policy: leastRequest(), endpoints: endpointsOf(inputs) });
    const { answers } = pickTask(inputs, balancer);
    return {
      run: (iterations) => {
        for (let i = 0; i < iterations; i++) {
          const result = balancer.pick();
          if (result.kind === "complete") balancer.end(balancer.begin(result), 200);
        }
      },
      answers,
    };
  }),
  peers: [loadBalancers("P2cBalancer", "a pick alone: it does not count requests in flight")],
  inputs: () => balancingInputs(10),
  expected: anyEndpoint,
};

function loadBalancers(kind: "P2cBalancer" | "RandomBalancer", note: string): NodeContender {
  return {
    name: "load-balancers",
    package: "load-balancers",
    note,
    prepare: async ({ endpoints = [], questions = [] }) => {
      const { P2cBalancer, RandomBalancer } = await import("load-balancers");
      const balancer =
        kind === "P2cBalancer" ? new P2cBalancer(endpoints.length) : new RandomBalancer(endpoints.length);
      return {
        run: (iterations) => {
          let sum = 0;
          for (let i = 0; i < iterations; i++) sum = (sum + balancer.pick()) | 0;
          sink.sum = sum;
        },
        answers: () => questions.map(() => String(endpoints[balancer.pick()] !== undefined)),
      };
    },
  };
}
