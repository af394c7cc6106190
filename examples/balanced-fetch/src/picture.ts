/** Values of several series beside each other, by classes of equal width; the longest bar is `width` long. */
export function drawHistograms(
  series: readonly (readonly number[])[],
  { classMs, classCount, width }: { readonly classMs: number; readonly classCount: number; readonly width: number },
): string {
  const counts = series.map((values) => {
    const classes = Array.from({ length: classCount }, () => 0);
    for (const value of values) {
      const place = Math.min(classCount - 1, Math.max(0, Math.floor(value / classMs)));
      classes[place] = (classes[place] ?? 0) + 1;
    }
    return classes;
  });
  const most = Math.max(1, ...counts.flat());
  return Array.from({ length: classCount }, (_, place) => {
    const last = place === classCount - 1;
    const label = last ? `${place * classMs} ms and more` : `${place * classMs}–${(place + 1) * classMs} ms`;
    const bars = counts.map((classes) => bar((classes[place] ?? 0) / most, width).padEnd(width + 2));
    return `${label.padStart(18)}  ${bars.join("")}`.trimEnd();
  }).join("\n");
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of this share of a width, to an eighth of a character; what is there at all is seen. */
export function bar(share: number, width: number): string {
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
