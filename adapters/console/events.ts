import type { ServerResponse } from "node:http";
import type { PersonId } from "../../src/chat.ts";
import type { AboutPeople } from "./about-people.ts";
import type { Change, Workspace } from "./workspace.ts";

/** Changes within this time travel together; of one message only its latest state does. */
const paceMs = 40;

/** The point after which a reader has not yet heard. */
export function cursorOf(workspace: Workspace): string {
  return `${workspace.life}.${workspace.number}`;
}

/**
 * Tells a reader of every change after its cursor, as server-sent events, until one side goes away; and, when it reads as
 * somebody, of what concerns that person alone. A reader that is slow, or was away, gets the latest state of each thing
 * once: nothing piles up.
 */
export function tellChanges(
  { workspace, about }: { workspace: Workspace; about: AboutPeople },
  response: ServerResponse,
  options: { since: string | undefined; as: PersonId | undefined; heartbeatMs: number },
): void {
  const { since, as, heartbeatMs } = options;
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.write("retry: 1000\n\n");

  const pending = new Map<string, Change>();
  let you = as !== undefined;
  let pace: NodeJS.Timeout | undefined;
  let writable = true;

  const flush = (): void => {
    if (!writable || pace || (pending.size === 0 && !you)) return;
    const events = [...pending.values()].map((change) => eventOf(workspace, change));
    // It has no number: whoever comes back is told it anew.
    if (you && as) events.push(`event: you\ndata: ${JSON.stringify(about.of(as))}\n\n`);
    you = false;
    pending.clear();
    pace = setTimeout(() => {
      pace = undefined;
      flush();
    }, paceMs);
    writable = response.write(events.join(""));
  };
  const hear = (change: Change): void => {
    const id = change.kind === "message" ? change.message.id : change.id;
    // Deleting first moves it to the end, so that the cursor sent last is the newest.
    pending.delete(id);
    pending.set(id, change);
    flush();
  };

  const missed = changesSince(workspace, since);
  if (missed) for (const change of missed) hear(change);
  else response.write(`id: ${cursorOf(workspace)}\nevent: reset\ndata: {}\n\n`);
  flush();

  const stopListening = [
    workspace.listen(hear),
    about.listen((person) => {
      if (person !== as) return;
      you = true;
      flush();
    }),
  ];
  const heartbeat = setInterval(() => response.write(": still here\n\n"), heartbeatMs);
  response.on("drain", () => {
    writable = true;
    flush();
  });
  response.on("close", () => {
    for (const stop of stopListening) stop();
    clearInterval(heartbeat);
    clearTimeout(pace);
  });
}

function changesSince(workspace: Workspace, cursor: string | undefined): Change[] | undefined {
  if (cursor === undefined) return [];
  const [life, number] = cursor.split(".");
  return life === workspace.life && /^\d+$/.test(number ?? "") ? workspace.changesSince(Number(number)) : undefined;
}

function eventOf(workspace: Workspace, change: Change): string {
  const data = change.kind === "message" ? change.message : { id: change.id, channel: change.channel };
  return `id: ${workspace.life}.${change.number}\nevent: ${change.kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
