// None that look alike.
const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** A short id for a schedule, easy to read out: `s-4k2`. Longer with each attempt that met one that exists. */
export function scheduleId(random: () => number, attempt: number): string {
  const length = Math.min(3 + Math.floor(attempt / 2), 5);
  let id = "s-";
  for (let n = 0; n < length; n++) id += letters[Math.floor(random() * letters.length)];
  return id;
}
