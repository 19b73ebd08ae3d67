import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

const Somebody = z.object({ id: z.string(), name: z.string(), bot: z.boolean() });
type Somebody = z.infer<typeof Somebody>;

/** A message on Porch. `tag` is what its sender put on it, for itself. */
const Note = z.object({
  id: z.number(),
  room: z.string(),
  by: Somebody,
  text: z.string(),
  at: z.number(),
  tag: z.string(),
});
export type Note = z.infer<typeof Note>;

/** Something that happened on Porch. */
const Update = z.object({ number: z.number(), kind: z.enum(["said", "changed", "removed"]), note: Note });
export type Update = z.infer<typeof Update>;

/** Porch said no. */
export class PorchError extends Error {
  override name = "PorchError";
  status: number;
  constructor(status: number, said: string) {
    super(`${status} ${said}`);
    this.status = status;
  }
}

/** Porch's own client, as its makers would publish it. */
export type PorchClient = ReturnType<typeof porchClient>;

/** A client for the Porch at an address. */
export function porchClient({ url, token }: { url: string; token: string }) {
  async function ask<Answer>(answer: z.ZodType<Answer>, path: string, options: RequestInit = {}): Promise<Answer> {
    const signal = options.signal ?? AbortSignal.timeout(10_000);
    const response = await fetch(`${url}${path}`, { ...options, signal, headers: { authorization: token } });
    if (!response.ok) throw new PorchError(response.status, await response.text());
    return answer.parse(await response.json());
  }
  const sending = (method: string, body: unknown) => ({ method, body: JSON.stringify(body) });

  return {
    me: (signal: AbortSignal) => ask(Somebody, "/me", { signal }),
    /** What happens, from the first update not yet taken. One is taken when the next is asked for. */
    async *updates(signal: AbortSignal): AsyncGenerator<Update> {
      for (let taken = 0; ; ) {
        for (const update of await ask(z.array(Update), `/updates?after=${taken}`, { signal })) {
          signal.throwIfAborted();
          yield update;
          taken = update.number;
        }
      }
    },
    say: (note: { room: string; text: string; tag: string }) => ask(Note, "/notes", sending("POST", note)),
    rewrite: (id: number, text: string) => ask(Note, `/notes/${id}`, sending("PUT", { text })),
    /** The newest notes of a room, oldest first. */
    notes: (which: { room: string; tag?: string; since?: string; limit?: number }) =>
      ask(z.array(Note), `/notes?which=${encodeURIComponent(JSON.stringify(which))}`),
    person: async (id: string) => (await ask(Somebody.nullable(), `/people/${encodeURIComponent(id)}`)) ?? undefined,
    peopleIn: (room: string) => ask(z.array(z.string()), `/rooms/${encodeURIComponent(room)}/people`),
  };
}

/** A whole Porch in this process, with what tests want of it. */
export type Porch = Awaited<ReturnType<typeof openPorch>>;

/** Opens a Porch where ana and tom are in the room `general`, and the bot has the token. */
export async function openPorch(token: string) {
  const bot: Somebody = { id: "bellhop", name: "Bellhop", bot: true };
  const people = new Map(["ana", "tom"].map((id) => [id, { id, name: id, bot: false }]));
  const rooms = new Map([
    ["general", ["ana", "tom", bot.id]],
    ["@ana", ["ana", bot.id]],
    ["@tom", ["tom", bot.id]],
  ]);
  const notes: Note[] = [];
  const updates: Update[] = [];
  const called: string[] = [];
  const changes = new EventEmitter();
  let taken = 0;
  let losing = false;

  function tell(kind: Update["kind"], note: Note): void {
    updates.push({ number: updates.length + 1, kind, note: { ...note } });
    if (kind !== "removed") called.push(...[...note.text.matchAll(/@(ana|tom|all)\b/g)].map(([, name]) => `${name}`));
    changes.emit("change");
  }

  const porch = {
    notes: notes as readonly Note[],
    updates: updates as readonly Update[],
    changes,
    /** Whom the bot's notes rang for. */
    called,
    taken: () => taken,
    say(by: Somebody | string, room: string, text: string, tag = ""): Note {
      const author = typeof by === "string" ? people.get(by) : by;
      if (!author) throw new Error(`nobody here is called ${by}`);
      const note = { id: (notes.at(-1)?.id ?? 0) + 1, room, by: author, text, at: Date.now(), tag };
      notes.push(note);
      tell("said", note);
      return note;
    },
    rewrite(id: number, text: string): Note | undefined {
      const note = notes.find((one) => one.id === id);
      if (note) tell("changed", Object.assign(note, { text }));
      return note;
    },
    remove(id: number): void {
      const [gone] = notes.splice(
        notes.findIndex((one) => one.id === id),
        1,
      );
      if (gone) tell("removed", gone);
    },
    /** Tells of a note once more. */
    repeat(id: number): void {
      const note = notes.find((one) => one.id === id);
      if (note) tell("said", note);
    },
    /** The next note of the bot is made, but it never learns of it. */
    loseNextResponse(): void {
      losing = true;
    },
    url: "",
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://porch");
    const [, noun = "", id = ""] = pathname.split("/").map(decodeURIComponent);
    const give = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== token) return void give(401, "who are you?");
    const body = request.method === "GET" ? { text: "" } : Sent.parse(JSON.parse(await textOf(request)));
    if (noun === "me") return void give(200, bot);
    if (noun === "people") return void give(200, people.get(id) ?? null);
    if (noun === "rooms") return void give(200, rooms.get(id) ?? []);
    if (noun === "updates") {
      taken = Math.max(taken, Number(searchParams.get("after")));
      changes.emit("change");
      while (updates.length <= taken && !response.destroyed) await once(changes, "change");
      return void give(200, updates.slice(taken));
    }
    if (request.method === "GET") {
      const { room, tag, since = "0", limit = 1000 } = Which.parse(JSON.parse(searchParams.get("which") ?? "{}"));
      const found = notes.filter((one) => one.room === room && one.id > Number(since) && (!tag || one.tag === tag));
      return void give(200, found.slice(-limit));
    }
    if (request.method === "POST" && !rooms.get(body.room ?? "")?.includes(bot.id))
      return void give(404, "no such room");
    const note =
      request.method === "PUT"
        ? porch.rewrite(Number(id), body.text)
        : porch.say(bot, body.room ?? "", body.text, body.tag);
    if (!losing) return void (note ? give(200, note) : give(404, "no such note"));
    losing = false;
    response.destroy();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  porch.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return porch;
}

const Sent = z.object({ room: z.string().optional(), text: z.string(), tag: z.string().optional() });
const Which = z.object({
  room: z.string(),
  tag: z.string().optional(),
  since: z.string().optional(),
  limit: z.number().optional(),
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
