import { parse } from "yaml";

/** A host of the gateway: backends, and other ones below some paths; or a redirect; or a fixed answer. */
export interface Host {
  readonly backends?: readonly string[];
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly timeout?: `${number}s`;
  readonly retry?: readonly ("5xx" | "connect-failure" | "reset")[];
  readonly redirect?: string;
  readonly respond?: string;
}

/** The whole file. */
export interface Hosts {
  readonly admin: string;
  readonly listen: string;
  readonly hosts: Readonly<Record<string, Host>>;
}

export function parseHosts(text: string): Hosts {
  const value: unknown = parse(text);
  if (typeof value !== "object" || value === null || !("hosts" in value)) throw new TypeError("the file has no hosts");
  return value as Hosts;
}
