import { containsAddress, parseAddress, parsePrefix, tryParseAddress } from "@netmason/net";
import type { BenchCase, Inputs } from "../bench-case.js";
import { containsInputs, holds } from "./address-inputs.js";
import type { Family } from "./address-text.js";
import { containsTask, parsedContainsPeers, textContainsPeers } from "./contains-peers.js";
import { checkedCount, ours } from "./ours.js";

/** Both sides parsed before. */
export const containsParsedCase: BenchCase = {
  name: "contains-v4",
  operation: "asks whether a parsed prefix holds a parsed address; half do",
  ours: ours(({ prefixes = [], addresses = [] }) =>
    containsTask(
      prefixes.map((text) => parsePrefix(text)),
      addresses.map(parseAddress),
      containsAddress,
    ),
  ),
  peers: parsedContainsPeers,
  inputs: () => containsInputs(4),
  expected: expectedAnswers,
};

/** The prefix is parsed before, the address is text, as a request brings it. */
export function containsTextCase(family: Family): BenchCase {
  return {
    name: `contains-v${family}-string`,
    operation: `asks whether a parsed prefix holds an IPv${family} address given as text; half do`,
    ours: ours(({ prefixes = [], addresses = [] }) =>
      containsTask(
        prefixes.map((text) => parsePrefix(text)),
        addresses,
        (prefix, text) => {
          const address = tryParseAddress(text);
          return address !== undefined && containsAddress(prefix, address);
        },
      ),
    ),
    peers: textContainsPeers(family),
    inputs: () => containsInputs(family),
    expected: expectedAnswers,
  };
}

function expectedAnswers({ prefixes = [], addresses = [] }: Inputs): readonly string[] {
  const checked = addresses.slice(0, checkedCount);
  return checked.map((address, index) => String(holds(prefixes[index % prefixes.length] as string, address)));
}
