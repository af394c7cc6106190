import { createOutlierDetector, createTokenBucket } from "@netmason/lb";
import type { BenchCase, NodeContender, Task } from "../bench-case.js";
import { balancingInputs } from "./balancing-inputs.js";
import { ours } from "./ours.js";

const yes = (): readonly string[] => ["true"];

/** What is done for each request beside the pick. */
export const recordCases: readonly BenchCase[] = [
  {
    name: "outlier-record",
    operation: "the outcome of one request told to the detector",
    ours: ours(({ endpoints = [] }) => {
      let time = 0;
      const detector = createOutlierDetector({ now: () => time, random: () => 0.5 });
      detector.retain(endpoints);
      return {
        run: (iterations) => {
          for (let i = 0, at = 0; i < iterations; i++) {
            time += 0.001;
            detector.record(endpoints[at] as string, 200);
            at = at + 1 === endpoints.length ? 0 : at + 1;
          }
        },
        answers: () => [String(!detector.isEjected(endpoints[0] ?? ""))],
      };
    }),
    peers: [cockatiel(), opossum()],
    inputs: () => balancingInputs(10),
    expected: yes,
  },
  {
    name: "token-bucket",
    operation: "a token asked for, at a given time",
    ours: ours(() => {
      let time = 0;
      const bucket = createTokenBucket({ ratePerSecond: 1_000, burst: 100, now: () => time });
      return bucketTask(() => {
        time += 0.5;
        return bucket.tryTake();
      });
    }),
    peers: [limiter()],
    inputs: () => balancingInputs(1),
    expected: yes,
  },
];

const sink = { count: 0 };

function bucketTask(tryTake: () => boolean): Task {
  return {
    run: (iterations) => {
      let count = 0;
      for (let i = 0; i < iterations; i++) if (tryTake()) count++;
      sink.count = count;
    },
    answers: () => [String(tryTake())],
  };
}

/** Runs a function that succeeds at once. */
function breakerTask(execute: () => Promise<unknown>): Task {
  return {
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) await execute();
    },
    answers: async () => [String((await execute()) === true)],
  };
}

const succeed = (): boolean => true;

function cockatiel(): NodeContender {
  return {
    name: "cockatiel",
    package: "cockatiel",
    note: "a breaker around a call that succeeds at once",
    prepare: async () => {
      const { circuitBreaker, ConsecutiveBreaker, handleAll } = await import("cockatiel");
      const breaker = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(5), halfOpenAfter: 10_000 });
      return breakerTask(() => breaker.execute(succeed));
    },
  };
}

function opossum(): NodeContender {
  return {
    name: "opossum",
    package: "opossum",
    note: "a breaker around a call that succeeds at once",
    prepare: async () => {
      const { default: CircuitBreaker } = await import("opossum");
      const breaker = new CircuitBreaker(async () => true, { timeout: false });
      return { ...breakerTask(() => breaker.fire()), close: () => breaker.shutdown() };
    },
  };
}

function limiter(): NodeContender {
  return {
    name: "limiter",
    package: "limiter",
    note: "reads the clock itself",
    prepare: async () => {
      const { TokenBucket } = await import("limiter");
      const bucket = new TokenBucket({ bucketSize: 100, tokensPerInterval: 1_000_000_000, interval: "second" });
      bucket.content = 100;
      return bucketTask(() => bucket.tryRemoveTokens(1));
    },
  };
}
