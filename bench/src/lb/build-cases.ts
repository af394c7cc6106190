import { buildMaglev, buildRing, createBalancer, type HashTable, leastRequest } from "@netmason/lb";
import type { BenchCase, Inputs, NodeContender, Task } from "../bench-case.js";
import { repeat } from "../loops.js";
import { balancingInputs } from "./balancing-inputs.js";
import { ours } from "./ours.js";
import { endpointsOf } from "./pick-cases.js";

const VNODES = 160;

/** Tables built, and a balancer updated. `bytes` is what a table holds. */
export function buildCases({ quick }: { readonly quick: boolean }): readonly BenchCase[] {
  const count = quick ? 20 : 1_000;
  const many = quick ? 100 : 10_000;
  return [
    {
      name: "maglev-build-1000",
      operation: `a Maglev table of 65537 slots built for ${count} endpoints`,
      ours: ours((inputs) => tableTask(inputs, (members) => buildMaglev(members))),
      peers: [
        { name: "go-maglev", note: "Go", go: { program: "go-maglev", mode: "build" } },
        { name: "maglev", note: "Go, kkdai/maglev", go: { program: "kkdai-maglev", mode: "build" } },
      ],
      inputs: () => balancingInputs(count),
      expected: ({ endpoints = [] }) => [String(endpoints.length)],
    },
    {
      name: "ring-build-1000",
      operation: `a ring of ${VNODES * count} entries built for ${count} endpoints`,
      ours: ours((inputs) => tableTask(inputs, (members) => buildRing(members, { minSize: VNODES * count }))),
      peers: [hashRingBuild],
      inputs: () => balancingInputs(count),
      expected: ({ endpoints = [] }) => [String(endpoints.length)],
    },
    {
      name: "update-10k",
      operation: `one of ${many} endpoints of a balancer replaced`,
      ours: ours(updateTask),
      peers: [],
      inputs: () => balancingInputs(many),
      expected: ({ endpoints = [] }) => [String(endpoints.length)],
    },
    {
      name: "update-10k-metadata",
      operation: `the same, with all ${many} as new objects whose metadata holds objects`,
      ours: ours(newObjectsTask),
      peers: [],
      inputs: () => balancingInputs(many),
      expected: ({ endpoints = [] }) => [String(endpoints.length)],
    },
  ];
}

function tableTask({ endpoints = [] }: Inputs, build: (members: { readonly key: string }[]) => HashTable): Task {
  const members = endpoints.map((key) => ({ key }));
  return {
    run: repeat(() => build(members)),
    answers: () => [String(new Set(build(members).owners).size)],
    keep: () => build(members),
  };
}

const hashRingBuild: NodeContender = {
  name: "hashring",
  package: "hashring",
  note: "160 points an endpoint by MD5",
  prepare: async ({ endpoints = [] }) => {
    const { default: HashRing } = await import("hashring");
    const build = () => new HashRing([...endpoints], "md5");
    return {
      run: repeat(build),
      answers: () => {
        const ring = build();
        return [String(new Set(Array.from({ length: 200_000 }, (_, i) => ring.get(String(i)))).size)];
      },
      keep: build,
    };
  },
};

/** As a feed gives them that decodes each answer anew. The answers are made before, one in turn of eight. */
function newObjectsTask(inputs: Inputs): Task {
  const answers = Array.from({ length: 8 }, (_, answer) =>
    endpointsOf(inputs).map((endpoint, i) => ({
      address: i === answer ? `10.255.0.${i}:8080` : endpoint.address,
      metadata: { version: "v1", "envoy.lb": { canary: i % 10 === 0, labels: { app: "orders" } } },
    })),
  );
  const balancer = createBalancer({ policy: leastRequest(), endpoints: answers[0] ?? [] });
  let turn = 0;
  return {
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) balancer.update(answers[++turn % answers.length] ?? []);
    },
    answers: () => [String(balancer.inspect().length)],
  };
}

function updateTask(inputs: Inputs): Task {
  const endpoints = endpointsOf(inputs);
  const balancer = createBalancer({ policy: leastRequest(), endpoints });
  let turn = 0;
  return {
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) {
        const at = turn++ % endpoints.length;
        endpoints[at] = { address: `10.255.${turn >> 8}.${turn & 255}:8080` };
        balancer.update([...endpoints]);
      }
    },
    answers: () => [String(balancer.inspect().length)],
  };
}
