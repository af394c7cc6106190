/** The word that differs least, if it is one or two letters away. */
export function nearestWord(text: string, words: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = text.length > 4 ? 3 : 2;
  for (const word of words) {
    const distance = editDistance(text, word);
    if (distance >= least) continue;
    best = word;
    least = distance;
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
