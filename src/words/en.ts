import { commandsInEnglish } from "./command-names-en.ts";
import { digestInEnglish } from "./digest-en.ts";
import { elicitationInEnglish } from "./elicitation-en.ts";
import { oauthInEnglish } from "./oauth-en.ts";
import { scheduledInEnglish } from "./schedule-notices-en.ts";
import { schedulesInEnglish } from "./schedules-en.ts";
import { serverPromptsInEnglish } from "./server-prompts-en.ts";
import { toolsInEnglish } from "./tools-en.ts";
import { whenInEnglish } from "./when-en.ts";

/** What the bot says, in English. Plain, short, kind; the person's own words back. */
export const en = {
  /** The quiet line under an answer. */
  footer(about: { agent: string; model: string; tools: number; seconds: number; cost?: number; insteadOf?: string }) {
    const parts = [about.agent, about.insteadOf ? `${about.model} (instead of ${about.insteadOf})` : about.model];
    if (about.tools > 0) parts.push(about.tools === 1 ? "1 tool" : `${about.tools} tools`);
    parts.push(about.seconds < 1 ? "under 1 s" : `${Math.round(about.seconds)} s`);
    if (about.cost !== undefined) parts.push(`$${about.cost < 0.01 ? about.cost.toFixed(4) : about.cost.toFixed(3)}`);
    return parts.join(" · ");
  },
  offlineModel: "offline model",
  thinking: "thinking…",
  using: (tool: string) => `using ${tool}…`,
  stop: "Stop",
  retry: "Retry",
  stopped: (by: string | undefined, soFar: string) => {
    const head = by ? `*Stopped by ${by}.*` : "*Stopped.*";
    return soFar ? `${head} What I had so far:\n\n${soFar}` : head;
  },
  nothingToStop: "Nothing is running here.",
  waiting: (others: number) => `waiting for ${others === 1 ? "1 other" : `${others} others`}…`,
  reading: (file: string) => `reading ${file}…`,
  /** Why a file was not read, after its name. */
  skipped: {
    "too-large": "not read: it is too large",
    "too-many": "not read: I read 8 files at once",
    "too-slow": "not read: it took too long",
    "not-text": "not read: it is neither text nor an image",
    "no-text": "not read: it holds pictures, no text",
    "no-images": "not seen: this model takes no images",
    encrypted: "not read: it is encrypted",
    empty: "it is empty",
    damaged: "not read: it is damaged",
    unreachable: "not read: I could not fetch it",
  },
  good: "A good answer",
  bad: "Not a good answer",
  rated: { good: "Thanks, noted.", bad: "Noted. Say in the thread what was wrong, and I'll try again." },
  after: (person: string, others: number) =>
    `${person}, I'm on it after ${others === 1 ? "1 other" : `${others} others`} here.`,
  failed(about: { why: string; changed: boolean; soFar: string; run: string }) {
    const end = `I couldn't finish: ${about.why} ${about.changed ? "Something may have been changed already; look before you retry." : "Nothing was changed."} · run ${about.run}`;
    return about.soFar ? `${about.soFar}\n\n${end}` : end;
  },
  why: {
    model: (models: string[], times: number, seconds: number) => {
      const others = models.slice(1);
      const and = others.length > 0 ? `, and ${others.join(", ")}` : "";
      return `the model ${models[0] ?? "of this agent"} is not answering (tried ${times} ${times === 1 ? "time" : "times"} over ${seconds} s${and}).`;
    },
    refusedKey: (model: string) => `the model ${model} refused the key it was given. An admin must look at it.`,
    timeout: (minutes: string) => `it took longer than ${minutes}.`,
    steps: (steps: number) => `it did not come to an end in ${steps} steps.`,
    repeating: "the same tool call failed three times running.",
    output: "the answer did not have the form that was asked for.",
    empty: "the model gave an empty answer, twice.",
    worker: "the part of me that was working on it failed.",
    interrupted: "I was restarted while a tool that changes things was at work.",
  },
  emptyMention: (agents: string[]) =>
    `Yes? Ask me something after the mention${agents.length > 0 ? `, or name one of us: ${agents.map((a) => `**${a}**`).join(", ")}` : ""}. \`help\` tells more.`,
  noSuchAgent: (asked: string, near: string | undefined) =>
    near
      ? `There is no agent *${asked}*. Did you mean **${near}**? Or see \`agents\`.`
      : `There is no agent *${asked}*. See \`agents\` for who is here.`,
  askInstead: (agent: string) => `Ask ${agent}`,
  noAgents: "No agent is set up here yet. An admin can add one in `config/agents.yaml`.",
  notHere: (agent: string, place: string, others: string[], admins: string[]) => {
    const here =
      others.length > 0
        ? `Here you can talk to ${others.map((o) => `**${o}**`).join(", ")}.`
        : "Nobody can be asked here.";
    return `**${agent}** is not for ${place}. ${here}${admins.length > 0 ? ` Admins (${admins.join(", ")}) can change that.` : " Admins can change that."}`;
  },
  notYou: (agent: string) => `**${agent}** is not open to you here. Admins can change that.`,
  onlyTriggered: (agent: string) => `**${agent}** works on schedules and events only; it can't be asked in chat.`,
  tooMany: (perMinute: number, seconds: number) =>
    `That was more than ${perMinute} ${perMinute === 1 ? "question" : "questions"} in a minute. I'm listening again in ${seconds} s.`,
  tooLong: (length: number, most: number) =>
    `That message has ${length.toLocaleString("en")} characters; I read up to ${most.toLocaleString("en")} at once. Please send the part that matters, or a file.`,
  asked: (person: string, agent: string, question: string) => `**${person}** asked **${agent}**: ${question}`,
  askedAbout: (person: string, agent: string, question: string) =>
    `**${person}** asked **${agent}** about this: ${question}`,
  askedThere: (agent: string, link: string | undefined) =>
    link ? `**${agent}** is on it: ${link}` : `**${agent}** is on it.`,
  /** Where others read, to somebody whom nothing can be said to alone. */
  cantWhisper: (person: string) =>
    `@${person}, what I have to say is for you alone, but I can't reach you by DM. Allow DMs from me, or use a command, such as \`/bellhop help\`: only you see its answer.`,
  cantWriteThere: "I can't write there. Invite me to that channel, then ask again.",
  askWhat: "Ask what? For example `/ask researcher what is new?`",
  unknownVerb: (verb: string, near: string | undefined) =>
    `I don't know *${verb}*.${near ? ` Did you mean \`${near}\`?` : ""}\nTry \`status\`, \`why\`, \`agents\`, \`help\` — or just ask a question.`,
  help: (bot: string) =>
    [
      `Mention me and ask: \`@${bot} what is new?\` I answer in the thread; there you can go on without a mention.`,
      `\`@${bot} NAME: …\` asks one agent by name. \`agents\` lists who is here, \`prompts\` which questions are ready to be asked.`,
      "`stop` in the thread ends what I am doing. `why` says what I did and why, or why I kept quiet.",
      "`mute` keeps me quiet here unless mentioned, `unmute` ends that. `new` starts afresh, `forget` deletes what I kept of it.",
      "`status` says how I am, `usage` what was used here. All of these work as `/bellhop …`, too, answered to you alone.",
    ].join("\n"),
  agents: {
    none: "No agents here.",
    one: (a: { name: string; role: string; model: string; tools: number; cost: number; note: string }) =>
      `**${a.name}**${a.role ? ` — ${a.role}` : ""} · ${a.model} · ${a.tools === 1 ? "1 tool" : `${a.tools} tools`}${a.cost > 0 ? ` · $${a.cost.toFixed(2)} in 30 days` : ""}${a.note ? ` · ⚠ ${a.note}` : ""}`,
    model: (name: string, about: string) => `Model *${name}*: ${about}`,
    missingServer: (server: string) => `MCP server "${server}" is not set up`,
    serverDown: (server: string, state: string) => `MCP server "${server}" is not connected (${state})`,
    held: (tools: number) => `${tools === 1 ? "1 tool waits" : `${tools} tools wait`} for an admin to accept`,
  },
  status: (about: {
    adapters: string[];
    running: number;
    waiting: number;
    workers: number;
    servers: string[];
    problems: number;
  }) =>
    [
      `Connected: ${about.adapters.join(", ") || "nothing"}.`,
      `${about.running} ${about.running === 1 ? "run" : "runs"} going, ${about.waiting} waiting, ${about.workers} ${about.workers === 1 ? "worker" : "workers"}.`,
      ...(about.servers.length > 0 ? [`Tools from: ${about.servers.join(", ")}.`] : []),
      ...(about.problems > 0
        ? [
            `⚠ The config has ${about.problems} ${about.problems === 1 ? "problem" : "problems"}; I go on with the last good one.`,
          ]
        : []),
    ].join("\n"),
  whyAnswer: {
    nothing: "I have nothing on record for this place yet.",
    agent: (agent: string, rule: string) => `*${agent}* answered (rule: ${rule}).`,
    read: (messages: number, files: number) => {
      const more = files === 0 ? "" : ` and ${files === 1 ? "1 file" : `${files} files`}`;
      return `I read ${messages} ${messages === 1 ? "message" : "messages"} of this thread${more}.`;
    },
    tools: (offered: number, used: string[], refused: string[]) => {
      const head = `Offered ${offered} ${offered === 1 ? "tool" : "tools"}, used ${used.length === 0 ? "none" : used.join(", ")}`;
      return refused.length > 0 ? `${head}; refused: ${refused.join(", ")}.` : `${head}.`;
    },
    held: (tools: string[]) => `Held back, not accepted by an admin: ${tools.join(", ")}.`,
    tokens: (input: number, output: number, cost: number | undefined, estimated: boolean) =>
      `${estimated ? "About " : ""}${input.toLocaleString("en")} + ${output.toLocaleString("en")} tokens${cost === undefined ? "" : `, $${cost.toFixed(4)}`}.`,
    recalled: (calls: number) =>
      `${calls} model ${calls === 1 ? "call was" : "calls were"} answered from the cache, as an identical one before.`,
    ended: {
      answered: "It was answered.",
      failed: (why: string) => `It failed: ${why}`,
      stopped: (by: string) => `It was stopped${by ? ` by ${by}` : ""}.`,
      running: "It is still going on.",
    },
    silent: (why: string) => `I kept quiet on the last message: ${why}.`,
  },
  results: {
    again: (count: number) =>
      `${count === 1 ? "1 result of a tool was" : `${count} results of tools were`} known from an identical call.`,
    kept: (tools: string[]) => `The agent was told the result of ${tools.join(", ")} in short; I kept it whole.`,
    send: "Send me the whole result",
    here: (agent: string) => `Here is, whole, what ${agent} was told in short.`,
    sent: "I sent it to you in a direct message.",
    notYours: "Only whoever asked, and admins, can have that.",
    nowhere: "I can't send you a direct message here, so I can't give it to you.",
  },
  rule: ({
    by,
    pattern,
  }: {
    by: "named" | "prompt" | "thread" | "route" | "channel" | "workspace" | "only" | "schedule";
    pattern?: string;
  }) =>
    ({
      named: "named in the text",
      prompt: "the agent that has this prompt",
      thread: "the thread's agent",
      route: `the route ${pattern}`,
      channel: "the channel's agent",
      workspace: "the workspace's default",
      only: "the first agent there is",
      schedule: "the schedule's agent",
    })[by],
  silence: {
    off: "replies are off in this channel",
    notMentioned: "it did not mention me and this is not a thread I take part in",
    mentionOnly: "here each message must mention me",
    talkedPast: "two people were talking to each other, so I left until mentioned again",
    bot: "it came from a bot",
    muted: "I am muted here and answer mentions only",
  },
  configBroken: (problems: string[]) =>
    `A change in the config has problems; I go on with the last good one:\n${problems.map((p) => `• ${p}`).join("\n")}`,
  configMended: "The config is good again and in use.",
  alreadyDone: "That was done already.",
  gone: "I don't have that any more; please ask again.",
  /** Under a long answer's beginning, where a file holds it whole. */
  theRest: (file: string) => `*The whole answer is in \`${file}\`.*`,
  /** Files that do not go along with an answer. */
  filesLeft: {
    tooMuch: (names: string[]) => `Not attached, since it is more than one answer may bring: ${names.join(", ")}.`,
    notHere: (names: string[]) => `I can't attach files here: ${names.join(", ")}.`,
    lost: (names: string[]) => `I could not attach this: ${names.join(", ")}.`,
    inDirect: (names: string[]) => `I sent you this in a direct message: ${names.join(", ")}.`,
  },
  muted: "I'll keep quiet here unless I'm mentioned. `unmute` brings me back.",
  unmuted: "I'm back.",
  afresh: "A fresh start: from here on I don't count on what was said before.",
  stillAtWork: "I'm still at work here. Say `stop` first, or wait for the answer.",
  nothingKept: "I have kept nothing of this conversation.",
  forgotten: (answers: number) =>
    `Forgotten: ${answers === 1 ? "1 answer" : `${answers} answers`} and what led to ${answers === 1 ? "it" : "them"}. What stands in this chat is not mine to delete.`,
  notYoursToForget: "Only those who asked me here, and admins, can have this forgotten.",
  usage: {
    nothing: "Nothing was used here in 30 days.",
    day: (sum: string) => `Last 24 hours here: ${sum}.`,
    month: (sum: string) => `Last 30 days here: ${sum}.`,
    sum: (used: { runs: number; input: number; output: number; cost: number }, costs: boolean) => {
      const answers = used.runs === 1 ? "1 answer" : `${used.runs} answers`;
      const tokens = `${(used.input + used.output).toLocaleString("en")} tokens`;
      return `${answers}, ${tokens}${costs && used.cost > 0 ? `, $${used.cost.toFixed(2)}` : ""}`;
    },
  },
  greeting: (bot: string, agents: string[]) => {
    const who = agents.length > 0 ? ` Here you can talk to ${agents.map((a) => `**${a}**`).join(", ")}.` : "";
    return `Hello, I'm ${bot}.${who} Mention me with a question, and I answer in its thread: \`@${bot} what can you do?\``;
  },
  home: {
    hello: (bot: string) => `Hello, I'm **${bot}**. Mention me in a channel, or write to me here.`,
    agents: "Who is here",
    health: "How I am",
    start: "What you can say",
  },
  prompts: {
    askAgent: (agent: string, role: string) => (role ? `Ask ${agent}: ${role}` : `Ask ${agent}`),
    whatCanYouDo: (agent: string) => `${agent}: what can you do for me?`,
    whoIsHere: "Who is here?",
    help: "What can I say?",
  },
  aboutForm: {
    agent: "Agent",
    question: "What do you want to know?",
    usual: "What is this about, and what should we do?",
    ask: "Ask",
  },
  scheduled: scheduledInEnglish,
  formLate: "That took me too long, so the form could not open. Please try once more.",
  /** How a place is called where its name is not known. */
  thisPlace: "this channel",
  commands: commandsInEnglish,
  shortcuts: { askAbout: "Ask an agent about this", scheduleThis: "Schedule this" },
  elicitation: elicitationInEnglish,
  schedules: schedulesInEnglish,
  oauth: oauthInEnglish,
  tools: toolsInEnglish,
  serverPrompts: serverPromptsInEnglish,
  when: whenInEnglish,
  digest: digestInEnglish,
};
