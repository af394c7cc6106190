import { hashToBigInt, murmur2, xxh64 } from "@netmason/lb";
import { slowMurmur2, slowXxh64 } from "../../../packages/lb/test/slow-hashes.js";
import type { BenchCase, Inputs, NodeContender, Task } from "../bench-case.js";
import { balancingInputs } from "./balancing-inputs.js";
import { ours } from "./ours.js";

/** Hashes of texts. */
export function hashCases(): readonly BenchCase[] {
  return [...[10, 20, 50].map(xxh64Case), murmur2Case()];
}

function xxh64Case(length: number): BenchCase {
  return {
    name: `xxh64-${length}`,
    operation: `the XXH64 of a text of ${length} characters`,
    ours: ours(({ keys = [], questions = [] }) => {
      const out = { hi: 0, lo: 0 };
      return hashTask(
        keys,
        questions,
        (key) => xxh64(key, out).lo,
        (key) => hashToBigInt(xxh64(key, out)),
      );
    }),
    peers: [xxhashWasm, nodeRsXxhash],
    inputs: () => balancingInputs(1, length),
    expected: ({ questions = [] }) => questions.map((key) => slowXxh64(Buffer.from(key), 0n).toString()),
  };
}

function murmur2Case(): BenchCase {
  return {
    name: "murmur2-20",
    operation: "the 64-bit MurmurHash2 of a text of 20 characters",
    ours: ours(({ keys = [], questions = [] }) => {
      const out = { hi: 0, lo: 0 };
      return hashTask(
        keys,
        questions,
        (key) => murmur2(key, out).lo,
        (key) => hashToBigInt(murmur2(key, out)),
      );
    }),
    peers: [],
    inputs: () => balancingInputs(1, 20),
    expected: ({ questions = [] }) => questions.map((key) => slowMurmur2(Buffer.from(key), 0xc70f6907n).toString()),
  };
}

const sink = { low: 0 };

/** `low` reads what the compiler must not drop; `value` is asked before the timing. */
function hashTask(
  keys: NonNullable<Inputs[string]>,
  questions: NonNullable<Inputs[string]>,
  low: (key: string) => number,
  value: (key: string) => bigint,
): Task {
  return {
    run: (iterations) => {
      let sum = 0;
      for (let i = 0, at = 0; i < iterations; i++) {
        sum ^= low(keys[at] as string);
        at = at + 1 === keys.length ? 0 : at + 1;
      }
      sink.low = sum;
    },
    answers: () => questions.map((key) => value(key).toString()),
  };
}

const last = { value: 0n };

/** The bigint is part of what these answer; it is stored, so that it is made. */
const keepBigint = (value: bigint): number => {
  last.value = value;
  return 0;
};

const xxhashWasm: NodeContender = {
  name: "xxhash-wasm",
  package: "xxhash-wasm",
  note: "answers a bigint",
  prepare: async ({ keys = [], questions = [] }) => {
    const { default: create } = await import("xxhash-wasm");
    const { h64 } = await create();
    return hashTask(keys, questions, (key) => keepBigint(h64(key)), h64);
  },
};

const nodeRsXxhash: NodeContender = {
  name: "node-rs-xxhash",
  package: "@node-rs/xxhash",
  note: "native; answers a bigint",
  prepare: async ({ keys = [], questions = [] }) => {
    const { xxh64: native } = await import("@node-rs/xxhash");
    return hashTask(
      keys,
      questions,
      (key) => keepBigint(native(key)),
      (key) => native(key),
    );
  },
};
