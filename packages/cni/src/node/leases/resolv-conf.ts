import { readFileSync } from "node:fs";
import { CniError } from "../../errors.js";
import type { Dns } from "../../result-parts.js";

/** Reads the four settings that a result can carry. @throws CniError `io_failure` */
export function readResolvConf(file: string): Dns {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new CniError("io_failure", `open ${file}: ${String(cause)}`, {}, { cause });
  }
  const nameservers: string[] = [];
  const search: string[] = [];
  const options: string[] = [];
  let domain = "";
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("#") || line.startsWith(";")) continue;
    const [word, ...values] = line.split(/\s+/);
    const [value] = values;
    if (value === undefined) continue;
    if (word === "nameserver") nameservers.push(value);
    else if (word === "domain") domain = value;
    else if (word === "search") search.push(...values);
    else if (word === "options") options.push(...values);
  }
  return { nameservers, domain, search, options };
}
