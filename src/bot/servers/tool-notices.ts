import type { Post } from "../../chat.ts";
import { runIdFor } from "../../runs/run.ts";
import type { McpServers } from "../../tools/mcp-servers.ts";
import { type HeldTool, openAmong } from "../../tools/pins.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { adminPlace } from "../desk/admins.ts";
import { type Desk, languageAt } from "../desk/desk.ts";

/** What admins are told of tools that are held back. */
export type ToolNotices = {
  /** Tells what is held back of a server, each thing once. */
  held(server: string): Promise<void>;
  stop(): void;
};

/** A server that changes its tools again and again is told of no more often. */
const betweenNoticesMs = 10 * 60_000;

/** Notices over the desk; `opened` resolves once an adapter is connected, `draw` shows what may be accepted. */
export function createToolNotices(
  desk: Desk,
  parts: {
    trusted: McpServers["trusted"];
    opened(adapter: string): Promise<void>;
    draw(server: string, held: HeldTool[], notice: string, words: Words): Promise<Post>;
  },
): ToolNotices {
  const { config, store, log, now } = desk;
  const notices = store.kv("tool-notices");
  const telling = new Map<string, Promise<void>>();
  const toldAt = new Map<string, number>();
  const later = new Map<string, NodeJS.Timeout>();

  async function tell(server: string): Promise<void> {
    const address = adminPlace(config());
    const held = openAmong(parts.trusted().find((one) => one.server === server)?.held ?? []);
    if (!address || held.length === 0 || !desk.adapter(address.adapter)) return;
    const known = (await notices.get<string[]>(server)) ?? [];
    const fresh = held.filter(({ hash }) => !known.includes(hash));
    if (fresh.length === 0) return;
    const wait = (toldAt.get(server) ?? Number.NEGATIVE_INFINITY) + betweenNoticesMs - now();
    if (wait > 0) return tellLater(server, wait);
    toldAt.set(server, now());
    const language = languageAt(desk, address);
    const words = wordsOf(language);
    const post = await parts.draw(server, fresh, words.tools.notice(server, fresh.length), words);
    const key = { id: runIdFor(`tools:${server}:${now()}`), since: now() };
    await desk.postman.send({ address, post: { ...post, language }, key }).kept;
    await notices.set(
      server,
      held.map(({ hash }) => hash),
    );
  }

  function tellLater(server: string, wait: number): void {
    if (later.has(server)) return;
    const timer = setTimeout(() => {
      later.delete(server);
      held(server).catch((error: unknown) => log.error({ err: error, server }, "what is held back could not be told"));
    }, wait);
    later.set(server, timer.unref());
  }

  /** One after the other, so that nothing is told twice. */
  async function held(server: string): Promise<void> {
    await parts.opened(adminPlace(config())?.adapter ?? "");
    const turn = (telling.get(server) ?? Promise.resolve()).catch(() => {}).then(() => tell(server));
    telling.set(server, turn);
    // What could not be told is told later.
    await turn.catch((error: unknown) => {
      tellLater(server, betweenNoticesMs);
      throw error;
    });
  }

  return {
    held,
    stop() {
      for (const timer of later.values()) clearTimeout(timer);
    },
  };
}
