/** Everything that looks random in the simulated Slack, from one seed. */
export interface Ids {
  /** An id as Slack writes them: `next("U")` is `U0` and nine letters or digits. */
  next(prefix: string): string;
  uuid(): string;
  /** So many lower-case letters and digits, as in tokens and secrets. */
  secret(length: number): string;
  /** One of the list, by chance. */
  pick<T>(list: readonly T[]): T | undefined;
}

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Ids that are the same again for the same seed. */
export function createIds(seed: number): Ids {
  let state = seed >>> 0;
  // mulberry32: small, and good enough to look random.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const letters = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");
  return {
    next: (prefix) => `${prefix}0${letters(upperCase, 9)}`,
    uuid: () => [8, 4, 4, 4, 12].map((length) => letters("0123456789abcdef", length)).join("-"),
    secret: (length) => letters("abcdef0123456789", length),
    pick: (list) => list[Math.floor(random() * list.length)],
  };
}
