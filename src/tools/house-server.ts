/** The MCP server that comes with Bellhop, to try tools with: spoken to over standard input and output. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
import { version } from "../version.ts";
import { timeAt, zoneOf } from "./zones.ts";

const house = new McpServer({ name: "house", version });
const reads = { readOnlyHint: true, openWorldHint: false };
const say = (text: string, isError = false) => ({ content: [{ type: "text" as const, text }], isError });

house.registerTool(
  "time",
  {
    description: "What time and date it is now in a city or time zone.",
    inputSchema: { place: z.string().describe('A city or an IANA zone, e.g. "Taipei" or "Europe/Berlin"') },
    annotations: reads,
  },
  ({ place }) => {
    const zone = zoneOf(place);
    return zone
      ? say(`It is ${timeAt(zone, new Date())} in ${place} (${zone}).`)
      : say(
          `I know no time zone for "${place}". Give a city that names one (Taipei, Berlin, New York) or an IANA zone (Asia/Taipei).`,
          true,
        );
  },
);

house.registerTool(
  "days_until",
  {
    description: "How many days there are from today until a date.",
    inputSchema: { date: z.string().describe("A date as YYYY-MM-DD") },
    annotations: reads,
  },
  ({ date }) => {
    const then = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
    // The 30th of February is read as the 2nd of March.
    if (Number.isNaN(then) || !new Date(then).toISOString().startsWith(date))
      return say(`"${date}" is no date. Write it as YYYY-MM-DD, e.g. 2027-01-31.`, true);
    const days = Math.round((then - Math.floor(Date.now() / 86_400_000) * 86_400_000) / 86_400_000);
    return say(
      days === 0 ? `${date} is today.` : days > 0 ? `${days} days until ${date}.` : `${date} was ${-days} days ago.`,
    );
  },
);

house.registerTool(
  "roll_dice",
  {
    description: "Rolls dice, to settle who goes for coffee.",
    inputSchema: {
      dice: z.number().int().min(1).max(20).default(1).describe("How many dice"),
      sides: z.number().int().min(2).max(1000).default(6).describe("How many sides each has"),
    },
    annotations: reads,
  },
  ({ dice, sides }) => {
    const rolled = Array.from({ length: dice }, () => 1 + Math.floor(Math.random() * sides));
    return say(`${rolled.join(" + ")}${dice > 1 ? ` = ${rolled.reduce((sum, one) => sum + one, 0)}` : ""}`);
  },
);

await house.connect(new StdioServerTransport());
