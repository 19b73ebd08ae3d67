/** The option closest in spelling to `word`, or undefined when none is close enough to be meant; `most` letters may differ. */
export function nearest(word: string, options: Iterable<string>, most = 3): string | undefined {
  const wanted = word.toLowerCase();
  const { length } = [...wanted];
  let best: string | undefined;
  // A third of the letters may differ, never all.
  let bestDistance = Math.min(most, Math.ceil(length / 3), Math.max(0, length - 1)) + 1;
  for (const option of options) {
    const candidate = option.toLowerCase();
    const distance = candidate === wanted ? 0 : editDistance(wanted, candidate, bestDistance);
    if (distance < bestDistance) {
      best = option;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` — did you mean "x"?` when an option is close to `word`, else nothing. */
export function didYouMean(word: string, options: Iterable<string>): string {
  const guess = nearest(word, options);
  return guess === undefined ? "" : ` — did you mean "${guess}"?`;
}

// Optimal string alignment: a swap of two neighbours ("reveiwer") counts once. Gives up (returns `limit`) early.
function editDistance(from: string, to: string, limit: number): number {
  const a = [...from];
  const b = [...to];
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, cell(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, cell(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    if (Math.min(...row) >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return cell(last, b.length);
}

function cell(row: number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
