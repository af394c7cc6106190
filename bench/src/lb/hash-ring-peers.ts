import type { NodeContender } from "../bench-case.js";

const sink = { length: 0 };

/** Of 40 vnodes and 4 replicas an endpoint, with MD5; its cache holds the last 5,000 answers, or one. */
export function hashRing(cache: "cached" | "uncached"): NodeContender {
  return {
    name: `hashring-${cache}`,
    package: "hashring",
    note: cache === "cached" ? "every key is in its cache" : "its cache holds one key",
    prepare: async ({ endpoints = [], keys = [], questions = [] }) => {
      const { default: HashRing } = await import("hashring");
      const ring = new HashRing([...endpoints], "md5", { "max cache size": cache === "cached" ? 5_000 : 1 });
      return textTask(keys, questions, new Set(endpoints), (key) => ring.get(key));
    },
  };
}

/** Of 40 points an endpoint. */
export const consistentHash: NodeContender = {
  name: "consistent-hash",
  package: "consistent-hash",
  note: "its hash has 100,003 values",
  prepare: async ({ endpoints = [], keys = [], questions = [] }) => {
    const { default: ConsistentHash } = await import("consistent-hash");
    const ring = new ConsistentHash();
    for (const endpoint of endpoints) ring.add(endpoint);
    return textTask(keys, questions, new Set(endpoints), (key) => ring.get(key));
  },
};

function textTask(
  keys: readonly string[],
  questions: readonly string[],
  known: ReadonlySet<string>,
  pick: (key: string) => string,
) {
  return {
    run: (iterations: number) => {
      let length = 0;
      for (let i = 0, at = 0; i < iterations; i++) {
        length += pick(keys[at] as string).length;
        at = at + 1 === keys.length ? 0 : at + 1;
      }
      sink.length = length;
    },
    answers: () => questions.map((key) => String(known.has(pick(key)))),
  };
}
