/** The type URL of a typed configuration. Given as `object`: the compiler cannot index the union of all message types. */
export function typeUrlOf(config: object | undefined): string | undefined {
  if (config === undefined || !("@type" in config)) return undefined;
  return typeof config["@type"] === "string" ? config["@type"] : undefined;
}

/** A typed configuration as what its type URL says it is; `undefined` when it is another. */
export function unpacked<M extends object>(config: object | undefined, typeUrl: string): M | undefined {
  return typeUrlOf(config) === typeUrl ? (config as M) : undefined;
}
