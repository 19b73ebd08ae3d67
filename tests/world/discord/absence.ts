const beatMs = 50;
const rememberedMs = 2000;

/** Notes when this process did not come to its work, since the machine or a long task kept it. */
export type Absence = {
  /** The longest of the last two seconds. */
  recentMs(): number;
  stop(): void;
};

/** Begins to look at the clock. */
export function watchAbsence(now: () => number = () => performance.now()): Absence {
  let looked = now();
  let absences: { until: number; ms: number }[] = [];

  function look(): void {
    const at = now();
    const ms = at - looked - beatMs;
    looked = at;
    absences = absences.filter(({ until }) => until > at - rememberedMs);
    if (ms > 0) absences.push({ until: at, ms });
  }

  const beat = setInterval(look, beatMs).unref();
  return {
    recentMs() {
      // One that goes on is seen as well: what is asked now may come before the next look.
      look();
      return Math.max(0, ...absences.map(({ ms }) => ms));
    },
    stop: () => clearInterval(beat),
  };
}
