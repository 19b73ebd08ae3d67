import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  type ContentBlock,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { bytesOf, type DraftState, type PostedFile } from "../chat.ts";
import { version } from "../version.ts";
import { type ApiDoor, operator } from "./door.ts";
import { HttpError } from "./server.ts";

/** An agent as programs see it. */
export type OfferedAgent = { name: string; role: string };

/** One MCP client's server: the agents as tools. */
export type AgentServer = {
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>;
  /** Tells the client that there may be other agents. */
  changed(): void;
  close(): Promise<void>;
};

const Input = z.strictObject({
  question: z.string().trim().min(1).max(50_000).describe("What to ask, as one would in chat"),
  thread: z.uuid().describe("The `thread` of an earlier answer, to go on from there").optional(),
});
const Output = z.strictObject({
  answer: z.string(),
  run: z.string().describe("The run's id, as people see it in chat and in the log"),
  thread: z.string().describe("Give it with the next question to go on from here"),
});
const schemas = { inputSchema: schemaOf(Input), outputSchema: schemaOf(Output) };

/** So much of files goes with one answer: clients take messages only so long. */
const mostFileBytes = 6 * 1024 * 1024;

/** How often at most a caller is told how far a text has grown. */
const everyMs = 250;

/** A server of its own for one client; `sessions` is told of its id. */
export async function openAgentServer(
  parts: { door: ApiDoor; agents(): OfferedAgent[]; busy: Set<string>; now(): number },
  sessions: { opened(id: string): void; closed(id: string): void },
): Promise<AgentServer> {
  const server = new Server(
    { name: "bellhop", version },
    {
      capabilities: { tools: { listChanged: true } },
      instructions: "Each tool asks one agent of a team. Give back its `thread` to go on with the same conversation.",
    },
  );

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...named(parts.agents())].map(([name, agent]) => ({
      name,
      title: agent.name,
      description: agent.role || `Asks ${agent.name} a question.`,
      ...schemas,
      annotations: { openWorldHint: true },
    })),
  }));

  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification, _meta }) => {
    const agent = named(parts.agents()).get(params.name);
    if (!agent) throw new McpError(ErrorCode.InvalidParams, `There is no tool named ${params.name}.`);
    const input = Input.safeParse(params.arguments ?? {});
    if (!input.success) {
      const { path, message } = input.error.issues[0] ?? { path: [], message: "" };
      return failed(`${path.join(".") || "The arguments"}: ${message}. Wanted: { "question": "…" }.`);
    }
    const token = _meta?.progressToken;
    const progress =
      token === undefined
        ? undefined
        : progressOver(parts.now, (told) => {
            const notification = {
              method: "notifications/progress" as const,
              params: { progressToken: token, ...told },
            };
            // Whoever has gone need not be told how far it is.
            sendNotification(notification).catch(() => {});
          });
    return ask(agent.name, input.data, signal, progress);
  });

  async function ask(
    agent: string,
    { question, thread }: z.infer<typeof Input>,
    signal: AbortSignal,
    shows: ((state: DraftState) => void) | undefined,
  ): Promise<CallToolResult> {
    const place = thread ?? randomUUID();
    if (parts.busy.has(place)) return failed("That thread's last question is not answered yet.");
    parts.busy.add(place);
    try {
      const errand = { name: "ask", text: question, agent, person: operator, place, signal };
      const { text, rating, files = [] } = await parts.door.send({ ...errand, ...(shows ? { shows } : {}) });
      // Only an answer can be rated; all else says why there is none.
      if (!rating) return failed(text);
      const output: z.infer<typeof Output> = { answer: text, run: rating.value, thread: place };
      const content = [{ type: "text" as const, text }, ...contentOf(files, rating.value)];
      return { content, structuredContent: output };
    } catch (error) {
      if (error instanceof HttpError) return failed(error.message);
      throw error;
    } finally {
      parts.busy.delete(place);
    }
  }

  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: sessions.opened,
    onsessionclosed: sessions.closed,
  });
  await server.connect(transport);
  return {
    handle: (request, response, body) => transport.handleRequest(request, response, body),
    changed: () => void server.sendToolListChanged().catch(() => {}),
    close: () => server.close(),
  };
}

/** Agents by the names of their tools: `ask_` and the agent's own, in the letters that clients take. */
function named(agents: OfferedAgent[]): Map<string, OfferedAgent> {
  const tools = new Map<string, OfferedAgent>();
  for (const agent of agents) {
    const plain = `ask_${agent.name.replace(/[^a-zA-Z0-9_-]/g, "_")}`.slice(0, 60);
    let name = plain;
    for (let n = 2; tools.has(name); n++) name = `${plain}_${n}`;
    tools.set(name, agent);
  }
  return tools;
}

/** Makes of what is seen of an answer steps that count up: which tool runs, else the end of the text, else what is done. */
function progressOver(
  now: () => number,
  tell: (told: { progress: number; message: string }) => void,
): (state: DraftState) => void {
  let progress = 0;
  let said = "";
  let at = Number.NEGATIVE_INFINITY;
  return ({ text, lines, status = "" }) => {
    const line = lines.findLast(({ state }) => state === "running");
    const message = line ? [line.title, line.note].filter(Boolean).join(": ") : text.slice(-200) || status;
    const isOnlyLonger = !line && text !== "" && now() - at < everyMs;
    if (message === said || message === "" || isOnlyLonger) return;
    said = message;
    at = now();
    tell({ progress: ++progress, message });
  };
}

/** The files of an answer as MCP carries them; what is too much is named. */
function contentOf(files: readonly PostedFile[], run: string): ContentBlock[] {
  let room = mostFileBytes;
  return files.map((file, nth) => {
    const { name, type: mimeType } = file;
    const bytes = bytesOf(file);
    room -= bytes.length;
    if (room < 0) {
      room += bytes.length;
      return { type: "text", text: `[${name}, ${mimeType}: ${bytes.length} bytes are too many to be given here]` };
    }
    const data = bytes.toString("base64");
    if (/^image\/(png|jpeg|gif|webp)$/.test(mimeType)) return { type: "image", data, mimeType };
    if (mimeType.startsWith("audio/")) return { type: "audio", data, mimeType };
    const uri = `bellhop://runs/${run}/${nth + 1}/${encodeURIComponent(name)}`;
    const isText = mimeType.startsWith("text/") || mimeType === "application/json";
    return { type: "resource", resource: { uri, mimeType, ...(isText ? { text: bytes.toString() } : { blob: data }) } };
  });
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

function schemaOf(form: z.ZodType): { type: "object"; [key: string]: unknown } {
  const { $schema: _, ...schema } = z.toJSONSchema(form, { io: "input" });
  return { ...schema, type: "object" };
}
