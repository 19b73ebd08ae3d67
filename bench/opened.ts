/** Something that lives until it is stopped. */
export interface Opened {
  stop(): Promise<unknown>;
}

/** Takes note of something that is being opened. */
export type Keep = <Thing extends Opened>(opening: Promise<Thing>) => Promise<Thing>;

/** Does work that opens things, and stops them all in reverse order, however the work ends. */
export async function closingAll<Result>(work: (keep: Keep) => Promise<Result>): Promise<Result> {
  const opened: Opened[] = [];
  try {
    return await work(async (opening) => {
      const thing = await opening;
      opened.push(thing);
      return thing;
    });
  } finally {
    for (const thing of opened.reverse()) await thing.stop();
  }
}
