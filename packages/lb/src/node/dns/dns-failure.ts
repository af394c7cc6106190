import { type DnsType, LbError } from "../../errors.js";

/** What an error of `node:dns` says: the name is not there, it has no such records, or nobody knows. */
export function dnsFailure(name: string, type: DnsType, error: unknown): LbError {
  const code = String((error as { readonly code?: unknown }).code ?? "");
  const options = { cause: error };
  if (code === "ENOTFOUND") return new LbError("dns_no_such_name", `${name} does not exist`, { name }, options);
  if (code === "ENODATA") return new LbError("dns_no_data", `${name} has no ${type} records`, { name, type }, options);
  return new LbError("dns_failed", `${name} ${type}: ${code || String(error)}`, { name, type, dnsCode: code }, options);
}
