import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { BlockList } from "node:net";
import { join } from "node:path";
import type { NodeContender } from "../bench-case.js";
import { cacheFolder } from "../repository.js";
import { runCommand } from "../run-command.js";
import { lookupTask } from "./lookup-task.js";

const iptrieFolder = join(cacheFolder, "arkime-iptrie");
const iptrieVersion = "0.0.9";

/** Measured on a 2-core Linux VM with Node 20 at 10k, 100k and 1M prefixes: 683, 1,788 and 2,634 ns a lookup. */
const iptrieElsewhere = "elsewhere it took 683, 1,788 and 2,634 ns at 10k, 100k and 1M prefixes";

interface IpTrie {
  add(address: string, length: number, value: string): void;
  find(address: string): string | null;
}

/** An addon in C++: installed into the cache where a compiler is at hand, never a dependency. */
export const iptrieLookup: NodeContender = {
  name: "arkime-iptrie",
  package: "arkime-iptrie",
  installedIn: iptrieFolder,
  note: "addon in C++",
  provide: installIptrie,
  prepare: (inputs) => {
    const require = createRequire(join(iptrieFolder, "package.json"));
    const { IPTrie } = require("arkime-iptrie") as { readonly IPTrie: new () => IpTrie };
    const trie = new IPTrie();
    for (const [index, prefix] of (inputs.prefixes ?? []).entries()) {
      const [network = "", length = ""] = prefix.split("/");
      trie.add(network, Number(length), String(index));
    }
    return lookupTask(inputs, inputs.addresses ?? [], (text) => trie.find(text) ?? undefined);
  },
};

async function installIptrie(): Promise<string | undefined> {
  const addon = join(iptrieFolder, "node_modules/arkime-iptrie/build/Release/iptrie.node");
  if (existsSync(addon)) return undefined;
  mkdirSync(iptrieFolder, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix", iptrieFolder];
  const problem = await runCommand("npm", ["install", ...flags, `arkime-iptrie@${iptrieVersion}`], {
    cwd: iptrieFolder,
    limitMs: 120_000,
  });
  if (problem === undefined && existsSync(addon)) return undefined;
  return `its addon does not build here; ${iptrieElsewhere}`;
}

export const longestPrefixMatchLookup: NodeContender = {
  name: "longest-prefix-match",
  package: "longest-prefix-match",
  prepare: async (inputs) => {
    const { default: LongestPrefixMatch } = await import("longest-prefix-match");
    const table = new LongestPrefixMatch<string>();
    for (const [index, prefix] of (inputs.prefixes ?? []).entries()) table.addPrefix(prefix, String(index));
    return lookupTask(inputs, inputs.addresses ?? [], (text) => table.getMatch(`${text}/32`)[0]);
  },
};

/** Context rather than a peer: it says whether, not which. */
export const blockListLookup: NodeContender = {
  name: "node:net",
  package: "node",
  note: "BlockList: says whether any prefix matches, not which",
  answerOf: (expected) => String(expected !== "-1"),
  prepare: (inputs) => {
    const list = new BlockList();
    for (const prefix of inputs.prefixes ?? []) {
      const [network = "", length = ""] = prefix.split("/");
      list.addSubnet(network, Number(length), "ipv4");
    }
    const task = lookupTask(inputs, inputs.addresses ?? [], (text) => (list.check(text) ? "found" : undefined));
    const checked = inputs.addresses?.slice(0, inputs.matches?.length) ?? [];
    return { ...task, answers: () => checked.map((text) => String(list.check(text))) };
  },
};
