const discordEpoch = 1_420_070_400_000;

/** The smallest id that anything said at this time can have: Discord's ids begin with the time. */
export function idAt(time: number): string {
  return String(BigInt(Math.max(0, Math.trunc(time) - discordEpoch)) << 22n);
}

/** When the thing with this id came to be. */
export function timeOfId(id: string): number {
  return Number(BigInt(id) >> 22n) + discordEpoch;
}

/** Orders ids by age. */
export function byAge(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
