import type { Config } from "./schema.ts";

/** How the MCP server that comes with the program is started. */
export interface HouseServer {
  command: string;
  args: string[];
}

/** The name of the MCP server that comes with the program. */
export const houseServer = "house";

/** What is used while nobody has written any YAML: two agents, ready to be talked to in every channel. */
export function welcomeAgents(house: HouseServer | undefined) {
  const mcp_servers = house === undefined ? [] : [houseServer];
  return [
    {
      name: "concierge",
      aliases: ["helper"],
      role: "answers questions and uses the house's tools",
      system_prompt:
        "You are concierge, the helper of a team that is trying Bellhop. Answer briefly and kindly. Use a tool when one fits the question, and say what it found.",
      mcp_servers,
    },
    {
      name: "scribe",
      role: "sums up what was said",
      system_prompt:
        "You are scribe. You sum up what was said in a channel: what is new, what is open, what is settled, each with who said it. Never add what nobody said.",
      mcp_servers,
    },
  ];
}

/** The server behind the welcome agents' tools. */
export function welcomeServers(house: HouseServer | undefined) {
  return house === undefined
    ? []
    : [
        {
          name: houseServer,
          command: house.command,
          args: house.args,
          description: "Comes with Bellhop, to try tools with.",
          // It changes with the program, and only then.
          pin: "off",
        },
      ];
}

/** Where the welcome agents are: everywhere, concierge first; kim of the console is an admin. */
export function welcomeChannels() {
  return {
    workspace: { admins: ["console:kim"] },
    default_agent: "concierge",
    channels: [{ match: "console:*", agent: "concierge", agents: ["concierge", "scribe"] }],
  };
}

/** What is said, once, of the parts of the welcome set that are in use. */
export function welcomeNotices(
  folder: string,
  config: Config,
  { welcomed, bare, models }: { welcomed: boolean; bare: boolean; models: number },
): string[] {
  const said: string[] = [];
  const agents = config.agents.map(({ name }) => name).join(" and ");
  if (bare) said.push(`no settings in ${folder}: using the welcome set, agents ${agents}`);
  else if (welcomed) said.push(`no agents.yaml in ${folder}: using the welcome agents ${agents}`);
  if (models === 0) {
    said.push(
      config.default_model === "offline"
        ? "no llm.yaml: every agent uses the offline model, which needs no key and no network"
        : `no llm.yaml, but OPENAI_API_KEY is set: agents use ${config.default_model} of OpenAI`,
    );
  }
  return said;
}
