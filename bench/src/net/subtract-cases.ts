import { type AddressSet, createAddressSet, formatPrefix, type Prefix, parsePrefix } from "@netmason/net";
import type { BenchCase, NodeContender, Task } from "../bench-case.js";
import { repeat } from "../loops.js";
import { ours } from "./ours.js";
import { subtractBase, subtractedPrefixes, subtractSlowly } from "./subtract-inputs.js";

interface Size {
  readonly label: "1k" | "10k";
  readonly count: number;
}

/** Text in, text out. */
export function subtractTextCase({ label, count }: Size): BenchCase {
  return {
    ...subtractInputs(count),
    name: `subtract-${label}-text`,
    operation: `${count} /24 prefixes subtracted from a /8, text in and text out, of which one character each is read`,
    ours: ours(({ prefixes = [] }) => textTask(() => subtractTexts(prefixes))),
    peers: [cidrTools(), fastCidrTools],
  };
}

/** Both sets were built before; the result is prefixes. */
export function subtractParsedCase({ label, count }: Size): BenchCase {
  return {
    ...subtractInputs(count),
    name: `subtract-${label}-parsed`,
    operation: `a set of ${count} /24 prefixes subtracted from a set of one /8, result as prefixes`,
    ours: ours(({ prefixes = [] }) => {
      const base = setOf([subtractBase]);
      const excluded = setOf(prefixes);
      return prefixTask(() => base.subtract(excluded).prefixes());
    }),
    peers: [fromPrefixes, fromText, cidrTools("text in and text out, all it has")],
  };
}

function subtractInputs(count: number): Pick<BenchCase, "inputs" | "expected"> {
  return {
    inputs: () => ({ prefixes: subtractedPrefixes(count) }),
    expected: ({ prefixes = [] }) => subtractSlowly(prefixes),
  };
}

function setOf(texts: readonly string[]): AddressSet {
  return createAddressSet(texts.map((text) => parsePrefix(text)));
}

function subtractTexts(excluded: readonly string[]): readonly string[] {
  return setOf([subtractBase])
    .subtract(setOf(excluded))
    .prefixes()
    .map((prefix) => formatPrefix(prefix));
}

function textTask(subtract: () => readonly string[]): Task {
  const readAll = (): number => subtract().reduce((sum, text) => (sum + text.charCodeAt(0)) | 0, 0);
  return { run: repeat(readAll), answers: subtract };
}

function prefixTask(subtract: () => readonly Prefix[]): Task {
  return { run: repeat(subtract), answers: () => subtract().map(String) };
}

const fromPrefixes: NodeContender = ours(
  ({ prefixes = [] }) => {
    const base = setOf([subtractBase]);
    const parsed = prefixes.map((text) => parsePrefix(text));
    return prefixTask(() => base.subtract(createAddressSet(parsed)).prefixes());
  },
  { name: "net-from-prefixes", note: "builds the set from parsed prefixes each time" },
);

const fromText: NodeContender = ours(({ prefixes = [] }) => textTask(() => subtractTexts(prefixes)), {
  name: "net-from-text",
  note: "text in and text out",
});

function cidrTools(note?: string): NodeContender {
  return {
    name: "cidr-tools",
    package: "cidr-tools",
    ...(note === undefined ? {} : { note }),
    prepare: async ({ prefixes = [] }) => {
      const { excludeCidr } = await import("cidr-tools");
      const excluded = [...prefixes];
      return textTask(() => excludeCidr([subtractBase], excluded));
    },
  };
}

const fastCidrTools: NodeContender = {
  name: "fast-cidr-tools",
  package: "fast-cidr-tools",
  prepare: async ({ prefixes = [] }) => {
    const { exclude } = await import("fast-cidr-tools");
    const excluded = [...prefixes];
    return textTask(() => exclude([subtractBase], excluded, true));
  },
};
