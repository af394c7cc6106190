import type { CodeRule, CodeRules, EnvoyFacts, RuleTerm } from "../../packages/envoy-api/src/facts.js";

const head = `---
title: What Envoy refuses in code
category: Guides
---

# What Envoy refuses in code

Besides the types and the field rules of the API, Envoy 1.40 checks configuration in its code. These are the checks that
\`compile\` and \`npx @netmason/xds lint\` know, by the message they look at: the field at fault, and what they say of it, with
\`…\` where a name or a value of yours stands. *Warning* marks what Envoy takes in silence. Some need more than their own
message and are not listed: references between resources, filter chains that match the same connections, sums of
weights, gaps between priorities and words in \`retryOn\`.

In a program the same rules are \`envoyFacts()\` of \`@netmason/envoy-api/facts\`.
`;

/** A page of the documentation with all rules that are data. */
export function writeRulesPage({ rules, envoyRules, grpcRules }: EnvoyFacts): string {
  return [
    head,
    "## Everywhere\n",
    ...sectionsOf(rules),
    "## By Envoy, not by gRPC clients\n",
    ...sectionsOf(envoyRules),
    "## By proxyless gRPC clients, not by Envoy\n",
    'With `target: "grpc"`, after gRFC A27, A28, A31 and A47.\n',
    ...sectionsOf(grpcRules),
  ].join("\n");
}

function sectionsOf(rules: CodeRules): readonly string[] {
  return Object.entries(rules)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([typeName, list]) => `### ${typeName}\n\n${[...new Set(list.map(lineOf))].join("\n")}\n`);
}

function lineOf({ each = [], at = [], says, warns }: CodeRule): string {
  const path = [...each, ...at].join(".");
  return `- ${path === "" ? "" : `\`${path}\`: `}${warns ? "*Warning:* " : ""}${inMarkdown(textOf(says))}`;
}

function textOf(says: RuleTerm): string {
  if (typeof says !== "object") return String(says);
  const text = says.slice(1).map((part) => (typeof part === "object" ? "…" : part));
  return text.join("") === "…" ? "what is wrong with the format in it" : text.join("");
}

/** Names of fields and what has dots are code; a star alone is no emphasis. */
function inMarkdown(text: string): string {
  return text.replaceAll(/[\w*]+(?:\.\w+)+|\b[a-z]{2,}[A-Z]\w*|\*/g, (found) =>
    found === "*" ? "\\*" : `\`${found}\``,
  );
}
