/** What is said of MCP servers and their tools, in English. */
export const toolsInEnglish = {
  usage:
    "`tools` lists the servers. `tools diff SERVER` or `tools diff SERVER.TOOL` shows what is held back, `tools accept SERVER.TOOL CODE` lets agents have it, with the code from the diff, and `tools reject SERVER.TOOL CODE` turns it down.",
  adminsOnly: (admins: string[]) =>
    `Only admins can look at servers and accept their tools${admins.length > 0 ? `: ${admins.join(", ")}` : "; none is named in `config/channels.yaml`"}.`,
  onBehalf: "In a shell, `--as` says on whose behalf.",
  noServers: "No MCP server is set up. An admin can name one in `config/mcp_servers.yaml`.",
  server: (name: string, state: string) => `**${name}** — ${state}`,
  named: (server: string, state: string[]) => `${server} (${state.join(", ")})`,
  names: (names: string[], more: number) => `${names.join(", ")}${more > 0 ? ` … and ${more} more` : ""}`,
  state: {
    connected: (tools: number) => `connected, ${tools === 1 ? "1 tool" : `${tools} tools`}`,
    connecting: "connecting…",
    waiting: (lostFor: string, why: string, backIn: string) =>
      `lost ${lostFor} ago${why ? `: ${why}` : ""}. Tried again in ${backIn}`,
  },
  held: (tools: number) => `${tools} held back`,
  span: (seconds: number) =>
    seconds < 100
      ? `${seconds} s`
      : seconds < 6000
        ? `${Math.round(seconds / 60)} min`
        : seconds < 172_800
          ? `${Math.round(seconds / 3600)} h`
          : `${Math.round(seconds / 86_400)} days`,
  heldList: (changed: string, fresh: string, diff: string) => {
    const parts = [...(changed ? [`changed: ${changed}`] : []), ...(fresh ? [`new: ${fresh}`] : [])];
    return `⚠ Held back, ${parts.join("; ")}. See ${diff}.`;
  },
  rejectedList: (tools: string) => `Turned down, until it changes again: ${tools}.`,
  unfitting: (settings: string) => `⚠ The settings name tools or arguments that it does not have: ${settings}.`,
  notice: (server: string, tools: number) =>
    `⚠ ${tools === 1 ? "A tool" : `${tools} tools`} of **${server}** ${tools === 1 ? "is" : "are"} not what was trusted. No agent has ${tools === 1 ? "it" : "them"} until an admin accepts.`,
  changed: (tool: string) => `${tool} was changed:`,
  isNew: (tool: string) => `${tool} is new:`,
  part: {
    title: "title",
    description: "description",
    parameter: (name: string) => `parameter ${name}`,
    parameters: "all parameters",
    output: "what it gives back",
    hints: "what it says of itself",
  },
  /** Under the beginning of a long diff, where a file holds it whole. */
  wholeIn: (file: string) => `*This is the beginning. All of it is in \`${file}\`.*`,
  howToAccept: (order: string) => `Accept what is shown here, and nothing else: ${order}`,
  howToReject: (order: string) => `Turn it down, so that nobody need look at it again until it changes: ${order}`,
  rejectedBefore: "*An admin has turned this down.*",
  accept: "Accept",
  reject: "Turn down",
  /** What came of a decision. */
  decided: {
    accept: {
      done: (server: string, tools: string[]) =>
        `Accepted of **${server}**: ${tools.join(", ")}. Agents have ${tools.length === 1 ? "it" : "them"} from their next question on.`,
      by: (person: string) => `✓ accepted by ${person}`,
      changedSince: (tools: string[]) =>
        `Not accepted, since ${tools.length === 1 ? "it is" : "they are"} not what was shown any more: ${tools.join(", ")}. See \`tools\`.`,
    },
    reject: {
      done: (server: string, tools: string[]) =>
        `Turned down of **${server}**: ${tools.join(", ")}. No agent has ${tools.length === 1 ? "it" : "them"}, and I'll ask again only when ${tools.length === 1 ? "it changes" : "they change"}.`,
      by: (person: string) => `✗ turned down by ${person}`,
      changedSince: (tools: string[]) =>
        `Not turned down, since ${tools.length === 1 ? "it is" : "they are"} not what was shown any more: ${tools.join(", ")}. See \`tools\`.`,
    },
  },
  seeFirst: {
    accept: "Nothing is accepted unseen. This is what it would be:",
    reject: "Nothing is turned down unseen. This is what it would be:",
  },
  noneHeld: (name: string) => `Nothing of ${name} is held back.`,
  unknown: (name: string) => `There is no server or tool ${name}. \`tools\` lists the servers.`,
  oldCode: (code: string) => `I don't know the code ${code}. \`tools diff\` shows what is held back, with a new one.`,
};
