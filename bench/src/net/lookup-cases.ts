import {
  createPrefixTable,
  type Prefix,
  type PrefixLookup,
  parseAddress,
  parsePrefix,
  tryParseAddress,
} from "@netmason/net";
import type { BenchCase, Inputs, Task } from "../bench-case.js";
import { repeat } from "../loops.js";
import type { Family } from "./address-text.js";
import { bartPeers } from "./bart-peers.js";
import { lookupTask } from "./lookup-task.js";
import { ours } from "./ours.js";
import { routeInputs } from "./route-inputs.js";
import { blockListLookup, iptrieLookup, longestPrefixMatchLookup } from "./text-lookup-peers.js";

export interface TableSize {
  readonly label: "10k" | "100k" | "1m";
  readonly count: number;
}

/** Addresses parsed before. */
export function lookupCase(family: Family, { label, count }: TableSize): BenchCase {
  const uncompiled = ours((inputs) => parsedLookup(inputs, createPrefixTable(entriesOf(inputs))), {
    name: "net-uncompiled",
    note: "the table that can change",
  });
  return {
    ...lookupInputs(family, count),
    name: `lookup-v${family}-${label}`,
    operation: `longest match of a parsed IPv${family} address in a compiled table of ${count} prefixes`,
    ours: ours((inputs) => parsedLookup(inputs, createPrefixTable(entriesOf(inputs)).compile())),
    peers: [uncompiled, ...bartPeers("lookup")],
  };
}

/** Addresses as text, parsed by each operation. */
export function textLookupCase({ label, count }: TableSize): BenchCase {
  return {
    ...lookupInputs(4, count),
    name: `lookup-v4-string-${label}`,
    operation: `longest match of an IPv4 address given as text in a compiled table of ${count} prefixes`,
    ours: ours((inputs) => {
      const table = createPrefixTable(entriesOf(inputs)).compile();
      return lookupTask(inputs, inputs.addresses ?? [], (text) => {
        const address = tryParseAddress(text);
        return address === undefined ? undefined : table.lookup(address)?.value;
      });
    }),
    peers: [iptrieLookup, longestPrefixMatchLookup, ...(label === "1m" ? [] : [blockListLookup])],
  };
}

/** `bytes` is what the finished table holds. */
export function insertCase({ label, count }: TableSize): BenchCase {
  return {
    ...lookupInputs(4, count),
    name: `table-insert-${label}`,
    operation: `${count} parsed IPv4 prefixes inserted into an empty table`,
    ours: ours((inputs) => {
      const entries = entriesOf(inputs);
      const build = (): PrefixLookup<string> => createPrefixTable(entries);
      return { ...parsedLookup(inputs, build()), run: repeat(build), keep: build };
    }),
    peers: bartPeers("insert"),
  };
}

/** `bytes` is what the compiled table holds beyond the entries it shares with the table. */
export function compileCase({ label, count }: TableSize): BenchCase {
  return {
    ...lookupInputs(4, count),
    name: `table-compile-${label}`,
    operation: `a table of ${count} IPv4 prefixes compiled`,
    ours: ours((inputs) => {
      const table = createPrefixTable(entriesOf(inputs));
      const compile = (): PrefixLookup<string> => table.compile();
      return { ...parsedLookup(inputs, compile()), run: repeat(compile), keep: compile };
    }),
    peers: bartPeers("insert").map((peer) => ({ ...peer, note: "Go; builds its table, it has nothing to compile" })),
  };
}

function lookupInputs(family: Family, count: number): Pick<BenchCase, "inputs" | "expected"> {
  return { inputs: () => routeInputs(family, count), expected: ({ matches = [] }) => matches };
}

function entriesOf({ prefixes = [] }: Inputs): (readonly [Prefix, string])[] {
  return prefixes.map((text, index) => [parsePrefix(text), String(index)] as const);
}

function parsedLookup(inputs: Inputs, table: PrefixLookup<string>): Task {
  return lookupTask(inputs, inputs.addresses?.map(parseAddress) ?? [], (address) => table.lookup(address)?.value);
}
