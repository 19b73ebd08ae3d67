import { expect, test } from "vitest";
import { obey } from "../../bench/town/crowd.ts";
import type { Place, Sight } from "../../bench/town/place.ts";

/** A place where a mention is answered in steps, each shown when the test says so. */
function placeAnswering(steps: (mention: string) => Sight[]): Place & { mostAtOnce(): number } {
  const shown: Sight[] = [];
  const open = new Set<string>();
  let most = 0;
  let changed = () => {};
  return {
    env: {},
    channels: [],
    posting: "post",
    say(number) {
      const mention = `mention-${number}`;
      open.add(mention);
      most = Math.max(most, open.size);
      setImmediate(async () => {
        for (const step of steps(mention)) {
          shown.push(step);
          if (step.still) open.delete(mention);
          changed();
          await new Promise(setImmediate);
        }
      });
      return mention;
    },
    look: () => shown.splice(0),
    calls: () => [],
    violations: () => [],
    until: (isSo, deadlineMs) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("in vain")), deadlineMs);
        changed = () => {
          if (!isSo()) return;
          clearTimeout(timer);
          resolve();
        };
        changed();
      }),
    mostAtOnce: () => most,
  };
}

const answer = "It is the new index.";
const whole = (mention: string): Sight[] => [
  { mention, text: undefined, still: true },
  { mention, text: "It is the", still: false },
  { mention, text: answer, still: true },
];

test("a sign, the first words and the whole answer are told apart, in this order", async () => {
  const seen = await obey(placeAnswering(whole), { mentions: 1, atOnce: 1, answer, deadlineMs: 5000 });
  expect(seen).toMatchObject({ mentions: 1, whole: 1 });
  const [sign = 0, words = 0, end = 0] = [seen.signMs[0], seen.wordsMs[0], seen.wholeMs[0]];
  expect(sign).toBeLessThanOrEqual(words);
  expect(words).toBeLessThanOrEqual(end);
});

test("never more wait for an answer than were ordered at once", async () => {
  const place = placeAnswering(whole);
  const seen = await obey(place, { mentions: 20, atOnce: 3, answer, deadlineMs: 5000 });
  expect(seen.whole).toBe(20);
  expect(place.mostAtOnce()).toBe(3);
});

test("at a rate all is said, whether answered or not", async () => {
  const seen = await obey(placeAnswering(whole), { mentions: 10, perSecond: 500, answer, deadlineMs: 5000 });
  expect(seen).toMatchObject({ mentions: 10, whole: 10 });
});

test("an answer that is still being written, or lacks a word, is not whole", async () => {
  const place = placeAnswering((mention) => [
    { mention, text: answer, still: false },
    { mention, text: answer.slice(0, -1), still: true },
  ]);
  const seen = await obey(place, { mentions: 2, atOnce: 2, answer, deadlineMs: 200 });
  expect(seen).toMatchObject({ mentions: 2, whole: 0, wholeMs: [] });
  expect(seen.wordsMs.length).toBe(2);
});
