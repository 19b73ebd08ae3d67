import { channelOf, idOf, type MessageRef, type Ref, tsOf } from "./people/talking.ts";
import { buttonsIn, type SeenMessage, seen, shown } from "./shown.ts";
import { type Fields, isFields, type Session, type SlackFile } from "./workspace.ts";
import type { World } from "./world.ts";

/** Something only one person sees. */
export interface SeenEphemeral {
  readonly ts: string;
  readonly channel: string;
  readonly text: string;
  readonly shown: string;
  readonly blocks: readonly unknown[];
  readonly buttons: readonly string[];
  readonly threadTs?: string;
}

/** A modal or home as one person sees it. */
export interface SeenView {
  readonly id: string;
  readonly type: "modal" | "home";
  readonly title: string;
  /** What the button says that sends a modal off. */
  readonly submit: string;
  readonly shown: string;
  readonly buttons: readonly string[];
  readonly body: Fields;
}

/** What people see right now. */
export function createLooking(world: World) {
  const { workspace } = world;
  return {
    /** The channel's timeline, oldest first; with a thread, its parent and replies. */
    messages(where: Ref, thread?: MessageRef): SeenMessage[] {
      const { messages, byTs, replies } = channelOf(world, where);
      const ts = thread === undefined ? undefined : tsOf(thread);
      const parent = ts === undefined ? undefined : byTs.get(ts);
      const wanted = ts
        ? [...(parent ? [parent] : []), ...(replies.get(ts) ?? [])]
        : messages.filter((one) => !one.threadTs || one.broadcast);
      return wanted.map(seen);
    },

    /** What is pinned there, by the messages' ts, the newest pin last. */
    pins: (where: Ref): string[] => channelOf(world, where).pins.map(({ ts }) => ts),

    /** What only this person sees there, oldest first. */
    ephemerals(person: Ref, where: Ref): SeenEphemeral[] {
      const channel = channelOf(world, where).id;
      const mine = workspace.ephemerals.filter(
        (one) => one.to === idOf(person) && one.channel === channel && !one.unseen,
      );
      return mine.map(({ ts, text, blocks, threadTs }) => ({
        ts,
        channel,
        text,
        shown: shown(text, blocks),
        blocks: blocks ?? [],
        buttons: buttonsIn(blocks),
        ...(threadTs ? { threadTs } : {}),
      }));
    },

    /** The person's open modals, the uppermost last, and their App Home. */
    views(person: Ref): SeenView[] {
      const mine = workspace.views.filter((view) => view.person === idOf(person));
      return mine.map(({ id, type, body }) => {
        const title = isFields(body.title) ? String(body.title.text) : "";
        const submit = isFields(body.submit) ? String(body.submit.text) : "";
        const blocks = Array.isArray(body.blocks) ? body.blocks : [];
        return { id, type, title, submit, shown: shown("", blocks), buttons: buttonsIn(blocks), body };
      });
    },

    /** The assistant status above a thread's input: "is thinking…". */
    status: (where: Ref, thread: MessageRef): string | undefined =>
      workspace.statuses.get(`${idOf(where)}:${tsOf(thread)}`),

    /** The agent session of a thread. */
    session: (where: Ref, thread: MessageRef): Session | undefined =>
      workspace.sessions.get(`${idOf(where)}:${tsOf(thread)}`),

    /** The title an app gave a thread. */
    threadTitle: (where: Ref, thread: MessageRef): string | undefined =>
      workspace.threadTitles.get(`${idOf(where)}:${tsOf(thread)}`),

    /** The prompts suggested in a conversation. */
    suggestedPrompts: (where: Ref) => workspace.suggestedPrompts.get(idOf(where)) ?? [],

    /** A file, with its content once that is uploaded. */
    file: (id: string): SlackFile | undefined => workspace.files.get(id),

    /** Everything at a glance, for a failed wait. */
    dump(): string {
      const lines: string[] = [];
      for (const channel of workspace.channels.values()) {
        lines.push(`#${channel.name} (${channel.id})`);
        for (const message of channel.messages) {
          const one = seen(message);
          const who = workspace.people.get(one.user)?.name ?? one.user;
          const state = one.streaming ? ` (${one.streaming})` : "";
          lines.push(
            `  ${one.threadTs ? "  ↳ " : ""}${one.ts} ${who}${state}: ${one.shown.replaceAll("\n", "\n      ")}`,
          );
        }
      }
      for (const { to, channel, text, blocks } of workspace.ephemerals) {
        lines.push(`only ${workspace.people.get(to)?.name ?? to} in ${channel}: ${shown(text, blocks)}`);
      }
      for (const [thread, status] of workspace.statuses) lines.push(`status ${thread}: ${status}`);
      const calls = world.calls
        .slice(-15)
        .map(({ method, error, status }) => `${method} ${error ?? status ?? "running"}`);
      lines.push(`last calls: ${calls.join(", ") || "none"}`, `not acknowledged yet: ${world.deliveries.pending()}`);
      return lines.join("\n");
    },
  };
}
