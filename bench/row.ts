/** What figures are counted in. */
export type Unit = "ms" | "MB" | "tokens" | "count" | "%" | "text";

/** When a figure is good enough. */
export interface Goal {
  words: string;
  isMet(ours: number, floor: number | undefined): boolean | undefined;
}

/** One line of the table. `met` is undefined where nothing could be said. */
export interface Row {
  what: string;
  unit: Unit;
  goal: string;
  floor?: number;
  ours: number | string;
  met: boolean | undefined;
  note?: string;
}

/** A figure of ours beside its floor and its goal. */
export function row(figure: {
  what: string;
  unit: Unit;
  goal: Goal;
  ours: number;
  floor?: number;
  note?: string | undefined;
}): Row {
  const { what, unit, goal, ours, floor, note } = figure;
  const met = Number.isFinite(ours) ? goal.isMet(ours, floor) : false;
  return {
    what,
    unit,
    goal: goal.words,
    ...(floor === undefined ? {} : { floor }),
    ours,
    met,
    ...(note === undefined ? {} : { note }),
  };
}

/** No more than so many times the floor. */
export function times(factor: number): Goal {
  return {
    words: `≤ ${factor} × floor`,
    isMet: (ours, floor) => (floor === undefined ? undefined : ours <= factor * floor),
  };
}

/** No less than so much. */
export function atLeast(least: number): Goal {
  return { words: `≥ ${least}`, isMet: (ours) => ours >= least };
}

/** No more than so much above the floor. */
export function plus(more: number, unit: Unit): Goal {
  return {
    words: `≤ floor + ${more} ${unit}`,
    isMet: (ours, floor) => (floor === undefined ? undefined : ours <= floor + more),
  };
}

/** No more than so much. */
export function atMost(most: number, unit: Unit): Goal {
  const words = unit === "count" ? `${most}` : unit === "%" ? `${most} %` : `${most} ${unit}`;
  return { words: most === 0 ? "0" : `≤ ${words}`, isMet: (ours) => ours <= most };
}
