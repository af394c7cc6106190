import {
  type Address,
  type AddressSet,
  createAddressSet,
  createPrefixTable,
  isNetError,
  type Prefix,
  type PrefixLookup,
  parseAddress,
  parsePrefix,
  parseRange,
  unmapAddress,
} from "@netmason/net";

/** A line of the rules. */
export interface Rule {
  readonly prefix: Prefix;
  readonly action: "allow" | "deny";
  readonly purpose: string;
}

/** `PREFIX ACTION PURPOSE` lines; a bad one is named by its line and column. */
export function parseRules(text: string): readonly Rule[] {
  return contentLines(text).map(([line, number]) => {
    const [prefix = "", action, ...purpose] = line.split(/\s+/);
    if (action !== "allow" && action !== "deny") throw new SyntaxError(`line ${number}: action ${action}`);
    return { prefix: atLine(number, () => parsePrefix(prefix)), action, purpose: purpose.join(" ") };
  });
}

/** Prefixes, ranges and addresses, one a line. */
export function parseExceptions(text: string): AddressSet {
  const items = contentLines(text).map(([line, number]) =>
    atLine(number, () =>
      line.includes("/") ? parsePrefix(line) : line.includes("-") ? parseRange(line) : parseAddress(line),
    ),
  );
  return createAddressSet(items);
}

/** Each allow rule applies to what the exceptions leave of it; the rest of it falls to the rules around it, or is denied. */
export function buildAcl(rules: readonly Rule[], exceptions: AddressSet): PrefixLookup<Rule> {
  const table = createPrefixTable<Rule>();
  const excepted: Rule[] = exceptions.prefixes().map((prefix) => ({ prefix, action: "deny", purpose: "exception" }));
  for (const rule of [...rules, ...excepted]) {
    const parts =
      rule.action === "deny" ? [rule.prefix] : createAddressSet([rule.prefix]).subtract(exceptions).prefixes();
    for (const part of parts) table.insert(part, rule);
  }
  return table.compile();
}

/** An address as a log has it: a dual-stack server writes IPv4 clients as `::ffff:10.0.0.1`. */
export function parseClient(text: string): Address | undefined {
  try {
    return unmapAddress(parseAddress(text));
  } catch (error) {
    if (!isNetError(error, "invalid_address")) throw error;
    console.log(`  ${error.message}`);
    return undefined;
  }
}

function contentLines(text: string): (readonly [line: string, number: number])[] {
  const lines = text.split("\n").map((line, index) => [line.trim(), index + 1] as const);
  return lines.filter(([line]) => line !== "" && !line.startsWith("#"));
}

function atLine<T>(number: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isNetError(error)) throw error;
    throw new SyntaxError(`line ${number}: ${error.message}`, { cause: error });
  }
}
