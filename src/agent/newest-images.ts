import type { Turn } from "./turn.ts";

const most = 8;
/** In characters of data URLs: a run's state is written down at each step. */
const mostCharacters = 8 * 1024 * 1024;

/** Takes images out of older tool results, so that only so many of the newest go on with the run. */
export function keepNewestImages(turns: Turn[]): void {
  let [kept, characters] = [0, 0];
  for (let at = turns.length - 1; at >= 0; at--) {
    const turn = turns[at];
    if (turn?.role !== "tool" || !turn.images) continue;
    const { images, ...alone } = turn;
    const newest: string[] = [];
    for (const image of images) {
      kept += 1;
      characters += image.length;
      if (kept <= most && characters <= mostCharacters) newest.push(image);
    }
    if (newest.length < images.length) turns[at] = newest.length > 0 ? { ...alone, images: newest } : alone;
  }
}
