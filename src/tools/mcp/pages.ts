import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { z } from "zod";
import { isDeeper, writtenLength } from "../../agent/json.ts";
import { within } from "../within.ts";
import { atEase } from "./at-ease.ts";

/** A kind of thing that servers list, and how one of it is read. */
export type Listable<One> = { method: string; key: string; one: z.ZodType<One> };

const Page = z.looseObject({ nextCursor: z.string().optional() });
/** More than this are not looked at of one server; its list may have no end. */
const most = 2000;
/** Pages may be empty or slow, too: after so many, or as much time as so many may take, no more are asked for. */
const [mostPages, mostSlow] = [200, 3];
/** So much is taken of what one says of itself, and of what all say: it is kept, and looked through again and again. */
const [longestOfOne, longestOfAll] = [256 * 1024, 8 * 1024 * 1024];
/** What is deeper can't be walked through by everybody. */
const deepest = 200;
/** A session begins without a list that takes longer. */
const patienceMs = 2000;

/**
 * All that a server lists of one kind; what is not as MCP has it, or without measure, is left out, and told to `odd`.
 * `timeout` is for each page.
 */
export async function listAll<One>(
  client: Client,
  what: Listable<One>,
  timeout: number,
  odd?: (written: unknown) => void,
): Promise<One[]> {
  const found: One[] = [];
  const seen = new Set<string>();
  const began = performance.now();
  let cursor: string | undefined;
  let [looked, room] = [0, longestOfAll];
  for (let pages = 0; pages < mostPages && performance.now() - began < timeout * mostSlow; pages++) {
    const request = { method: what.method, ...(cursor === undefined ? {} : { params: { cursor } }) };
    const page = await client.request(request, Page, { timeout });
    const written = page[what.key];
    if (!Array.isArray(written)) throw new Error(`its answer to ${what.method} is no list`);
    for (const one of written) {
      if (looked++ === most) return found;
      const size = writtenLength(one);
      const read = size > longestOfOne || isDeeper(one, deepest) ? undefined : what.one.safeParse(one);
      if (!read?.success) odd?.(one);
      else {
        room -= size;
        if (room <= 0) return found;
        found.push(read.data);
      }
    }
    cursor = page.nextCursor;
    if (cursor === undefined || seen.has(cursor)) break;
    seen.add(cursor);
  }
  return found;
}

/** Who is told of lists: how long they are, or that they could not be had. */
export type ListNotes = { listed(what: string, count: number): void; failed(what: string, error: unknown): void };

/** Lists of one session after another, each read anew when the server says that it changed. */
export type Lists = {
  /** Contract: never rejects, and waits only so long: a server is no worse for a list that can't be had. */
  greet(client: Client): Promise<void>;
  /** News of this session may have been missed: what can change is read anew. */
  missed(client: Client): void;
  /** The reading that is going on, if one is. */
  underway(): Promise<void> | undefined;
};

/**
 * Lists that `read` brings, where a server has them. `onChange` is given what to call when the server says that they
 * changed. What was read last stands until there is more to say.
 */
export function keepLists(parts: {
  has(client: Client): boolean;
  /** The server tells when they change; what can't change need not be read anew. */
  canChange(client: Client): boolean;
  read(client: Client): Promise<void>;
  none(): void;
  onChange(client: Client, changed: () => void): void;
  failed(error: unknown): void;
}): Lists {
  let greeted: Client | undefined;
  let underway: Promise<void> | undefined;
  let readAgain = (): void => {};

  return {
    async greet(client) {
      if (greeted === client) return;
      greeted = client;
      readAgain = () => {};
      if (!parts.has(client)) return parts.none();
      const read = atEase(() =>
        parts.read(client).catch((error: unknown) => {
          if (greeted === client) parts.failed(error);
        }),
      );
      const begin = () => {
        const reading = read().finally(() => {
          if (underway === reading) underway = undefined;
        });
        underway = reading;
        return reading;
      };
      readAgain = () => void begin();
      parts.onChange(client, () => {
        if (greeted === client) readAgain();
      });
      await within(patienceMs, begin());
    },
    missed(client) {
      if (greeted === client && parts.canChange(client)) readAgain();
    },
    underway: () => underway,
  };
}
