import type { types } from "@slack/bolt";
import type { DraftState, Language, Post, PostedFile } from "../../src/chat.ts";
import { withMentions } from "../../src/words/mentions.ts";
import { piecesOf } from "../../src/words/pieces.ts";
import { splitMarkdown } from "../../src/words/split.ts";
import { wordsOf } from "../../src/words/words.ts";
import { actionsBlocks, bodyOf, linesBlock, quietBlock, quietText, tailOf } from "./blocks.ts";
import { userOf } from "./messages.ts";
import { previewOf } from "./preview.ts";
import { drawnTable, tableBlock } from "./tables.ts";
import { calm, shortened, toMrkdwn } from "./text.ts";

/** One Slack message: its blocks, and the text for notifications. */
export type Sheet = { text: string; blocks: types.KnownBlock[] };

/** A whole post: messages, and what goes along as files. */
export type Paper = { sheets: Sheet[]; files: PostedFile[] };

/** Markdown per message. Slack takes 12,000 in a block, and about 13,200 in all blocks together. */
export const markdownLimit = 11_000;

const leastMarkdown = 3_000;
const leastRoom = 2_000;
const blocksLimit = 13_000;
const fallbackLimit = 300;
const mostSheets = 4;
const mostFiles = 10;
const wholeAnswer = "answer.md";

/** What one message says: Markdown, and at most one table. */
type Page = { blocks: types.KnownBlock[]; words: string; used: number };

/**
 * A post as the messages it takes, in order: tool lines before the text, fields, buttons, footer and rating after it. What
 * needs more than four messages is begun in them and goes along whole as a file.
 */
export function paperOf(post: Post): Paper {
  const limit = limitFor(post);
  const text = bodyOf(post);
  const words = wordsOf(post.language ?? "en");
  const given = post.files ?? [];
  const pages = pagesOf(called(post, text), limit);
  if (pages.length <= mostSheets) return { sheets: sheetsFrom(pages, post), files: given };
  // The whole answer is one of the files that go along, too.
  const [files, left] = [given.slice(0, mostFiles - 1), given.slice(mostFiles - 1)];
  const lefts = left.length > 0 ? `\n\n${words.filesLeft.tooMuch(left.map(({ name }) => name))}` : "";
  const note = words.theRest(wholeAnswer) + lefts;
  const shown = pagesOf(called(post, text), limit - note.length - 2).slice(0, mostSheets);
  const last = shown.at(-1);
  if (last) addText(last, `\n\n${note}`);
  const whole = { name: wholeAnswer, type: "text/markdown", text };
  return { sheets: sheetsFrom(shown, post), files: [whole, ...files] };
}

/** A post as messages alone, however many, its files' texts among them, the others named: for places that take no files. */
export function sheetsOf(post: Post): Sheet[] {
  const others = (post.files ?? []).flatMap((file) => ("bytes" in file ? [file.name] : []));
  const named = others.length > 0 ? wordsOf(post.language ?? "en").filesLeft.notHere(others) : "";
  const parts = [post.text, ...(post.files ?? []).map(fileAsText), named].filter((part) => part.trim() !== "");
  const whole = { ...post, text: parts.join("\n\n") };
  return sheetsFrom(pagesOf(called(post, bodyOf(whole)), limitFor(post)), post);
}

/** Files as the messages that say the same. */
export function sheetsOfFiles(files: readonly PostedFile[], language: Language = "en"): Sheet[] {
  return sheetsOf({ text: "", files: [...files], language });
}

/** The words of a post when they are all there is to it and one Markdown text holds them; undefined when not. */
export function plainWordsOf(post: Post): string | undefined {
  const text = called(post, bodyOf(post));
  if (post.files?.length || text.length > markdownLimit) return undefined;
  return piecesOf(text).some(({ kind }) => kind === "table") ? undefined : text;
}

/** A draft as one message, as much of it as fits. */
export function sheetOfDraft(state: DraftState): Sheet {
  const body = previewOf(state.text.slice(0, markdownLimit));
  const isCut = state.text.length > markdownLimit || body.length > markdownLimit - 2;
  const text = isCut ? `${shortened(body, markdownLimit - 2)}\n…` : body;
  const stop = state.stop ? actionsBlocks([state.stop]) : [];
  const blocks = [...linesBlock(state.lines), ...(text.trim() ? [markdownBlock(text)] : [])];
  if (blocks.length === 0) blocks.push(quietBlock(state.status ?? "…"));
  return { text: toMrkdwn(shortened(text || state.status || "…", fallbackLimit)), blocks: [...blocks, ...stop] };
}

/** Counted with all that JSON adds: more than Slack counts, but seldom more than there is room for. */
function limitFor(post: Post): number {
  const around = JSON.stringify([linesBlock(post.lines ?? []), tailOf(post)]).length;
  return Math.min(markdownLimit, Math.max(leastMarkdown, blocksLimit - around));
}

/** A text in which those are called whom it may call. */
function called({ people = [] }: Post, text: string): string {
  const known = people.filter(({ id }) => userOf(id));
  return withMentions(text, known, (id) => `<@${userOf(id)}>`);
}

function pagesOf(text: string, limit: number): Page[] {
  const pages: Page[] = [];
  const turn = (): Page => {
    const page: Page = { blocks: [], words: "", used: 0 };
    pages.push(page);
    return page;
  };
  let page = turn();
  const write = (words: string) => {
    if (words.trim() === "") return;
    if (page.used + words.length <= limit) return addText(page, words);
    if (limit - page.used < leastRoom) page = turn();
    for (const [at, part] of splitMarkdown(words, limit - page.used).entries()) {
      if (at > 0) page = turn();
      addText(page, part);
    }
  };
  for (const piece of piecesOf(text)) {
    const native = piece.kind === "table" ? tableBlock(piece) : undefined;
    if (piece.kind === "text") write(piece.text);
    else if (!native || native.size > limit) write(`\n\n${drawnTable(piece)}\n\n`);
    else if (page.blocks.some(({ type }) => type === "table")) write(`\n\n${drawnTable(piece)}\n\n`);
    else {
      if (page.used + native.size > limit) page = turn();
      page.blocks.push(native.block);
      page.used += native.size;
      page.words ||= piece.rows.flat().join(" ");
    }
  }
  return pages.filter(({ blocks }) => blocks.length > 0);
}

/** Adds words to a page: to those it ends with, if it ends with words. */
function addText(page: Page, words: string): void {
  const last = page.blocks.at(-1);
  if (last?.type === "markdown") page.blocks[page.blocks.length - 1] = markdownBlock(last.text + words);
  else page.blocks.push(markdownBlock(words));
  page.words ||= words;
  page.used += words.length;
}

function sheetsFrom(pages: Page[], post: Post): Sheet[] {
  const head = linesBlock(post.lines ?? []);
  const tail = tailOf(post);
  const shown = pages.length > 0 ? pages : [{ blocks: [], words: "" }];
  const nothing = pages.length === 0 && head.length + tail.length === 0;
  const names = new Map((post.people ?? []).map(({ id, name }) => [userOf(id), name]));
  return shown.map(({ blocks, words }, at) => ({
    // A notification calls nobody a second time.
    text: toMrkdwn(
      shortened(
        words.replace(/<@([A-Z0-9]+)>/g, (_, user) => `@${names.get(user) ?? user}`) || quietText(post),
        fallbackLimit,
      ),
    ),
    blocks: [
      ...(at === 0 ? head : []),
      ...(nothing ? [markdownBlock((post.files ?? []).map(({ name }) => calm(name)).join(" · ") || "…")] : blocks),
      ...(at === shown.length - 1 ? tail : []),
    ],
  }));
}

function fileAsText(file: PostedFile): string {
  if ("bytes" in file) return "";
  const { name, text } = file;
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `**${name}**\n${fence}\n${text}\n${fence}`;
}

function markdownBlock(text: string): types.MarkdownBlock {
  return { type: "markdown", text };
}
