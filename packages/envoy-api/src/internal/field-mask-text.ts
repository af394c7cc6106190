import { refuse } from "./refusal.js";

/** `"user.displayName,photo"` → `["user.display_name", "photo"]`. */
export function readFieldMask(value: unknown): readonly string[] {
  if (typeof value !== "string" || value.includes("_")) return refuse();
  if (value === "") return [];
  return value.split(",").map((path) => path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** `undefined` when a path would not come back as it was. */
export function formatFieldMask(paths: readonly string[]): string | undefined {
  const text = paths.map((path) => path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())).join(",");
  const lossless = !text.includes("_") && paths.every((path) => !/[A-Z,]/.test(path));
  return lossless ? text : undefined;
}
