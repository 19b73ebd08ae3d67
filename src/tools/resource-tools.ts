import type { Tool, Toolbox, ToolOutput } from "../agent/tool.ts";
import type { Agent } from "../config/schema/agent.ts";
import { fits, type ListedResource, type Resources } from "./mcp/resources.ts";
import { ServerTrouble } from "./mcp/trouble.ts";
import { isMeant } from "./meant.ts";

/** A toolbox that agents name among their servers; it may have things to read besides. */
export type ServerToolbox = Toolbox & { resources?: Resources };

/** A tool over several servers: for which name rules are to be sought depends on what a call asks for. */
export type ResourceTool = { tool: Tool; rule(input: Record<string, unknown>): string };

type Library = { name: string; resources: Resources };

const mostListed = 100;
const shortDescription = 200;
const mostNamed = 20;
const mostSought = 20;

/**
 * The two tools that read what servers have, for an agent some of whose servers have something: one lists, one reads.
 * Rules name them `server.list_resources` and `server.read_resource`; `may` says whether one needs nobody's yes.
 */
export function resourceTools(
  agent: Agent,
  boxes: readonly ServerToolbox[],
  may: (rule: string) => boolean,
): ResourceTool[] {
  const having = agent.mcp_servers.flatMap((wanted) => {
    const box = boxes.find((one) => one.name === wanted.name);
    if (!box?.resources || box.resources.list().length === 0) return [];
    // What can't be read need not be listed: a filter such as "list_*" is meant for the server's own tools.
    if (!isMeant("read_resource", wanted)) return [];
    return [{ name: box.name, resources: box.resources, lists: isMeant("list_resources", wanted) }];
  });
  const listed = having.filter((one) => one.lists && may(`${one.name}.list_resources`));
  return [...(having.length > 0 ? [reader(having)] : []), ...(listed.length > 0 ? [lister(listed)] : [])];
}

const server = { type: "string", description: "Which server, if not any." };

function reader(libraries: Library[]): ResourceTool {
  return {
    rule: (input) => {
      const found = holderOf(libraries, input);
      return typeof found === "string" ? "read_resource" : `${found.name}.read_resource`;
    },
    tool: {
      name: "read_resource",
      description: `Reads a resource of a server by its URI: ${namesOf(libraries)}.`,
      parameters: {
        type: "object",
        properties: {
          uri: { type: "string", description: "As it was listed or linked; of a template, filled in." },
          server,
        },
        required: ["uri"],
        additionalProperties: false,
      },
      reads: true,
      async run(input, signal): Promise<ToolOutput> {
        const found = holderOf(libraries, input);
        if (typeof found === "string") return { text: found, failed: true };
        try {
          return await found.resources.read(String(input.uri), signal);
        } catch (error) {
          if (error instanceof ServerTrouble) return { text: error.message, failed: true };
          throw error;
        }
      },
    },
  };
}

/** Whose a URI is: the server named, else the one that lists it or has a template for it; or else why nobody's. */
function holderOf(libraries: Library[], { uri, server }: Record<string, unknown>): Library | string {
  if (typeof uri !== "string" || uri === "") return 'A "uri" is needed, as text. list_resources tells which there are.';
  if (server !== undefined) return named(libraries, server);
  const [only, ...others] = libraries;
  if (only && others.length === 0) return only;
  const plain = libraries.filter(({ resources }) => resources.list().some((one) => !one.template && one.uri === uri));
  const holders =
    plain.length > 0
      ? plain
      : libraries.filter(({ resources }) => resources.list().some((one) => one.template && fits(one.uri, uri)));
  const [holder, another] = holders;
  if (!holder)
    return `No server lists ${uri}. If one has it all the same, say which as "server": ${namesOf(libraries)}.`;
  if (another) return `${namesOf(holders)} all have ${uri}. Say which is meant, as "server".`;
  return holder;
}

function named(libraries: Library[], server: unknown): Library | string {
  const found = libraries.find((one) => one.name === server);
  return found ?? `There is no server ${JSON.stringify(server)} with resources. There are: ${namesOf(libraries)}.`;
}

function lister(libraries: Library[]): ResourceTool {
  return {
    rule: ({ server }) => (typeof server === "string" ? `${server}.list_resources` : "list_resources"),
    tool: {
      name: "list_resources",
      description: `Lists what can be read with read_resource: ${libraries.map(countOf).slice(0, mostNamed).join(", ")}.`,
      parameters: {
        type: "object",
        properties: {
          server,
          query: { type: "string", description: "Words that stand in its URI, name or description." },
        },
        additionalProperties: false,
      },
      reads: true,
      async run({ server, query }): Promise<ToolOutput> {
        const found = server === undefined ? libraries : named(libraries, server);
        return typeof found === "string"
          ? { text: found, failed: true }
          : { text: listing([found].flat(), typeof query === "string" ? query : "") };
      },
    },
  };
}

function listing(libraries: Library[], query: string): string {
  const sought = query.toLowerCase().split(/\s+/, mostSought).filter(Boolean);
  const lines = libraries.flatMap(({ name, resources }) =>
    resources
      .list()
      .map((one) => `${name}: ${lineOf(one)}`)
      .filter((line) => sought.every((word) => line.toLowerCase().includes(word))),
  );
  if (lines.length === 0) return query ? `Nothing matches ${JSON.stringify(query)}.` : "There is nothing to read.";
  const more = lines.length - mostListed;
  return [...lines.slice(0, mostListed), ...(more > 0 ? [`… and ${more} more: say a query.`] : [])].join("\n");
}

function lineOf({ uri, name, description, type, template }: ListedResource): string {
  const about = [template ? "a template, to be filled in" : "", type ?? ""].filter(Boolean).join(", ");
  const told = [name, description].map((text) => text.replace(/\s+/g, " ").trim()).filter(Boolean);
  return `${uri}${about ? ` (${about})` : ""} ${told.join(" — ").slice(0, shortDescription)}`.trimEnd();
}

function countOf({ name, resources }: Library): string {
  const templates = resources.list().filter((one) => one.template).length;
  const plain = resources.list().length - templates;
  return `${name} (${[plain > 0 ? plain : "", templates > 0 ? `${templates} templates` : ""].filter(Boolean).join(" and ")})`;
}

function namesOf(libraries: Library[]): string {
  const names = libraries.map(({ name }) => name);
  return [...names.slice(0, mostNamed), ...(names.length > mostNamed ? ["others"] : [])].join(", ");
}
