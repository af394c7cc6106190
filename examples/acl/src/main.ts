import { readFileSync } from "node:fs";
import {
  type Address,
  classifyAddress,
  createAddressSet,
  firstAddress,
  type Prefix,
  type PrefixLookup,
  parseAddress,
  parsePrefix,
  stride,
} from "@netmason/net";
import { buildAcl, parseClient, parseExceptions, parseRules, type Rule } from "./acl.js";
import { drawPrefix } from "./picture.js";

const read = (name: string): string => readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");

const rules = parseRules(read("rules.txt"));
const exceptions = parseExceptions(read("exceptions.txt"));
const started = performance.now();
const acl = buildAcl(rules, exceptions);
const builtMs = performance.now() - started;
console.log(`${rules.length} rules and ${exceptions.size} excepted addresses`);
console.log(`compiled to ${acl.size} prefixes in ${builtMs.toFixed(1)} ms\n`);

console.log("Lines of the log that are no address:");
const lines = read("access.log").trimEnd().split("\n");
const clients = lines.flatMap((line) => parseClient(line.split(" ")[1] ?? "") ?? []);

console.log("\nWho came, and which rule decided:");
for (const client of clients.slice(0, 12)) console.log(`  ${answer(client)}`);
const allowed = clients.filter((client) => acl.lookup(client)?.value.action === "allow");
console.log(`  … ${clients.length} in all: ${allowed.length} allowed, ${clients.length - allowed.length} denied\n`);

const inside = parsePrefix("10.0.0.0/8");
const admitted = createAddressSet(rules.filter(({ action }) => action === "allow").map(({ prefix }) => prefix));
console.log(`How much of ${inside} may come in, one cell a /16 (· none, ░▒▓█ a quarter each):`);
console.log(`${drawPrefix(inside, admitted.subtract(exceptions))}\n`);

const taken = createAddressSet(rules.map(({ prefix }) => prefix).filter((prefix) => prefix.length > inside.length));
const free = createAddressSet([inside]).subtract(taken);
const pool = free.prefixes().find(({ length }) => length <= 20) as Prefix;
const containers = stride(pool, 28, { first: 1, last: 1 });
console.log(`${pool} is free and has room for ${containers.capacity} containers of 16 addresses:`);
for (const n of [1n, 2n, containers.capacity]) console.log(`  container ${n}: ${containers.unit(n)}`);
const someone = firstAddress(containers.unit(77));
console.log(`  ${someone} belongs to container ${containers.inverse(someone)}\n`);

console.log("Rates on this machine, one thread:");
console.log(`  parsed addresses: ${rate(acl, clients, (client) => client)}`);
console.log(`  from text:        ${rate(acl, clients.map(String), parseAddress)}`);

function answer(client: Address): string {
  const rule = acl.lookup(client)?.value;
  if (rule !== undefined) return `${String(client).padEnd(26)} ${rule.action.padEnd(5)} ${rule.prefix} ${rule.purpose}`;
  return `${String(client).padEnd(26)} deny  no rule, ${classifyAddress(client)?.name ?? "an address of the Internet"}`;
}

/** Runs for about half a second. */
function rate<T>(table: PrefixLookup<Rule>, inputs: readonly T[], addressOf: (input: T) => Address): string {
  let lookups = 0;
  let matches = 0;
  const begun = performance.now();
  while (performance.now() - begun < 500) {
    for (const input of inputs) if (table.lookup(addressOf(input)) !== undefined) matches++;
    lookups += inputs.length;
  }
  const perSecond = lookups / ((performance.now() - begun) / 1_000);
  return `${(perSecond / 1e6).toFixed(1)} million lookups/s, ${Math.round((100 * matches) / lookups)} % find a rule`;
}
