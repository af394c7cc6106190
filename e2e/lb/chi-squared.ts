/**
 * The chance that two counts over the same categories differ at least so much when both come from one distribution
 * (Pearson's test of homogeneity).
 */
export function chanceOfSame(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): number {
  const categories = [...new Set([...first.keys(), ...second.keys()])];
  const sum = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((all, each) => all + each, 0);
  const [total, other] = [sum(first), sum(second)];
  const statistic = categories.reduce((all, category) => {
    const [a, b] = [first.get(category) ?? 0, second.get(category) ?? 0];
    return all + (a * Math.sqrt(other / total) - b * Math.sqrt(total / other)) ** 2 / (a + b);
  }, 0);
  return categories.length < 2 ? 1 : upperGamma((categories.length - 1) / 2, statistic / 2);
}

/** The regularized upper incomplete gamma function, by its series below a + 1 and its continued fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 1_000; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - scale * sum;
  }
  let fraction = 0;
  for (let n = 1_000; n >= 1; n--) fraction = (n * (n - a)) / (x + 2 * n + 1 - a - fraction);
  return scale / (x + 1 - a - fraction);
}

/** Stirling's series, shifted to where it is exact to about 1e-12. */
function logGamma(value: number): number {
  let shift = 0;
  let x = value;
  for (; x < 10; x++) shift += Math.log(x);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) - shift;
}
