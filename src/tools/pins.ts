import { createHash } from "node:crypto";
import type { Tool as Shown } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Kv } from "../store/store.ts";
import { jsonInOrder } from "./json-in-order.ts";

/** What is pinned of a tool: all that models are told of it, and what it says of the harm it can do. */
export const PinnedTool = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.unknown(),
  outputSchema: z.unknown().optional(),
  annotations: z.unknown().optional(),
});
export type PinnedTool = z.infer<typeof PinnedTool>;

/** A tool as a server shows it now; `hash` names exactly this look of it. */
export type SeenTool = { tool: Shown; hash: string };

/**
 * A tool that is offered to nobody until an admin accepts it: it is not what was pinned, or was not there then. `rejected`:
 * an admin has turned it down as it is now, so that nobody need look at it again.
 */
export type HeldTool = SeenTool & { is: PinnedTool; was?: PinnedTool; rejected?: true };

/** Those that wait for an admin. */
export function openAmong(held: readonly HeldTool[]): HeldTool[] {
  return held.filter(({ rejected }) => !rejected);
}

/** The tools of servers as they were when they were trusted: at first sight, and whenever an admin accepted them. */
export type Pins = {
  /**
   * Tells which tools may be offered. Contract: rejects when it can't be read or kept what was trusted; then nothing may
   * be offered.
   */
  check(server: string, shown: readonly Shown[]): Promise<{ free: SeenTool[]; held: HeldTool[] }>;
  /** Trusts these tools as they are given here. */
  accept(server: string, tools: readonly SeenTool[]): Promise<void>;
  /** Turns these tools down as they are given here; what was trusted of them before is trusted on. */
  reject(server: string, tools: readonly SeenTool[]): Promise<void>;
};

/** The tools of one server: each that is trusted as `spelled` spells it, and how those look that were turned down. */
const Kept = z.object({
  tools: z.array(z.object({ name: z.string(), spelled: z.string() })),
  rejected: z.array(z.object({ name: z.string(), hash: z.string() })).default([]),
});

/** By the names of tools. */
type Known = { trusted: Map<string, string>; rejected: Map<string, string> };

/** Pins kept in the store. */
export function createPins(kv: Kv): Pins {
  const busy = new Map<string, Promise<unknown>>();

  /** One after the other for each server: what is read must still hold when it is written. */
  function inTurn<Result>(server: string, work: () => Promise<Result>): Promise<Result> {
    const before = busy.get(server) ?? Promise.resolve();
    const done = before.then(work, work);
    const over = done.then(
      () => {},
      () => {},
    );
    busy.set(server, over);
    void over.then(() => busy.get(server) === over && busy.delete(server));
    return done;
  }

  async function pinned(server: string): Promise<Known> {
    try {
      const { tools, rejected } = Kept.parse((await kv.get(server)) ?? { tools: [] });
      return {
        trusted: new Map(tools.map(({ name, spelled }) => [name, spelled])),
        rejected: new Map(rejected.map(({ name, hash }) => [name, hash])),
      };
    } catch (error) {
      throw trouble("read", error);
    }
  }

  async function keep(server: string, { trusted, rejected }: Known): Promise<void> {
    try {
      await kv.set(server, {
        tools: [...trusted].map(([name, spelled]) => ({ name, spelled })),
        rejected: [...rejected].map(([name, hash]) => ({ name, hash })),
      });
    } catch (error) {
      throw trouble("kept", error);
    }
  }

  return {
    check: (server, shown) =>
      inTurn(server, async () => {
        const known = await pinned(server);
        const { trusted, rejected } = known;
        const now = new Map<string, { tool: Shown; spelled: string }>();
        // A name stands for one tool: which of two would be called is the server's to choose.
        for (const tool of shown) if (!now.has(tool.name)) now.set(tool.name, { tool, spelled: spelled(tool) });
        // The first tools that a server ever shows are those it was set up for.
        if (trusted.size === 0 && now.size > 0) {
          for (const [name, one] of now) trusted.set(name, one.spelled);
          await keep(server, known);
        }
        const free: SeenTool[] = [];
        const held: HeldTool[] = [];
        for (const [name, one] of now) {
          const before = trusted.get(name);
          const seen = { tool: one.tool, hash: hashOf(one.spelled) };
          if (before === one.spelled) free.push(seen);
          else
            held.push({
              ...seen,
              is: readBack(one.spelled),
              ...(before ? { was: readBack(before) } : {}),
              ...(rejected.get(name) === seen.hash ? { rejected: true } : {}),
            });
        }
        return { free, held };
      }),
    accept: (server, tools) =>
      inTurn(server, async () => {
        const known = await pinned(server);
        for (const { tool } of tools) {
          known.trusted.set(tool.name, spelled(tool));
          known.rejected.delete(tool.name);
        }
        await keep(server, known);
      }),
    reject: (server, tools) =>
      inTurn(server, async () => {
        const known = await pinned(server);
        for (const { tool, hash } of tools) known.rejected.set(tool.name, hash);
        await keep(server, known);
      }),
  };
}

/** What is pinned of a tool in one text: alike for tools that are alike, in whatever order their keys came. */
function spelled({ name, title, description, inputSchema, outputSchema, annotations }: Shown): string {
  // Named one by one: what a later MCP knows besides must not make every tool another.
  const hints = annotations && {
    title: annotations.title,
    readOnlyHint: annotations.readOnlyHint,
    destructiveHint: annotations.destructiveHint,
    idempotentHint: annotations.idempotentHint,
    openWorldHint: annotations.openWorldHint,
  };
  return jsonInOrder({ name, title, description, inputSchema, outputSchema, annotations: hints });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function readBack(text: string): PinnedTool {
  return PinnedTool.parse(JSON.parse(text));
}

function trouble(what: "read" | "kept", cause: unknown): Error {
  const why =
    cause instanceof z.ZodError
      ? "it is not written as it was kept"
      : cause instanceof Error
        ? cause.message
        : String(cause);
  return new Error(`which of its tools are trusted could not be ${what}: ${why}`, { cause });
}
