/** The middle one; of an even number, the lower of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that so many per cent of the values do not exceed. NaN when there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** The median of each figure of several measurements. */
export function medians<Name extends string>(measured: readonly Record<Name, number>[]): Record<Name, number> {
  const [first] = measured;
  if (first === undefined) throw new Error("nothing was measured");
  const middle = { ...first };
  for (const name in middle) middle[name] = median(measured.map((one) => one[name]));
  return middle;
}
