import type { Language, Post, Press } from "../../chat.ts";
import { type Run, runIdFor } from "../../runs/run.ts";
import type { ShelvedFile } from "../../store/outbox.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { titlesOf } from "../answers/tool-titles.ts";
import type { Desk } from "../desk/desk.ts";
import { sayInPrivate } from "../desk/in-private.ts";

const mostSent = 10;

/** Results that an agent was told in short, or was told again: `why` speaks of them, and whoever asked can have them whole. */
export type WholeResults = {
  /** What `why` says of a run, with what there is to say of its results. */
  under(text: string, run: Run | undefined, words: Words): Promise<Post>;
  /** Sends the whole results of a run to whoever had asked for it, alone; gives what to tell them here. */
  send(event: string, press: Press, language: Language): Promise<string>;
};

/** Whole results over the desk. */
export function createWholeResults(desk: Desk): WholeResults {
  const { ledger, access, people, store, now } = desk;

  async function under(text: string, run: Run | undefined, words: Words): Promise<Post> {
    if (!run) return { text };
    const told = words.results;
    const again = run.used.filter((one) => one.recalled).length;
    const kept = await ledger.results.of(run.id);
    const names = titlesOf(kept.map(({ tool }) => tool));
    const lines = [text, ...(again > 0 ? [told.again(again)] : []), ...(kept.length > 0 ? [told.kept(names)] : [])];
    const buttons = [{ id: "whole", value: run.id, text: told.send }];
    return { text: lines.join(" "), ...(kept.length > 0 ? { card: { buttons } } : {}) };
  }

  async function send(event: string, { value = "", person, address }: Press, language: Language): Promise<string> {
    const words = wordsOf(language);
    const told = words.results;
    const run = await ledger.find(value);
    const kept = run ? await ledger.results.of(run.id) : [];
    if (!run || kept.length === 0) return words.gone;
    const who = await people.who(person.id, { roles: true });
    if (run.asker.id !== person.id && !access.authorize(who, "administer", {}).allowed) return told.notYours;
    const direct = await desk.adapter(address.adapter)?.direct?.(person.id);
    if (!direct) return told.nowhere;
    const files: ShelvedFile[] = [];
    for (const [nth, { call, tool }] of kept.slice(0, mostSent).entries()) {
      const text = await ledger.results.read(run.id, call);
      if (text === undefined) continue;
      const bytes = Buffer.from(text);
      const ref = await store.shelf.put(run.id, bytes);
      files.push({ name: `${nth + 1}-${tool}.txt`, type: "text/plain", size: bytes.length, ref });
    }
    const key = { id: `${runIdFor(event)}.whole`, since: now() };
    const left = titlesOf(kept.slice(mostSent).map(({ tool }) => tool));
    const text = [told.here(run.agent), ...(left.length > 0 ? [words.filesLeft.tooMuch(left)] : [])].join("\n\n");
    const post = { text, language };
    return (await sayInPrivate(desk, { address: direct, post, files, key })) ? told.sent : told.nowhere;
  }

  return { under, send };
}
