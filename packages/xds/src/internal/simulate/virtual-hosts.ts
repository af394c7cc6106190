// Which virtual host takes a host name (RouteMatcher::findVirtualHost): exactly, by the longest wildcard in front, by the
// longest behind, then `*`.
import type { RouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import { portStart } from "./request-view.js";

/** A virtual host by its place, and the domain that took the request. */
export interface FoundHost {
  readonly index: number;
  readonly domain: string;
}

export class VirtualHosts {
  readonly #exact = new Map<string, FoundHost>();
  readonly #suffixes = new Map<number, Map<string, FoundHost>>();
  readonly #prefixes = new Map<number, Map<string, FoundHost>>();
  #any: FoundHost | undefined;
  readonly #ignorePort: boolean;
  readonly #onlyAny: boolean;

  constructor({ virtualHosts = [], ignorePortInHostMatching = false }: RouteConfigurationJson) {
    this.#ignorePort = ignorePortInHostMatching;
    for (const [index, { domains = [] }] of virtualHosts.entries()) {
      for (const domain of domains) this.#add(domain.toLowerCase(), { index, domain });
    }
    this.#onlyAny = this.#exact.size + this.#suffixes.size + this.#prefixes.size === 0;
  }

  #add(domain: string, found: FoundHost): void {
    if (domain === "*") this.#any ??= found;
    else if (domain.startsWith("*")) addTo(this.#suffixes, domain.length - 1, domain.slice(1), found);
    else if (domain.endsWith("*")) addTo(this.#prefixes, domain.length - 1, domain.slice(0, -1), found);
    else if (!this.#exact.has(domain)) this.#exact.set(domain, found);
  }

  find(authority: string): FoundHost | undefined {
    if (this.#onlyAny) return this.#any;
    const port = this.#ignorePort ? portStart(authority) : -1;
    const host = (port < 0 ? authority : authority.slice(0, port)).toLowerCase();
    return (
      this.#exact.get(host) ??
      longest(this.#suffixes, host, (length) => host.slice(host.length - length)) ??
      longest(this.#prefixes, host, (length) => host.slice(0, length)) ??
      this.#any
    );
  }
}

function addTo(map: Map<number, Map<string, FoundHost>>, length: number, text: string, found: FoundHost): void {
  const sameLength = map.get(length) ?? new Map<string, FoundHost>();
  map.set(length, sameLength);
  if (!sameLength.has(text)) sameLength.set(text, found);
}

/** A wildcard stands for at least one character. */
function longest(
  map: ReadonlyMap<number, ReadonlyMap<string, FoundHost>>,
  host: string,
  part: (length: number) => string,
): FoundHost | undefined {
  for (const length of [...map.keys()].sort((a, b) => b - a)) {
    const found = length < host.length ? map.get(length)?.get(part(length)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
