/** Leaves out the members that are `undefined`, so that builders print and compare as if they had not been written. */
export function pruned<T extends object>(fields: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const kept: Partial<Record<keyof T, unknown>> = {};
  for (const key in fields) {
    if (fields[key] !== undefined) kept[key] = fields[key];
  }
  return kept as T;
}
