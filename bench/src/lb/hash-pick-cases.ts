import {
  buildMaglev,
  createBalancer,
  type Hash64,
  hashFromBigInt,
  lookupTable,
  maglev,
  type Policy,
  ringHash,
} from "@netmason/lb";
import type { BenchCase, GoContender, Inputs, NodeContender, Task } from "../bench-case.js";
import { anyEndpoint, balancingInputs } from "./balancing-inputs.js";
import { grpcRingSearch } from "./grpc-ring-peer.js";
import { consistentHash, hashRing } from "./hash-ring-peers.js";
import { ours } from "./ours.js";
import { endpointsOf } from "./pick-cases.js";

/** Picks of a balancer by a text of 15 characters, and lookups by a hash. */
export function hashPickCases({ quick }: { readonly quick: boolean }): readonly BenchCase[] {
  const count = quick ? 20 : 1_000;
  const inputs = (): Inputs => balancingInputs(count);
  return [
    {
      name: "ring-pick",
      operation: `an endpoint of ${count} by a text, on a ring`,
      ours: hashPicks(() => ringHash()),
      peers: [hashedPicks, hashRing("uncached"), hashRing("cached"), consistentHash, grpcRingSearch],
      inputs,
      expected: anyEndpoint,
    },
    {
      name: "maglev-pick",
      operation: `an endpoint of ${count} by a text, in a Maglev table`,
      ours: hashPicks(() => maglev()),
      peers: [kkdaiMaglev, consistent, hashRing("uncached"), consistentHash],
      inputs,
      expected: anyEndpoint,
    },
    {
      name: "maglev-lookup",
      operation: `an endpoint of ${count} by a hash, in a Maglev table`,
      ours: ours(lookupTask),
      peers: [goMaglev],
      inputs,
      expected: anyEndpoint,
    },
  ];
}

const sink = { sum: 0 };

function hashPicks(policy: () => Policy): NodeContender {
  return ours((inputs) => pickTask(inputs, policy(), inputs.keys ?? []));
}

const hashedPicks: NodeContender = ours(
  (inputs) =>
    pickTask(
      inputs,
      ringHash(),
      (inputs.hashes ?? []).map((hash) => hashFromBigInt(BigInt(hash))),
    ),
  { name: "lb-hashed", note: "the hash is given, as grpc-js-xds is given it" },
);

function pickTask(inputs: Inputs, policy: Policy, hashKeys: readonly (string | Hash64)[]): Task {
  const balancer = createBalancer({ policy, endpoints: endpointsOf(inputs) });
  const requests = hashKeys.map((hashKey) => ({ hashKey }));
  return {
    run: (iterations) => {
      let sum = 0;
      for (let i = 0, at = 0; i < iterations; i++) {
        const result = balancer.pick(requests[at]);
        if (result.kind === "complete") sum = (sum + result.slot) | 0;
        at = at + 1 === requests.length ? 0 : at + 1;
      }
      sink.sum = sum;
    },
    answers: () =>
      (inputs.questions ?? []).map((hashKey) => {
        const [first, second] = [balancer.pick({ hashKey }), balancer.pick({ hashKey })];
        return String(first.kind === "complete" && first === second);
      }),
  };
}

/** Hashes lie in two lists of words, as Go's lie in one of 64-bit numbers. */
function lookupTask({ endpoints = [], hashes = [], questions = [] }: Inputs): Task {
  const table = buildMaglev(endpoints.map((key) => ({ key })));
  const words = hashes.map((hash) => hashFromBigInt(BigInt(hash)));
  const his = Int32Array.from(words, ({ hi }) => hi);
  const los = Int32Array.from(words, ({ lo }) => lo);
  return {
    run: (iterations) => {
      let sum = 0;
      for (let i = 0, at = 0; i < iterations; i++) {
        sum = (sum + lookupTable(table, { hi: his[at] as number, lo: los[at] as number })) | 0;
        at = at + 1 === his.length ? 0 : at + 1;
      }
      sink.sum = sum;
    },
    answers: () =>
      questions.map((_, i) => String(endpoints[lookupTable(table, words[i] as (typeof words)[number])] !== undefined)),
  };
}

const goMaglev: GoContender = {
  name: "go-maglev",
  note: "Go",
  go: { program: "go-maglev", mode: "lookup" },
};

const kkdaiMaglev: GoContender = {
  name: "maglev",
  note: "Go, kkdai/maglev",
  go: { program: "kkdai-maglev", mode: "pick" },
};

const consistent: GoContender = {
  name: "consistent",
  note: "Go, buraksezer/consistent with 65537 partitions and FNV-1a",
  go: { program: "consistent", mode: "pick" },
};
