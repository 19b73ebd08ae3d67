/** Those whom a name may mean, the likeliest first: called so, beginning so, with a word that begins so, or with it inside. */
export function bestNamed<One extends { name: string }>(wanted: string, all: readonly One[], most: number): One[] {
  const name = folded(wanted).replace(/^@/, "");
  if (name === "") return [];
  return all
    .map((one) => ({ one, rank: rankOf(name, folded(one.name)) }))
    .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, most)
    .map(({ one }) => one);
}

function rankOf(wanted: string, name: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.split(/[\s._-]+/).some((word) => word.startsWith(wanted))) return 2;
  return name.includes(wanted) ? 3 : Number.POSITIVE_INFINITY;
}

function folded(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}
