/** The full name of a typed configuration's message. Given as `unknown`: the compiler cannot index the union of all types. */
export function typeNameOf(config: unknown): string | undefined {
  if (typeof config !== "object" || config === null || !("@type" in config)) return undefined;
  const url = config["@type"];
  return typeof url === "string" ? url.slice(url.lastIndexOf("/") + 1) : undefined;
}

/** A typed configuration as the message of the name; `undefined` when it is another. */
export function unpacked<M extends object>(config: object | undefined, typeName: string): M | undefined {
  return typeNameOf(config) === typeName ? (config as M) : undefined;
}
