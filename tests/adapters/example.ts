import { setTimeout as pause } from "node:timers/promises";
import type { AdapterState, ChatAdapter, ChatEvent, ChatMessage, Inbox, Post } from "../../src/chat.ts";
import { DeliveryError, PlatformRefusal } from "../../src/chat.ts";
import { type Note, type PorchClient, PorchError, type Update } from "./example-porch.ts";

/** An adapter for Porch: rooms and direct rooms (`@ana`), without threads, buttons and files. */
export function createPorchAdapter(porch: PorchClient): ChatAdapter {
  const hearing = new AbortController();
  let state: AdapterState = { state: "starting" };
  let me = "";
  let lastPost: Promise<unknown> = Promise.resolve();

  function messageOf({ id, room, by, text, at }: Note): ChatMessage {
    const address = { adapter: "porch", channel: room };
    const called = /^@bellhop\b\s*/i.exec(text)?.[0] ?? "";
    const about = { mention: called !== "", direct: room.startsWith("@"), ours: by.id === me, files: [], at };
    const author = { ...by, id: `porch:${by.id}` as const };
    return { id: `${id}`, address, answerAt: address, author, text: text.slice(called.length), ...about };
  }

  /** A key names what happened, however often it is told: a message by its id, a change of it by its update. */
  function eventOf({ number, kind, note }: Update): ChatEvent {
    const message = messageOf(note);
    if (kind === "said") return { key: `porch:note:${note.id}`, kind: "message", message };
    const key = `porch:update:${number}`;
    if (kind === "changed") return { key, kind: "edited", message };
    return { key, kind: "deleted", address: message.address, message: message.id, at: note.at };
  }

  async function listen({ hear }: Inbox, connected: () => void, failed: (error: unknown) => void): Promise<void> {
    while (!hearing.signal.aborted) {
      try {
        me = (await porch.me(hearing.signal)).id;
        state = { state: "connected" };
        connected();
        // Porch counts an update as taken when the next is asked for: it is on disk by then.
        for await (const update of porch.updates(hearing.signal)) await hear(eventOf(update));
      } catch (error) {
        if (hearing.signal.aborted) return failed(error);
        const refused = error instanceof PorchError && error.status === 401;
        state = { state: refused ? "refused" : "reconnecting", error: String(error) };
        if (refused) return failed(new PlatformRefusal("Porch refuses PORCH_TOKEN. Make a new one, then start again."));
        await pause(1000, undefined, { signal: hearing.signal }).catch(failed);
      }
    }
  }

  const write: ChatAdapter["post"] = async (address, { only, ...said }, { id: tag, again }) => {
    if (state.state === "stopped") throw new DeliveryError("Porch was left", { final: false });
    const room = only ? `@${only.person.replace("porch:", "")}` : address.channel; // For one person: their direct room.
    try {
      // What an earlier attempt left is found by its tag.
      const [left] = again ? await porch.notes({ room, tag }) : [];
      const note = await (left ? porch.rewrite(left.id, drawn(said)) : porch.say({ room, tag, text: drawn(said) }));
      return { address: { adapter: "porch", channel: room }, id: `${note.id}` };
    } catch (cause) {
      const final = cause instanceof PorchError && [403, 404].includes(cause.status);
      throw new DeliveryError(`Porch did not take a post: ${cause}`, { final, cause });
    }
  };
  const post: ChatAdapter["post"] = (...letter) => {
    const posted = lastPost.then(() => write(...letter));
    lastPost = posted.catch(() => {});
    return posted;
  };
  const can = { threads: false, status: false, stopControl: false, whispers: false, buttons: false, forms: false };

  return {
    name: "porch",
    can: { ...can, drafts: "none", slashCommands: false, catchesUp: true },
    start(inbox, signal) {
      signal.addEventListener("abort", () => hearing.abort());
      return new Promise((connected, failed) => void listen(inbox, connected, failed));
    },
    quiet: async () => hearing.abort(),
    async stop() {
      hearing.abort();
      state = { state: "stopped" };
    },
    state: () => state,
    post,
    draft: (address, key) => ({ show() {}, end: (said) => post(address, said, key), drop: async () => {} }),
    edit: async (posted, said) => void (await porch.rewrite(Number(posted.id), drawn(said))),
    history: async ({ channel: room }, options) => (await porch.notes({ room, ...options })).map(messageOf),
    async who(id) {
      const known = await porch.person(id.replace("porch:", ""));
      return known && { ...known, id, guest: false, roles: [] };
    },
    canRead: async (id, { channel }) => (await porch.peopleIn(channel)).includes(id.replace("porch:", "")),
    read: () => Promise.reject(new Error("there are no files on Porch")),
  };
}

/** A post as Porch shows it: files as text, and nobody called but those it may. */
function drawn({ lines = [], text, card, files = [], people = [], footer = "" }: Post): string {
  const work = lines.map(({ state, title }) => `${state === "failed" ? "✗" : "✓"} ${title}`);
  const all = [...(card?.fields ?? []), ...files.map((it) => ({ ...it, value: "text" in it ? it.text : it.type }))];
  const shown = [...work, text, ...all.map((one) => `${one.name}: ${one.value}`), footer].filter(Boolean).join("\n");
  return shown.replace(/@(\w+)/g, (call, name) => (people.some((one) => one.name === name) ? call : `@\u200b${name}`));
}
