import type { Address, Prefix } from "@netmason/net";
import type { NodeContender, Task } from "../bench-case.js";

export const oursPackage = "@netmason/net";

/** Our side of a case; a variant of ours stands among the peers, as context. */
export function ours(prepare: NodeContender["prepare"], variant?: { name: string; note: string }): NodeContender {
  return { name: "net", package: oursPackage, ...variant, prepare };
}

/** The four words of an address or a prefix as the hexadecimal digits of its value. */
export function hexOfWords({ family, w0, w1, w2, w3 }: Address | Prefix): string {
  const words = family === 4 ? [w3] : [w0, w1, w2, w3];
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Asking the first so many inputs is enough to catch a contender that does something else. */
export const checkedCount = 1_024;

export function answersFor<T>(items: readonly T[], answer: (item: T, index: number) => string): Task["answers"] {
  return () => items.slice(0, checkedCount).map(answer);
}
