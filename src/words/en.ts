import { elicitationInEnglish } from "./elicitation-en.ts";
import { oauthInEnglish } from "./oauth-en.ts";
import { schedulesInEnglish } from "./schedules-en.ts";
import { serverPromptsInEnglish } from "./server-prompts-en.ts";
import { toolsInEnglish } from "./tools-en.ts";

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
    held: (tools: string[]) => `Held back until an admin accepts: ${tools.join(", ")}.`,
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
  scheduled: {
    digestAsked: "A digest, please.",
    privateSource: (name: string) =>
      `${name} reads a private channel and would post where others read it. Somebody in that channel must allow it; I asked there.`,
    mayPost: (name: string, targets: string[]) =>
      `**${name}** would post a digest of what is said here in ${targets.join(", ")}, where others read it. Anybody here may allow it.`,
    allow: "Allow",
    allowed: "Allowed. It is posted from the next time on.",
    allowedBy: (name: string) => `✓ allowed by ${name}`,
    notTheirs: "Only somebody who reads that channel can allow it.",
    stoppedWatching: "nothing new for long",
    weeklyNow: (name: string) => `**${name}** comes on Mondays from now on.`,
    watchingStopped: (name: string) => `**${name}** is paused. \`/schedule resume\` brings it back.`,
    itemMuted: (title: string) => `I won't show *${title}* again.`,
    itemSnoozed: (title: string, until: string) => `I won't show *${title}* before ${until}.`,
    itemBack: "It is shown again when there is news of it.",
    undo: "Undo",
    runSkipped: "Run skipped",
    runAgain: "Run again",
    pause: "Pause",
    resume: "Resume",
    wasDown: (from: string, to: string, ran: number, skipped: number, names: string[]) =>
      `I was down ${from} – ${to}. Of ${ran + skipped} due I ran ${ran === 0 ? "none" : ran === 1 ? "the latest" : ran}, skipped ${skipped}: ${names.join(", ")}.`,
    details: "Details",
    inspect: "Inspect",
    claim: "Claim",
    failing: (name: string, times: number, why: string, lastGood: string | undefined) =>
      `**${name}** has failed ${times === 1 ? "once" : times === 2 ? "twice" : `${times} times`}: *${why}*${lastGood ? ` Last good: ${lastGood}.` : ""} I'll say more at most once an hour.`,
    recovered: (name: string, time: string, link: string | undefined, times: number, ms: number) => {
      const hours = ms / 3_600_000;
      const over =
        hours < 1
          ? `${Math.round(ms / 60_000)} min`
          : hours < 48
            ? `${Math.round(hours)} h`
            : `${Math.round(hours / 24)} days`;
      return `**${name}** works again (${time}${link ? `, [link](${link})` : ""}). It failed ${times === 1 ? "once" : `${times} times`} over ${over}.`;
    },
    paused: (name: string, times: number, why: string) =>
      `**${name}** failed ${times} times in a row, so I paused it: *${why}*`,
    ownerGone: (name: string, owner: string) =>
      `**${name}** was skipped and paused: its owner, ${owner}, has no access there any more. Whoever may schedule there can make it theirs.`,
    undelivered: (name: string, places: string[], why: string) =>
      `**${name}** could not be posted to ${places.join(", ")}: *${why}*`,
    undeliverable: "it could not be delivered",
    late: (due: string) => `late, was due ${due}`,
    notAllowed: (owner: string, agent: string) => `${owner} may not have ${agent} work there any more.`,
  },
  formLate: "That took me too long, so the form could not open. Please try once more.",
  /** How a place is called where its name is not known. */
  thisPlace: "this channel",
  commands: {
    ask: "Ask an agent",
    askUsage: "[agent] question",
    question: "What you want to know or have done",
    agent: "Which agent; without a name, the one of this channel",
    agents: "Who is here, what for, and with which tools",
    schedule: "Have an agent do something at set times, or see what is scheduled",
    scheduleUsage: "every weekday 9:00 digest of #support | list | show | run | pause …",
    scheduleWhen: 'When it runs, as "every weekday 9:00"; or list, show, run, pause …',
    scheduleWhat: 'What to do, and where: "digest of #support in #team"',
    scheduleVerbs: {
      list: "What is scheduled here, and by you",
      show: "One of them, with its next runs",
      run: "Run it now, once more",
      pause: "Pause it; say why, if you like",
      resume: "Let it go on, from its next time",
      edit: "Change it",
      delete: "Delete it, with its history",
      history: "What became of its last runs",
      why: "What became of one run, and why",
      export: "The schedules here as schedules.yaml",
      board: "One message here that always shows how they stand",
    },
    toolsMore: "diff or accept, and which server or tool",
    bellhop: "How I am, what I did, and how to quiet me",
    verbs: {
      status: "How I am",
      why: "Why I answered as I did, or kept quiet",
      help: "What you can say to me",
      prompts: "Questions that servers have ready, with gaps to fill in",
      usage: "What was used here, and by whom",
      mute: "Keep quiet here unless mentioned",
      unmute: "Talk here again",
      new: "Start afresh: forget nothing, but go on without what was said",
      forget: "Delete what I kept of this conversation",
      tools: "The servers of tools, and what waits for an admin",
      connect: "Sign in to a server of tools",
      disconnect: "Sign out of a server of tools",
      stop: "Stop what I am doing here",
    },
    whichServer: "The name of the server",
  },
  shortcuts: { askAbout: "Ask an agent about this", scheduleThis: "Schedule this" },
  elicitation: elicitationInEnglish,
  schedules: schedulesInEnglish,
  oauth: oauthInEnglish,
  tools: toolsInEnglish,
  serverPrompts: serverPromptsInEnglish,
  when: {
    neverComes: (day: string) => `${day} never comes.`,
    past: (time: string) => `${time} is past.`,
    noSuchTime: (time: string) => `${time} is no time of day: they go from 0:00 to 23:59.`,
    otherPartOfDay: (time: string) => `${time} is not in that part of the day.`,
    wholeMinutes: "Times of day are in whole minutes. With seconds write a cron pattern of 6 fields.",
    otherWeekday: (really: string, said: string) => `That day is a ${really}, not a ${said}.`,
    zone: (zone: string) =>
      `Times are in the schedule's own zone. For another write it apart, \`--timezone ${zone}\`, and the time without it.`,
    end: "Until when it runs has a field of its own: leave it out here, and add it as `--until 2026-12-24`.",
    twoWhens: (first: string, second: string) =>
      `*${first}* and *${second}* are two schedules: each day has its own time. Make one for each.`,
    onlyStart: (example: string) => `Say until when, too, as *${example}*.`,
    noTime: "There has to be some time between one run and the next.",
    tooFar: "That is too far away for me to promise.",
    oneTimeOnly: "What runs once has one time. Make a schedule for each.",
    cronLength: (fields: number) =>
      `cron needs 5 fields (minute, hour, date, month, weekday), or 6 with seconds first; here ${fields === 1 ? "is 1" : `are ${fields}`}.`,
    cronTooLong: "That cron pattern is longer than 200 characters.",
    cronSign: (written: string, field: string) => `cron \`${written}\`: I can't read that among the ${field}.`,
    cronRange: (written: string, field: string, low: number, high: number, instead: string | undefined) => {
      const range = `cron \`${written}\`: ${field} go ${low > 0 ? `from ${low} ` : ""}to ${high}`;
      return instead === undefined ? `${range}.` : `${range}; for ${instead} write \`${instead}\`.`;
    },
    cronBackwards: (written: string, field: string, instead: string) =>
      `cron \`${written}\`: these ${field} run backwards; write \`${instead}\`.`,
    fields: {
      second: "seconds",
      minute: "minutes",
      hour: "hours",
      date: "dates",
      month: "months",
      weekday: "weekdays",
    },
    asks: {
      "half-of-day": (said: string) => `*${said}* — in the morning or in the afternoon?`,
      "once-or-every": (said: string) => `*${said}* — once, or again and again?`,
      unit: (said: string) => `*${said}* — minutes or hours?`,
      "which-day": (said: string) => `*${said}* — which day?`,
      time: (said: string) => `*${said}* — at what time?`,
      weekday: (said: string) => `*${said}* — on which weekday?`,
      date: (said: string) => `*${said}* — on which day of the month?`,
      rule: (said: string) => `*${said}* — which of these?`,
      fields: (said: string) => `*${said}* — with five fields or six?`,
    },
    skippedTime: (day: string, time: string, zone: string, instead: string) =>
      `On ${day} ${time} doesn't exist in ${zone}: it runs at ${instead} that day.`,
    repeatedTime: (day: string, time: string, zone: string) =>
      `On ${day} ${time} comes twice in ${zone}: it runs the first time.`,
  },
  digest: {
    head(about: {
      sources: string[];
      since: string;
      messages: number;
      people: number;
      fresh: number;
      open: number;
      resolved: number;
    }) {
      const { sources, since, messages, people, fresh, open, resolved } = about;
      const counts = [
        ...(fresh > 0 ? [`${fresh} new`] : []),
        ...(open > 0 ? [`${open} still open`] : []),
        ...(resolved > 0 ? [`${resolved} resolved`] : []),
      ];
      const said = `${messages} ${messages === 1 ? "message" : "messages"}, ${people} ${people === 1 ? "person" : "people"}`;
      return `**${sources.join(", ")} since ${since}** — ${[said, ...counts].join(" · ")}`;
    },
    fresh: "New",
    open: "Still open",
    resolved: "Resolved",
    since: (day: string) => `(since ${day})`,
    comma: ", ",
    link: "link",
    bracketed: (parts: string[]) => ` (${parts.join(", ")})`,
    moreOpen: (items: number) => `… and ${items} more still open.`,
    read: (read: number, of: number) =>
      `I read ${read.toLocaleString("en")} of ${of.toLocaleString("en")} messages: where threads begin and end, questions, the newest.`,
    cut: "More was said than I can read at once; the oldest of it is left out.",
    unread: (source: string) => `I could not read ${source}.`,
    unreadable: (sources: string[], why: string) => `I could not read ${sources.join(", ")}: ${why}`,
    snooze: (item: number) => `Snooze ${item}`,
    mute: (item: number) => `Mute ${item}`,
    heartbeat: (sources: string[], since: string) =>
      `Still watching ${sources.join(", ")}: nothing new since ${since}.`,
    weekly: "Make it weekly",
    stop: "Stop",
  },
};
