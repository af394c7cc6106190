// Prints how many bytes each hot call allocates: run with --expose-gc and a young generation large enough for all of it.
import { getHeapStatistics } from "node:v8";
import {
  type Address,
  addToAddress,
  compareAddresses,
  containsAddress,
  createAddressSet,
  createPrefixTable,
  equalAddresses,
  lastAddress,
  parseAddress,
  parsePrefix,
  prefixOf,
  stride,
  tryParseAddress,
} from "@netmason/net";

const CALLS = 100_000;
const texts = Array.from({ length: 256 }, (_, i) => (i & 1 ? `10.${i}.0.${i}` : `2001:db8:${i.toString(16)}::${i}`));
const addresses = texts.map((text) => parseAddress(text));
const prefixTexts = texts.map((text, i) => `${text}/${i & 1 ? 32 : 128}`);
const wrong = texts.map((text) => `${text}:`);
const rule = parsePrefix("10.0.0.0/9");
const set = createAddressSet([rule, parsePrefix("2001:db8:80::/41")]);
const table = createPrefixTable([
  [rule, "a"],
  [parsePrefix("2001:db8::/33"), "b"],
  ...prefixTexts.map((text) => [parsePrefix(text), text] as const),
]);
const compiled = table.compile();
const plan = stride(rule, 24);
const at = (i: number): Address => addresses[i & 255] as Address;

const calls: Readonly<Record<string, (i: number) => unknown>> = {
  parseAddress: (i) => parseAddress(texts[i & 255] as string),
  tryParseAddress: (i) => tryParseAddress(texts[i & 255] as string),
  "tryParseAddress of other text": (i) => tryParseAddress(wrong[i & 255] as string),
  parsePrefix: (i) => parsePrefix(prefixTexts[i & 255] as string),
  containsAddress: (i) => containsAddress(rule, at(i)),
  equalAddresses: (i) => equalAddresses(at(i), at(i + 1)),
  compareAddresses: (i) => compareAddresses(at(i), at(i + 1)),
  addToAddress: (i) => addToAddress(at(i), 1),
  prefixOf: (i) => prefixOf(at(i), 24),
  lastAddress: () => lastAddress(rule),
  "Stride.unit": (i) => plan.unit(1 + (i & 255)),
  "AddressSet.has": (i) => set.has(at(i)),
  "PrefixTable.lookup": (i) => table.lookup(at(i)),
  "compiled lookup": (i) => compiled.lookup(at(i)),
};

let sink: unknown;

const ROUNDS = 11;

/** The median of several rounds: a compiler at work beside the calls adds, and what it drops of its own takes away. */
function bytesPerCall(call: (i: number) => unknown): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < CALLS; i++) sink = call(i);
    rounds.push((getHeapStatistics().used_heap_size - before) / CALLS);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1] as number;
}

const found = Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, bytesPerCall(call)]));
process.stdout.write(JSON.stringify({ found, sink: String(sink) }));
