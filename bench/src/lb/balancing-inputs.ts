import type { Inputs } from "../bench-case.js";
import { createSeededRandom } from "../seeded-random.js";

/** How many of the first keys every contender is asked about before it is timed. */
const questionCount = 256;

/** Endpoints by address, texts to be hashed and 64-bit hashes as decimal numbers. */
export function balancingInputs(endpointCount: number, keyLength = 15): Inputs {
  const { word } = createSeededRandom(endpointCount + keyLength);
  const keys = Array.from({ length: 1024 }, (_, i) => {
    let text = i.toString(36);
    while (text.length < keyLength) text += word().toString(36);
    return text.slice(0, keyLength);
  });
  return {
    endpoints: Array.from({ length: endpointCount }, (_, i) => `10.${i >> 8}.0.${i & 255}:8080`),
    keys,
    hashes: keys.map(() => ((BigInt(word()) << 32n) | BigInt(word())).toString()),
    questions: keys.slice(0, questionCount),
  };
}

/** For contenders whose choices differ by design: that each choice is an endpoint there is. */
export const anyEndpoint = ({ questions = [] }: Inputs): readonly string[] => questions.map(() => "true");
