// How rules read values and print them.

/** Seconds of a duration's text. */
export function seconds(duration: string): number {
  return Number.parseFloat(duration);
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}
