import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ReadResourceResultSchema, ResourceListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { ToolOutput } from "../../agent/tool.ts";
import type { Connection } from "./connection.ts";
import { keepLists, type ListNotes, type Lists, listAll } from "./pages.ts";
import { resultOf } from "./results.ts";

/** Something a server has to read, or, with `template`, many of a kind: then its URI has gaps like `{id}`. */
export type ListedResource = { uri: string; name: string; description: string; type?: string; template?: true };

/** What a server has to read. */
export type Resources = Lists & {
  /** Those of the last session until there is another, the plain ones before the templates. */
  list(): readonly ListedResource[];
  /** Contract: rejects with `ServerTrouble`, or because the signal did. */
  read(uri: string, signal: AbortSignal): Promise<ToolOutput>;
};

const listMs = 20_000;
const longestDescription = 500;
/** A longer one is nothing to be written by a model, or looked for among others. */
const longestUri = 2000;

const uri = z.string().min(1).max(longestUri);
const about = {
  name: z.string().default(""),
  title: z.string().optional(),
  description: z.string().optional(),
  mimeType: z.string().optional(),
};
type About = {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  mimeType?: string | undefined;
};

const listed = (uri: string, { name, title, description, mimeType }: About): ListedResource => ({
  uri,
  name: (title ?? name).slice(0, longestDescription),
  description: (description ?? "").slice(0, longestDescription),
  ...(mimeType === undefined ? {} : { type: mimeType }),
});

const kinds = {
  plain: {
    method: "resources/list",
    key: "resources",
    one: z.object({ uri, ...about }).transform(({ uri, ...more }) => listed(uri, more)),
  },
  templates: {
    method: "resources/templates/list",
    key: "resourceTemplates",
    one: z
      .object({ uriTemplate: uri, ...about })
      .transform(({ uriTemplate, ...more }) => ({ ...listed(uriTemplate, more), template: true as const })),
  },
};

/** The resources of the server at the other end. */
export function resourcesOf(connection: () => Pick<Connection, "ask">, notes: ListNotes): Resources {
  let plain: ListedResource[] = [];
  let templates: ListedResource[] = [];

  async function read(client: Client): Promise<void> {
    const failed = (what: string) => (error: unknown) => notes.failed(what, error);
    await Promise.all([
      listAll(client, kinds.plain, listMs).then((found) => {
        plain = found;
      }, failed("resources")),
      listAll(client, kinds.templates, listMs).then((found) => {
        templates = found;
      }, failed("resource templates")),
    ]);
    notes.listed("resources", plain.length + templates.length);
  }

  const lists = keepLists({
    has: (client) => client.getServerCapabilities()?.resources !== undefined,
    canChange: (client) => client.getServerCapabilities()?.resources?.listChanged === true,
    read,
    none() {
      [plain, templates] = [[], []];
    },
    onChange: (client, changed) => client.setNotificationHandler(ResourceListChangedNotificationSchema, changed),
    failed: (error) => notes.failed("resources", error),
  });

  return {
    ...lists,
    list: () => [...plain, ...templates],
    async read(uri, signal) {
      const { contents } = await connection().ask(
        (client, options) =>
          client.request({ method: "resources/read", params: { uri } }, ReadResourceResultSchema, options),
        signal,
      );
      const named = contents.length > 1;
      return resultOf({
        content: contents.map((resource) =>
          // What is text was asked for by the agent, to read; only what it can't read is for people.
          "text" in resource
            ? { type: "text", text: named ? `${resource.uri}:\n${resource.text}` : resource.text }
            : { type: "resource", resource },
        ),
      });
    },
  };
}

/** Whether a URI is one of a template's: its gaps filled in. Linear in the URI, whatever a server writes. */
export function fits(template: string, uri: string): boolean {
  const [first = "", ...rest] = template.split(/\{[^{}]*\}/);
  const last = rest.pop();
  if (last === undefined) return first === uri;
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  for (const literal of rest) {
    const found = uri.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at <= uri.length - last.length;
}
