/** What the bot says of the prompts that servers have ready, in English. */
export const serverPromptsInEnglish = {
  none: "No agent here has a prompt ready. They come with MCP servers.",
  head: "These questions are ready, with gaps to fill in. Say one after my name or after `/ask`; what stands in brackets may be left out.",
  more: (prompts: number) => `… and ${prompts} more.`,
  unknown: (asked: string, near: string | undefined) =>
    `There is no prompt *${asked}* here.${near ? ` Did you mean \`use ${near}\`?` : ""} \`prompts\` lists what there is.`,
  notIts: (agent: string, server: string, others: string[]) =>
    `**${agent}** has no prompts of *${server}*.${others.length > 0 ? ` ${others.map((one) => `**${one}**`).join(", ")} can be asked for them.` : ""}`,
  missing: (prompt: string, missing: string[], example: string) =>
    `*${prompt}* also needs ${missing.map((one) => `\`${one}\``).join(", ")}. For example: \`${example}\``,
  fill: "Fill in",
  /** What might be written in a gap. */
  examples: (values: string[]) => `For example: ${values.join(", ")}`,
  noSuchArgument: (prompt: string, asked: string, near: string | undefined, usage: string) =>
    `*${prompt}* takes no \`${asked}\`.${near ? ` Did you mean \`${near}\`?` : ""} It is used like this: \`${usage}\``,
  unread: (words: string, usage: string) =>
    `I can't tell which gap *${words}* is to fill. Write it like this: \`${usage}\``,
  away: (server: string, seconds: number | undefined) =>
    `The server *${server}* is not connected.${seconds === undefined ? " Please ask again in a moment." : ` It is tried again in ${seconds} s.`}`,
  /** On the card of a schedule whose prompt can't be looked at yet. */
  awayNow: (server: string) =>
    `The server *${server}* is not connected just now, so its prompt can't be looked at yet; it is asked for at each run.`,
  notInDigest:
    "A digest is made of what was said, so it can't use a prompt of a server. Say in words what matters in it, or schedule the prompt without a digest.",
  /** Why a run that was to begin with a prompt could not. */
  why: {
    away: (server: string, seconds: number | undefined) =>
      `the server ${server}, which has the prompt, is not connected${seconds === undefined ? "." : `; it is tried again in ${seconds} s.`}`,
    refused: (prompt: string, said: string) => `the server would not give the prompt ${prompt}: ${said}`,
    failed: (prompt: string) => `the server did not give the prompt ${prompt}.`,
    empty: (prompt: string) => `the prompt ${prompt} came empty.`,
    gone: (server: string) => `the server ${server} is not set up any more.`,
  },
  /** What an agent has besides tools. */
  besides: (prompts: number, resources: number) =>
    [
      ...(prompts > 0 ? [prompts === 1 ? "1 prompt" : `${prompts} prompts`] : []),
      ...(resources > 0 ? [resources === 1 ? "1 resource" : `${resources} resources`] : []),
    ].join(" · "),
};
